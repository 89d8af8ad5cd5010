-- migrate:up

-- Sign-ups of people who can be written to: whom to remind. The others are registration's alone.
CREATE TABLE sign_ups (
    id uuid PRIMARY KEY,
    event_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    people integer NOT NULL,
    active boolean NOT NULL,
    signed_up_at timestamptz NOT NULL,
    sequence bigint NOT NULL, -- of the guest list, when the sign-up last changed
    reminded_for timestamptz  -- `remind_at` of the event when the last reminder was queued
) WITH (fillfactor = 90);
CREATE INDEX sign_ups_by_event ON sign_ups (event_id) WHERE active;
CREATE INDEX sign_ups_by_contact ON sign_ups (contact_id);

-- When an event begins for the first time, and when whoever has signed up is reminded.
ALTER TABLE events
    ADD COLUMN begins_at timestamptz,
    ADD COLUMN remind_at timestamptz;
CREATE INDEX events_by_begin ON events (begins_at);

UPDATE events
SET begins_at = begin AT TIME ZONE time_zone,
    remind_at = (date_trunc('day', begin) - interval '14 hours') AT TIME ZONE time_zone
FROM (
    SELECT id AS event_id, (SELECT min((slot->>'begin')::timestamp) FROM jsonb_array_elements(slots) AS slot) AS begin
    FROM events
) AS first
WHERE id = event_id;

-- migrate:down

DROP INDEX events_by_begin;
ALTER TABLE events DROP COLUMN remind_at, DROP COLUMN begins_at;
DROP TABLE sign_ups;
