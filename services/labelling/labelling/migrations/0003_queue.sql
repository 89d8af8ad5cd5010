-- migrate:up

-- Late is what is open, or was decided, at or after `due_before`: the end of the last day in the territory's own time.
ALTER TABLE reviews
    ADD COLUMN due_before timestamptz,
    ADD COLUMN claimed_by text,
    ADD COLUMN claimed_until timestamptz, -- the database's time; past: nobody's
    ADD COLUMN appeal_reason text,        -- an appeal, in the organiser's words
    ADD COLUMN decided_before text;       -- an appeal: against whose decision; null: the charter's
UPDATE reviews SET due_before = (reviews.due_on + 1)::timestamp AT TIME ZONE (cases.event->>'time_zone')
FROM cases WHERE cases.event_id = reviews.event_id;
ALTER TABLE reviews ALTER COLUMN due_before SET NOT NULL;
CREATE INDEX reviews_territory ON reviews (departement, status);

-- An organiser appeals once against what a charter makes of a revision.
CREATE UNIQUE INDEX decisions_appeal ON decisions (event_id, revision, charter_version)
    WHERE decided_by = 'charter' AND appeal;

-- What the committee says to itself about an event.
CREATE TABLE comments (
    id uuid PRIMARY KEY,
    event_id uuid NOT NULL REFERENCES cases,
    author text NOT NULL, -- subject of a token
    handed_to text,       -- said when handing the review over to this one
    text text NOT NULL,
    written_at timestamptz NOT NULL
);
CREATE INDEX comments_event ON comments (event_id, written_at);

-- migrate:down

DROP TABLE comments;
DROP INDEX decisions_appeal, reviews_territory;
ALTER TABLE reviews DROP COLUMN due_before, DROP COLUMN claimed_by, DROP COLUMN claimed_until,
    DROP COLUMN appeal_reason, DROP COLUMN decided_before;
