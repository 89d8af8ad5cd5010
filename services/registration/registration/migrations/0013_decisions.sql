-- migrate:up

-- The decision that holds on each event, as labelling has published it: what its organiser is told of it.
CREATE TABLE decisions (
    event_id uuid PRIMARY KEY,
    decision jsonb NOT NULL
);

-- migrate:down

DROP TABLE decisions;
