-- migrate:up

ALTER TABLE waiting_list
    ADD COLUMN act_number integer NOT NULL DEFAULT 0, -- the last act that had reached the event when the offer was made
    ADD COLUMN untold boolean NOT NULL DEFAULT false; -- closed without a word: a notice of an act has still to say it
UPDATE waiting_list SET act_number = e.act_number FROM events e WHERE e.id = event_id AND waiting_list.status = 'offered';
CREATE INDEX waiting_list_untold ON waiting_list (event_id) WHERE untold;

-- migrate:down

DROP INDEX waiting_list_untold;
ALTER TABLE waiting_list DROP COLUMN untold, DROP COLUMN act_number;
