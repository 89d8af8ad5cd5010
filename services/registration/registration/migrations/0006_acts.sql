-- migrate:up

ALTER TABLE editions ADD COLUMN act jsonb; -- the last act on the edition, as published

-- One row per act: what was decided, and how far it has come.
CREATE TABLE acts (
    id uuid PRIMARY KEY,
    edition_id text NOT NULL REFERENCES editions,
    number integer NOT NULL,
    act jsonb NOT NULL,
    before jsonb NOT NULL,       -- the edition before it: what the slots of events that it has not reached refer to
    after jsonb NOT NULL,        -- and after it: what events move to, whatever is changed in the edition meanwhile
    token bytea NOT NULL UNIQUE, -- digest of the preview's token: a second click confirms nothing anew
    decided_by text NOT NULL,
    phase text NOT NULL,         -- moving, telling, settled; or superseded by a later act
    events integer NOT NULL,     -- to be reached, as counted when it was confirmed
    reached integer NOT NULL DEFAULT 0,
    recipients integer NOT NULL DEFAULT 0,
    told integer NOT NULL DEFAULT 0,
    reminded integer[] NOT NULL DEFAULT '{}', -- days before the last day for answers
    decided_at timestamptz NOT NULL,
    moved_at timestamptz,
    told_at timestamptz,
    lapsed_at timestamptz,
    UNIQUE (edition_id, number)
);
CREATE INDEX acts_unsettled ON acts (decided_at) WHERE phase IN ('moving', 'telling');

-- One row per person and notice, whatever roles the person has; unpublished while sequence is NULL.
CREATE TABLE notices (
    act_id uuid NOT NULL REFERENCES acts,
    change text NOT NULL,
    reminder integer NOT NULL,  -- days before the last day for answers; 0: no reminder
    event_id uuid NOT NULL,     -- the one event that it is about; zeros: all of the act
    recipient_id uuid NOT NULL,
    organiser_ids uuid[] NOT NULL,
    person_id uuid,
    act_number integer NOT NULL, -- of the act that reached the events; a later act may have taken the notice over
    sequence bigint,
    PRIMARY KEY (act_id, change, reminder, event_id, recipient_id)
);
CREATE INDEX notices_unpublished ON notices (act_id, recipient_id) WHERE sequence IS NULL;
CREATE INDEX notices_recipient ON notices (recipient_id);

ALTER TABLE events
    ADD COLUMN occurrence text NOT NULL DEFAULT 'scheduled',
    ADD COLUMN previous_slots jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN act_number integer NOT NULL DEFAULT 0,
    ADD COLUMN act_revision integer NOT NULL DEFAULT 0,
    ADD COLUMN status_before_act text,
    ADD COLUMN answer text NOT NULL DEFAULT 'not_asked',
    ADD COLUMN calendar_sequence integer NOT NULL DEFAULT 1,
    ADD COLUMN amendments integer NOT NULL DEFAULT 0; -- by its organiser, of what the charter judges
UPDATE events SET calendar_sequence = revision; -- which calendars have had as SEQUENCE so far
CREATE INDEX events_act ON events (edition_id, act_number, id);
CREATE INDEX participations_of_person ON participations (person_id) WHERE person_id IS NOT NULL;
ALTER TABLE participations ADD COLUMN kept_act integer NOT NULL DEFAULT 0; -- the last act after which the person said: I come

-- migrate:down

ALTER TABLE participations DROP COLUMN kept_act;
DROP INDEX participations_of_person, events_act;
ALTER TABLE events DROP COLUMN occurrence, DROP COLUMN previous_slots, DROP COLUMN act_number, DROP COLUMN act_revision,
    DROP COLUMN status_before_act, DROP COLUMN answer, DROP COLUMN calendar_sequence,
    DROP COLUMN amendments;
DROP TABLE notices, acts;
ALTER TABLE editions DROP COLUMN act;
