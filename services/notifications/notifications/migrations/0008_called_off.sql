-- migrate:up

-- Guests hear that an organiser has withdrawn the event; of what an act has ended, its notices tell them.
ALTER TABLE events ADD COLUMN told_by_act boolean NOT NULL DEFAULT false;
CREATE INDEX events_withdrawn ON events (id) WHERE status = 'withdrawn';
ALTER TABLE sign_ups ADD COLUMN called_off boolean NOT NULL DEFAULT false;

-- What was withdrawn before there was such a mail stays untold: some of it was told by notices of acts.
UPDATE sign_ups SET called_off = true FROM events WHERE events.id = sign_ups.event_id AND events.status = 'withdrawn';

-- migrate:down

ALTER TABLE sign_ups DROP COLUMN called_off;
DROP INDEX events_withdrawn;
ALTER TABLE events DROP COLUMN told_by_act;
