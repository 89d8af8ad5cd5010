-- migrate:up

-- The label kit is for labelled events alone.
ALTER TABLE events ADD COLUMN status text NOT NULL DEFAULT 'submitted';

-- migrate:down

ALTER TABLE events DROP COLUMN status;
