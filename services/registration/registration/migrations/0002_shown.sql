-- migrate:up

-- What the public sees of an event in the programme while an amendment waits for its decision; NULL: the event itself.
ALTER TABLE events ADD COLUMN shown jsonb;

-- migrate:down

ALTER TABLE events DROP COLUMN shown;
