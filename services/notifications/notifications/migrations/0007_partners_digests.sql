-- migrate:up

-- Partners may want a digest too. Nothing is sent to an address that has not said yes by the link mailed to it.
ALTER TABLE digests
    ADD COLUMN partner_id uuid UNIQUE, -- NULL: of a member of the committee
    ADD COLUMN code bytea UNIQUE,      -- digest of the mailed code; NULL once it was used, or none was needed
    ADD COLUMN code_until timestamptz,
    ADD COLUMN asked_at timestamptz;

-- migrate:down

DELETE FROM digests WHERE partner_id IS NOT NULL;
ALTER TABLE digests DROP COLUMN asked_at, DROP COLUMN code_until, DROP COLUMN code, DROP COLUMN partner_id;
