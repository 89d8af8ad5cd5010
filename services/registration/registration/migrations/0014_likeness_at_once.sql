-- migrate:up

-- With a list of pending entries, every submission would read all those before it.
ALTER INDEX events_likeness SET (fastupdate = off);

-- migrate:down

ALTER INDEX events_likeness RESET (fastupdate);
