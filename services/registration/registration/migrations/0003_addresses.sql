-- migrate:up

-- Who is the same person: the address without regard to case, as the service itself computes it in every locale.
ALTER TABLE persons ADD COLUMN address text;
UPDATE persons SET address = lower(email);
ALTER TABLE persons ALTER COLUMN address SET NOT NULL, ADD UNIQUE (address);
DROP INDEX persons_email;
CREATE INDEX participations_person ON participations (event_id, person_id) WHERE person_id IS NOT NULL;

-- migrate:down

DROP INDEX participations_person;
ALTER TABLE persons DROP COLUMN address;
CREATE UNIQUE INDEX persons_email ON persons (lower(email));
