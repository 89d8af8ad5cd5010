-- migrate:up

-- Why a row was not taken, for people who read French; the columns without a language are English.
ALTER TABLE import_problems ADD COLUMN reason_fr text NOT NULL DEFAULT '';
ALTER TABLE imports ADD COLUMN detail_fr text NOT NULL DEFAULT '';

-- migrate:down

ALTER TABLE imports DROP COLUMN detail_fr;
ALTER TABLE import_problems DROP COLUMN reason_fr;
