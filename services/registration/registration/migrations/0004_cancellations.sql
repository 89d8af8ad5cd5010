-- migrate:up

-- How often each sign-up was cancelled, over all the times that it was taken up again: what the list's total is the sum of.
ALTER TABLE participations ADD COLUMN cancellations integer NOT NULL DEFAULT 0;
UPDATE participations SET cancellations = greatest(confirmations - 1, 0) + CASE status WHEN 'cancelled' THEN 1 ELSE 0 END
WHERE confirmations > 1 OR status = 'cancelled';

-- migrate:down

ALTER TABLE participations DROP COLUMN cancellations;
