-- migrate:up

-- The last act on an edition (postponed, cancelled) and the dates after it.
ALTER TABLE editions
    ADD COLUMN dates jsonb,
    ADD COLUMN act_number integer NOT NULL DEFAULT 0,
    ADD COLUMN act jsonb;

-- What an act made of an event.
ALTER TABLE events
    ADD COLUMN occurrence text NOT NULL DEFAULT 'scheduled',
    ADD COLUMN previous_slots jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN act_number integer NOT NULL DEFAULT 0,
    ADD COLUMN calendar_sequence integer NOT NULL DEFAULT 0;

-- Mails about an act are about an edition: a later act takes their place.
ALTER TABLE deliveries
    ADD COLUMN edition_id text,
    ADD COLUMN act_number integer;

-- Which act the catalogue had heard of, by which the message that brings a new one is recognised.
ALTER TABLE announcements ADD COLUMN act_number integer NOT NULL DEFAULT 0;

-- migrate:down

ALTER TABLE announcements DROP COLUMN act_number;
ALTER TABLE deliveries DROP COLUMN act_number, DROP COLUMN edition_id;
ALTER TABLE events
    DROP COLUMN calendar_sequence,
    DROP COLUMN act_number,
    DROP COLUMN previous_slots,
    DROP COLUMN occurrence;
ALTER TABLE editions DROP COLUMN act, DROP COLUMN act_number, DROP COLUMN dates;
