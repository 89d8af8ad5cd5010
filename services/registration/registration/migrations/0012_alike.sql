-- migrate:up

-- What looks like a misspelt word is found by its trigrams, instead of comparing the word with every event.
-- A search reads the whole list of what an index has not sorted in yet (4 MB by default, until the next vacuum): kept short.
CREATE INDEX programme_words ON programme USING gin (words gin_trgm_ops) WITH (gin_pending_list_limit = 64);
ALTER INDEX programme_document SET (gin_pending_list_limit = 64);

-- Events of an edition that have each word, or one that looks like it: 0.45 of its trigrams in a title, an organiser's name
-- or a town. The longest word leaves the fewest; what is left is then asked for the others.
CREATE FUNCTION programme_alike(edition text, asked text[]) RETURNS SETOF uuid LANGUAGE plpgsql STABLE
SET pg_trgm.word_similarity_threshold = 0.45 AS $$
DECLARE
    left_over uuid[];
    word text;
    plain text;
BEGIN
    FOR word IN SELECT each FROM unnest(asked) AS each ORDER BY length(each) DESC LOOP
        plain := lower(unaccent(word));
        IF left_over IS NULL THEN
            left_over := ARRAY(
                SELECT event_id FROM programme
                WHERE edition_id = edition AND document @@ plainto_tsquery('programme', word)
                UNION
                SELECT event_id FROM programme WHERE edition_id = edition AND plain <% words
            );
        ELSE
            left_over := ARRAY(
                SELECT event_id FROM programme
                WHERE event_id = ANY(left_over) AND (document @@ plainto_tsquery('programme', word) OR plain <% words)
            );
        END IF;
        EXIT WHEN left_over = '{}';
    END LOOP;
    RETURN QUERY SELECT unnest(left_over);
END
$$;

-- migrate:down

DROP FUNCTION programme_alike;
DROP INDEX programme_words;
ALTER INDEX programme_document RESET (gin_pending_list_limit);
