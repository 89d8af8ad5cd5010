"""Why a row of the table misses its goal, in words for its reader. By the row's name; shown only where it misses."""

REASONS: dict[str, str] = {}
