-- migrate:up

-- People of standing offers, and how many entries wait or have an offer: kept with the list's own row, whose lock
-- serialises all that takes or frees places.
ALTER TABLE guest_lists
    ADD COLUMN held integer NOT NULL DEFAULT 0 CHECK (held >= 0),
    ADD COLUMN waiting integer NOT NULL DEFAULT 0 CHECK (waiting >= 0);
CREATE INDEX guest_lists_waiting ON guest_lists (event_id) WHERE waiting > 0;

CREATE TABLE waiting_list (
    id uuid PRIMARY KEY,       -- whoever knows it answers
    event_id uuid NOT NULL REFERENCES guest_lists,
    turn bigint GENERATED ALWAYS AS IDENTITY, -- given under the list's lock: the order of each list
    person_id uuid,            -- NULL once erased
    kind text NOT NULL,
    people integer NOT NULL CHECK (people > 0),
    name text NOT NULL,        -- emptied when the entry ends
    status text NOT NULL,      -- waiting, offered; or how it ended: accepted, declined, lapsed, left, closed
    sequence bigint NOT NULL DEFAULT 1,
    joined_at timestamptz NOT NULL,
    offers integer NOT NULL DEFAULT 0, -- made so far: what `semaine audit` holds notices against
    expires_at timestamptz,    -- of the last offer
    revision integer,          -- and what the event was then
    calendar_sequence integer,
    participation_id uuid,     -- the sign-up that it became
    ended_at timestamptz
);
CREATE UNIQUE INDEX waiting_list_person ON waiting_list (event_id, person_id) WHERE status IN ('waiting', 'offered');
CREATE INDEX waiting_list_turn ON waiting_list (event_id, turn) WHERE status IN ('waiting', 'offered');
CREATE INDEX waiting_list_of_person ON waiting_list (person_id) WHERE person_id IS NOT NULL;

-- migrate:down

DROP TABLE waiting_list;
DROP INDEX guest_lists_waiting;
ALTER TABLE guest_lists DROP COLUMN held, DROP COLUMN waiting;
