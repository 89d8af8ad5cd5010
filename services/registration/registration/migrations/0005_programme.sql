-- migrate:up

-- Both are "trusted": the owner of a database may create them.
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- French word stems, whatever the accents.
CREATE TEXT SEARCH CONFIGURATION programme (COPY = french);
ALTER TEXT SEARCH CONFIGURATION programme ALTER MAPPING FOR hword, hword_part, word WITH unaccent, french_stem;

-- What the public programme is searched by: one row per event of the catalogue, as the public sees it.
CREATE TABLE programme (
    event_id uuid PRIMARY KEY REFERENCES events,
    edition_id text NOT NULL,
    type text NOT NULL,
    themes text[] NOT NULL,
    audience text[] NOT NULL,
    accessibility text[] NOT NULL,
    departement text,
    region text,
    begins timestamp NOT NULL,  -- the first slot, in the event's local time
    days date[] NOT NULL,       -- of its slots, in its local time
    document tsvector NOT NULL,
    words text NOT NULL         -- title, organiser, town without accents and case: for words that are misspelt
);
CREATE INDEX programme_edition ON programme (edition_id, begins, event_id);
CREATE INDEX programme_document ON programme USING gin (document);

CREATE FUNCTION keep_programme() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    said jsonb := coalesce(NEW.shown, NEW.content);
    organiser text;
BEGIN
    IF NOT NEW.in_catalogue THEN
        DELETE FROM programme WHERE event_id = NEW.id;
        RETURN NULL;
    END IF;
    SELECT name INTO organiser FROM organisers WHERE id = NEW.organiser_id;
    INSERT INTO programme (event_id, edition_id, type, themes, audience, accessibility, departement, region, begins, days,
                           document, words)
    SELECT NEW.id, NEW.edition_id, said->>'type',
        ARRAY(SELECT jsonb_array_elements_text(said->'themes')),
        ARRAY(SELECT jsonb_array_elements_text(said->'audience')),
        ARRAY(SELECT jsonb_array_elements_text(said->'accessibility')),
        CASE WHEN NEW.shown IS NULL THEN NEW.departement ELSE NEW.shown->'place'->>'departement' END,
        CASE WHEN NEW.shown IS NULL THEN NEW.region ELSE NEW.shown->'place'->>'region' END,
        min((slot->>'begin')::timestamp),
        array_agg(DISTINCT (slot->>'begin')::date),
        setweight(to_tsvector('programme', said->>'title'), 'A')
            || setweight(to_tsvector('programme', concat_ws(' ', organiser, said->'place'->>'city')), 'B')
            || setweight(to_tsvector('programme', said->>'description'), 'C'),
        lower(unaccent(concat_ws(' ', said->>'title', organiser, said->'place'->>'city')))
    FROM jsonb_array_elements(said->'slots') AS slot
    ON CONFLICT (event_id) DO UPDATE SET (type, themes, audience, accessibility, departement, region, begins, days,
                                          document, words)
        = (excluded.type, excluded.themes, excluded.audience, excluded.accessibility, excluded.departement,
           excluded.region, excluded.begins, excluded.days, excluded.document, excluded.words);
    RETURN NULL;
END
$$;
CREATE TRIGGER keep_programme AFTER UPDATE ON events
    FOR EACH ROW WHEN (NEW.in_catalogue OR OLD.in_catalogue) EXECUTE FUNCTION keep_programme();
CREATE TRIGGER keep_programme_new AFTER INSERT ON events
    FOR EACH ROW WHEN (NEW.in_catalogue) EXECUTE FUNCTION keep_programme();
UPDATE events SET in_catalogue = true WHERE in_catalogue;

-- migrate:down

DROP TRIGGER keep_programme ON events;
DROP TRIGGER keep_programme_new ON events;
DROP FUNCTION keep_programme;
DROP TABLE programme;
DROP TEXT SEARCH CONFIGURATION programme;
DROP EXTENSION pg_trgm;
DROP EXTENSION unaccent;
