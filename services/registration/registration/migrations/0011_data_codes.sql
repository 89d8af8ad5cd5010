-- migrate:up

-- Single-use codes mailed to people who ask for what is kept about them; gone once used.
CREATE TABLE data_codes (
    digest bytea PRIMARY KEY,
    contact_id uuid NOT NULL, -- of a person or an organiser
    expires_at timestamptz NOT NULL
);

-- migrate:down

DROP TABLE data_codes;
