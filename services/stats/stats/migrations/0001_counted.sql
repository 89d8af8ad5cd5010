-- migrate:up

CREATE TABLE editions (
    id text PRIMARY KEY,
    sequence bigint NOT NULL,
    number integer NOT NULL,
    status text NOT NULL
);

-- One row per event. Its own message and its guest list's arrive in any order: a row waits, uncounted, for its event.
CREATE TABLE events (
    event_id uuid PRIMARY KEY,
    event_sequence bigint NOT NULL DEFAULT 0, -- 0: only the guest list is known so far
    edition_id text,
    status text,
    region text, -- NULL, as the département: the place's commune is not known
    departement text,
    type text,
    themes text[],
    audience text[],
    hours text[], -- local hours at which the slots begin, '00' to '23'
    list_sequence bigint NOT NULL DEFAULT 0, -- 0: no guest list so far
    announced integer NOT NULL DEFAULT 0,
    actual integer, -- NULL: not reported
    CHECK (event_sequence = 0
        OR num_nulls(edition_id, status, type, themes, audience, hours) = 0)
) WITH (fillfactor = 60);

CREATE INDEX events_edition ON events (edition_id);

-- What was published last on stats.counters.v1: tallies as {value: [events, announced, actual]}.
CREATE TABLE counters (
    edition_id text NOT NULL,
    dimension text NOT NULL,
    sequence bigint NOT NULL DEFAULT 0,
    tallies jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (edition_id, dimension)
);

-- migrate:down

DROP TABLE counters;
DROP TABLE events;
DROP TABLE editions;
