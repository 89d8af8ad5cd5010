-- migrate:up

-- What possible duplicates are found by: marks that two events of an edition share. Made in the background.
CREATE TABLE marks (
    edition_id text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('text', 'place')),
    mark bigint NOT NULL,
    event_id uuid NOT NULL REFERENCES cases,
    PRIMARY KEY (edition_id, kind, mark, event_id)
);
CREATE INDEX marks_event ON marks (event_id);

CREATE TABLE unmarked (event_id uuid PRIMARY KEY REFERENCES cases);
INSERT INTO unmarked SELECT event_id FROM cases;

-- migrate:down

DROP TABLE unmarked, marks;
