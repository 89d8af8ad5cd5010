-- migrate:up

-- What happened to each event, for its organiser: one row for each change that was published.
CREATE TABLE event_history (
    event_id uuid NOT NULL,
    sequence bigint NOT NULL,
    happened_at timestamptz NOT NULL,
    status text NOT NULL,
    occurrence text NOT NULL,
    answer text NOT NULL,
    act_number integer NOT NULL,
    changed text[] NOT NULL, -- what its organiser, or an act, changed: names of fields of EventContent
    PRIMARY KEY (event_id, sequence)
);

CREATE FUNCTION keep_history() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed text[] := '{}';
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.content IS DISTINCT FROM OLD.content THEN
        changed := ARRAY(
            SELECT key FROM jsonb_each(NEW.content) WHERE value IS DISTINCT FROM OLD.content->key ORDER BY key
        );
    END IF;
    INSERT INTO event_history (event_id, sequence, happened_at, status, occurrence, answer, act_number, changed)
    VALUES (NEW.id, NEW.sequence, NEW.changed_at, NEW.status, NEW.occurrence, NEW.answer, NEW.act_number, changed)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER keep_history AFTER UPDATE ON events
    FOR EACH ROW WHEN (NEW.sequence <> OLD.sequence) EXECUTE FUNCTION keep_history();
CREATE TRIGGER keep_history_new AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION keep_history();

-- Of what is there already, how it stands.
INSERT INTO event_history (event_id, sequence, happened_at, status, occurrence, answer, act_number, changed)
SELECT id, sequence, changed_at, status, occurrence, answer, act_number, '{}' FROM events;

-- migrate:down

DROP TRIGGER keep_history ON events;
DROP TRIGGER keep_history_new ON events;
DROP FUNCTION keep_history;
DROP TABLE event_history;
