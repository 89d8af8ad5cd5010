-- migrate:up

-- Local copy of the editions. Events of an edition that is not here yet wait.
CREATE TABLE editions (
    id text PRIMARY KEY,
    state jsonb NOT NULL -- EditionState
);

-- Published charters; a version never changes. The latest one that names an edition holds for it, else the latest
-- one that names '*'.
CREATE TABLE charters (
    version text PRIMARY KEY,
    number bigint GENERATED ALWAYS AS IDENTITY,
    editions text[] NOT NULL,
    document jsonb NOT NULL, -- the whole charter, its lexicon included
    published_at timestamptz NOT NULL
);

-- One case per event: its latest state, how far it is decided, and the sequence of labelling.decisions.v1.
CREATE TABLE cases (
    event_id uuid PRIMARY KEY,
    edition_id text NOT NULL,
    revision integer NOT NULL,
    withdrawn boolean NOT NULL,
    event jsonb NOT NULL, -- EventState
    decided_revision integer NOT NULL DEFAULT 0,
    decision_id uuid,     -- the decision that holds now
    sequence bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 70);
CREATE INDEX cases_waiting ON cases (edition_id, event_id) WHERE decided_revision < revision AND NOT withdrawn;

CREATE TABLE decisions (
    id uuid PRIMARY KEY,
    event_id uuid NOT NULL REFERENCES cases,
    organiser_id uuid NOT NULL,
    revision integer NOT NULL,
    charter_version text NOT NULL REFERENCES charters,
    decided_by text NOT NULL,
    verdict text NOT NULL,
    state jsonb NOT NULL, -- DecisionState
    decided_at timestamptz NOT NULL,
    UNIQUE (event_id, revision, charter_version, decided_by)
);

-- The committee's queue: a row for each decision that was left to it.
CREATE TABLE reviews (
    decision_id uuid PRIMARY KEY REFERENCES decisions,
    event_id uuid NOT NULL REFERENCES cases,
    revision integer NOT NULL,
    departement text,
    due_on date NOT NULL,
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'decided', 'closed')),
    opened_at timestamptz NOT NULL,
    ended_at timestamptz -- decided by a referent, or closed because the event was amended or withdrawn
);
CREATE UNIQUE INDEX reviews_open ON reviews (event_id) WHERE status = 'open';
CREATE INDEX reviews_event ON reviews (event_id, opened_at);
CREATE INDEX reviews_queue ON reviews (status, due_on, decision_id);

-- migrate:down

DROP TABLE reviews, decisions, cases, charters, editions;
