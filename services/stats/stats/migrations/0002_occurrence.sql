-- migrate:up

-- Whether the event takes place as first said, on other dates, on dates that are not known yet, or not at all.
ALTER TABLE events ADD COLUMN occurrence text NOT NULL DEFAULT 'scheduled';

-- migrate:down

ALTER TABLE events DROP COLUMN occurrence;
