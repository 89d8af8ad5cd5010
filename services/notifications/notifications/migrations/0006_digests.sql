-- migrate:up

-- Events that wait for the committee, as their latest decisions say.
CREATE TABLE reviews (
    event_id uuid PRIMARY KEY,
    departement text,
    due_on date,
    since timestamptz NOT NULL
);

-- Members of the committee who want a digest. Their address is the contact's; it comes from them, and goes nowhere.
CREATE TABLE digests (
    contact_id uuid PRIMARY KEY,
    departements text[] NOT NULL, -- empty: all
    every text NOT NULL CHECK (every IN ('day', 'week')),
    told_until timestamptz NOT NULL, -- what began to wait later is new
    due_at timestamptz NOT NULL
);
CREATE INDEX digests_due ON digests (due_at);

-- migrate:down

DROP TABLE digests, reviews;
