-- migrate:up

-- What has changed in the public programme, in an order that readers can follow: see feeds/store.py.
CREATE TABLE feed (
    event_id uuid PRIMARY KEY REFERENCES events,
    edition_id text NOT NULL,
    gone boolean NOT NULL,  -- it has left the programme
    position bigint,        -- NULL until somebody reads: positions are given one transaction after another
    changed_at timestamptz  -- when it got its position
);
CREATE SEQUENCE feed_positions;
CREATE INDEX feed_in_order ON feed (edition_id, position);
CREATE INDEX feed_without_position ON feed (edition_id) WHERE position IS NULL;

CREATE FUNCTION keep_feed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO feed (event_id, edition_id, gone) VALUES (NEW.id, NEW.edition_id, NOT NEW.in_catalogue)
    ON CONFLICT (event_id) DO UPDATE SET gone = excluded.gone, position = NULL, changed_at = NULL;
    RETURN NULL;
END
$$;
CREATE TRIGGER keep_feed AFTER UPDATE ON events
    FOR EACH ROW WHEN (NEW.catalogue_sequence <> OLD.catalogue_sequence) EXECUTE FUNCTION keep_feed();
CREATE TRIGGER keep_feed_new AFTER INSERT ON events
    FOR EACH ROW WHEN (NEW.catalogue_sequence > 0) EXECUTE FUNCTION keep_feed();
INSERT INTO feed (event_id, edition_id, gone)
SELECT id, edition_id, NOT in_catalogue FROM events WHERE catalogue_sequence > 0;

-- migrate:down

DROP TRIGGER keep_feed ON events;
DROP TRIGGER keep_feed_new ON events;
DROP FUNCTION keep_feed;
DROP TABLE feed;
DROP SEQUENCE feed_positions;
