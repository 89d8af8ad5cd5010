-- migrate:up

-- Messages committed with the change that caused them, until Kafka has confirmed them.
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL,
    key text NOT NULL,
    message_id uuid NOT NULL,
    sequence bigint NOT NULL,
    time timestamptz NOT NULL,
    traceparent text,
    value bytea,   -- NULL: a tombstone
    headers jsonb, -- dead letters: the untouched headers and the reason, values in base64
    created_at timestamptz NOT NULL DEFAULT now()
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);

-- High-water marks: the highest sequence applied of each key of each topic.
CREATE TABLE inbox (
    topic text NOT NULL,
    key text NOT NULL,
    sequence bigint NOT NULL,
    PRIMARY KEY (topic, key)
) WITH (fillfactor = 70);

-- Which records were laid aside, so that a redelivery does not lay them aside again.
CREATE TABLE dead_letters (
    id uuid PRIMARY KEY,
    topic text NOT NULL,
    partition integer NOT NULL,
    "offset" bigint NOT NULL,
    reason text NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);

-- Answers already given to a POST, by Idempotency-Key.
CREATE TABLE idempotency (
    scope text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    status integer,
    headers jsonb,
    body bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (scope, key)
);

-- migrate:down

DROP TABLE idempotency;
DROP TABLE dead_letters;
DROP TABLE inbox;
DROP TABLE outbox;
