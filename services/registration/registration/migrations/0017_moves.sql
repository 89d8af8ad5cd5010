-- migrate:up

-- How often the organiser has changed slots or place: what guests have to hear that no act tells them.
ALTER TABLE events ADD COLUMN moves integer NOT NULL DEFAULT 0;

-- migrate:down

ALTER TABLE events DROP COLUMN moves;
