-- migrate:up

-- How many people of a sign-up came, as told at the door; NULL: nobody has been seen yet. The list's `actual` counts
-- those and others who came without a sign-up.
ALTER TABLE participations ADD COLUMN came integer CHECK (came > 0);

-- migrate:down

ALTER TABLE participations DROP COLUMN came;
