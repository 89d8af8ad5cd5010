-- migrate:up

-- Local copies: what mails say of editions, events and people. Other services own the truth.
CREATE TABLE editions (
    id text PRIMARY KEY,
    name jsonb NOT NULL,
    submission_deadline date NOT NULL
);

CREATE TABLE events (
    id uuid PRIMARY KEY,
    edition_id text NOT NULL,
    revision integer NOT NULL,
    title text NOT NULL,
    reference text,
    organiser text NOT NULL,
    type text NOT NULL,
    time_zone text NOT NULL,
    slots jsonb NOT NULL,
    place jsonb NOT NULL,
    changed_at timestamptz NOT NULL
);

-- An erased contact keeps its id alone, so that a notice which comes later is not kept waiting for it.
CREATE TABLE contacts (
    id uuid PRIMARY KEY,
    email text,
    name text NOT NULL DEFAULT '',
    language text NOT NULL DEFAULT 'fr'
);

-- Partners' endpoints.
CREATE TABLE partners (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    url text NOT NULL,
    types text[] NOT NULL,       -- webhook types; empty: all
    event_types text[] NOT NULL, -- empty: all
    territories text[] NOT NULL, -- départements and regions (`R76`); empty: all
    secret text NOT NULL,
    previous_secret text,        -- signs too until it runs out, so that a rotation breaks nothing
    previous_secret_until timestamptz,
    disabled_at timestamptz,
    disabled_because text,
    failures integer NOT NULL DEFAULT 0, -- attempts in a row that met no working endpoint
    paused_until timestamptz,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL
);

-- What webhooks say: one body a message, however many partners get it.
CREATE TABLE announcements (
    message_id text PRIMARY KEY,
    type text NOT NULL,
    event_id uuid,
    sequence bigint NOT NULL, -- of the event in the catalogue
    body text NOT NULL,
    time timestamptz NOT NULL
);
CREATE INDEX announcements_by_event ON announcements (event_id);

-- Events that left the programme before their copy came: whom to tell depends on it.
CREATE TABLE withdrawals (
    message_id text PRIMARY KEY,
    event_id uuid NOT NULL,
    sequence bigint NOT NULL,
    time timestamptz NOT NULL
);

-- One notice to one recipient by one channel: queue and log at once.
CREATE TABLE deliveries (
    id uuid PRIMARY KEY,
    position bigint GENERATED ALWAYS AS IDENTITY,
    message_id text NOT NULL,
    recipient_id uuid NOT NULL,
    channel text NOT NULL CHECK (channel IN ('email', 'webhook')),
    kind text NOT NULL,
    event_id uuid,
    revision integer,     -- the event's copy must have reached it
    content jsonb,        -- mails: what they say beyond the copies; emptied once finished
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sent', 'bounced', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    sequence bigint NOT NULL DEFAULT 0,
    detail text NOT NULL DEFAULT '',
    queued_at timestamptz NOT NULL,
    due_at timestamptz,
    leased_until timestamptz, -- a process is at it; if it dies, the row comes up again
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    CHECK ((status = 'pending') = (finished_at IS NULL)),
    UNIQUE (message_id, recipient_id, channel)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
CREATE UNIQUE INDEX deliveries_by_position ON deliveries (position);
CREATE INDEX deliveries_by_recipient ON deliveries (recipient_id, position);
CREATE INDEX deliveries_by_event ON deliveries (event_id, position);
CREATE INDEX mails_due ON deliveries (due_at) WHERE status = 'pending' AND channel = 'email';
CREATE INDEX webhooks_due ON deliveries (recipient_id, due_at) WHERE status = 'pending' AND channel = 'webhook';

-- migrate:down

DROP TABLE deliveries;
DROP TABLE withdrawals;
DROP TABLE announcements;
DROP TABLE partners;
DROP TABLE contacts;
DROP TABLE events;
DROP TABLE editions;
