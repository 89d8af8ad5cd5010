-- migrate:up

-- A charter may hold only for editions that begin between two days; null: since ever, for ever.
ALTER TABLE charters ADD COLUMN valid_from date, ADD COLUMN valid_until date;

-- Of the charters in whose validity an edition begins, the latest one that names it holds, else the latest one
-- that names '*'. An edition that moves may come under another one.
CREATE VIEW charters_in_force AS
SELECT DISTINCT ON (editions.id) editions.id AS edition_id, charters.version
FROM editions
JOIN charters ON charters.editions && ARRAY[editions.id, '*']
    AND (editions.state->'dates'->>'first_day')::date
        BETWEEN coalesce(charters.valid_from, '-infinity') AND coalesce(charters.valid_until, 'infinity')
ORDER BY editions.id, editions.id = ANY (charters.editions) DESC, charters.number DESC;

-- The verdict that holds now, of whatever revision.
ALTER TABLE cases ADD COLUMN verdict text;
UPDATE cases SET verdict = decisions.verdict FROM decisions WHERE decisions.id = cases.decision_id;

-- A referent may decide a revision more than once: after an appeal. The charter does not.
ALTER TABLE decisions
    DROP CONSTRAINT decisions_event_id_revision_charter_version_decided_by_key,
    ADD COLUMN appeal boolean NOT NULL DEFAULT false, -- the organiser's appeal, or the decision on it
    ADD COLUMN told boolean NOT NULL DEFAULT true;    -- false: confirms a verdict without any doing of the organiser
CREATE UNIQUE INDEX decisions_by_charter ON decisions (event_id, revision, charter_version)
    WHERE decided_by = 'charter' AND NOT appeal;
CREATE INDEX decisions_event ON decisions (event_id, decided_at);

-- Deciding again what is decided, because a charter asked for it when it was published. A row that is not finished
-- goes on after any interruption, behind the last event that was looked at.
CREATE TABLE redecisions (
    charter_version text PRIMARY KEY REFERENCES charters,
    scope text NOT NULL CHECK (scope IN ('open', 'all')),
    after uuid,
    decided integer NOT NULL DEFAULT 0,
    changed integer NOT NULL DEFAULT 0,
    begun_at timestamptz NOT NULL,
    finished_at timestamptz
);
CREATE INDEX redecisions_unfinished ON redecisions (begun_at) WHERE finished_at IS NULL;

-- migrate:down

DROP TABLE redecisions;
DROP INDEX decisions_by_charter, decisions_event;
ALTER TABLE decisions DROP COLUMN appeal, DROP COLUMN told,
    ADD CONSTRAINT decisions_event_id_revision_charter_version_decided_by_key
        UNIQUE (event_id, revision, charter_version, decided_by);
ALTER TABLE cases DROP COLUMN verdict;
DROP VIEW charters_in_force;
ALTER TABLE charters DROP COLUMN valid_from, DROP COLUMN valid_until;
