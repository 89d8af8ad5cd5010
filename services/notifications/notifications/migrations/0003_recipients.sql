-- migrate:up

-- What people do not want to be told, by kind. What they must know is never in here.
CREATE TABLE silenced (
    contact_id uuid NOT NULL,
    kind text NOT NULL,
    since timestamptz NOT NULL,
    PRIMARY KEY (contact_id, kind)
);

-- Addresses that the receiving server refuses for good, in a row; after some of them nothing more is sent there.
ALTER TABLE contacts
    ADD COLUMN hard_bounces integer NOT NULL DEFAULT 0,
    ADD COLUMN unreachable_since timestamptz;

-- Signs the links in mails that act without a login: one key for all processes, made by the first that needs it.
CREATE TABLE link_keys (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    key bytea NOT NULL
);

-- `withheld`: the recipient does not want it, cannot be reached, or something newer has taken its place.
ALTER TABLE deliveries
    DROP CONSTRAINT deliveries_status_check,
    ADD CONSTRAINT deliveries_status_check CHECK (status IN ('pending', 'sent', 'bounced', 'failed', 'withheld'));

-- How many webhooks a partner takes in one post.
ALTER TABLE partners ADD COLUMN batch integer NOT NULL DEFAULT 1;

-- migrate:down

ALTER TABLE partners DROP COLUMN batch;
UPDATE deliveries SET status = 'failed' WHERE status = 'withheld';
ALTER TABLE deliveries
    DROP CONSTRAINT deliveries_status_check,
    ADD CONSTRAINT deliveries_status_check CHECK (status IN ('pending', 'sent', 'bounced', 'failed'));
DROP TABLE link_keys;
ALTER TABLE contacts DROP COLUMN unreachable_since, DROP COLUMN hard_bounces;
DROP TABLE silenced;
