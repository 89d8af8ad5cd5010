-- migrate:up

-- Guests hear that an organiser has moved the event; of what an act has moved, its notices tell them.
ALTER TABLE events ADD COLUMN moves integer NOT NULL DEFAULT 0;
CREATE INDEX events_moved ON events (id) WHERE moves > 0;
ALTER TABLE sign_ups ADD COLUMN moves_told integer; -- `moves` of the event as the guest knows it; NULL: not known yet
UPDATE sign_ups SET moves_told = 0;
CREATE INDEX sign_ups_before_their_event ON sign_ups (id) WHERE moves_told IS NULL;

-- migrate:down

DROP INDEX sign_ups_before_their_event;
ALTER TABLE sign_ups DROP COLUMN moves_told;
DROP INDEX events_moved;
ALTER TABLE events DROP COLUMN moves;
