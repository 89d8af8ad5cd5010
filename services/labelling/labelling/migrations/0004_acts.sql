-- migrate:up

-- The last act on an edition (a postponement, a cancellation), and the last one that has reached an event. There is no
-- order between the two topics: an event waits for the edition that its act has made.
ALTER TABLE editions ADD COLUMN act_number integer NOT NULL DEFAULT 0, ADD COLUMN act_decided_at timestamptz;
ALTER TABLE cases ADD COLUMN act_number integer NOT NULL DEFAULT 0;

-- migrate:down

ALTER TABLE cases DROP COLUMN act_number;
ALTER TABLE editions DROP COLUMN act_number, DROP COLUMN act_decided_at;
