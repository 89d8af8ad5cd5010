"""High-water marks: which messages of a state topic are news, whatever is redelivered or replayed."""

from collections.abc import Sequence

from shared.runtime import metrics
from shared.runtime.database import Connection

# Sorted, so that two processes that hold one partition for a moment cannot deadlock.
_RAISE = """
INSERT INTO inbox AS mark (topic, key, sequence)
SELECT $1, key, sequence FROM unnest($2::text[], $3::bigint[]) AS news (key, sequence) ORDER BY key
ON CONFLICT (topic, key) DO UPDATE SET sequence = excluded.sequence WHERE mark.sequence < excluded.sequence
RETURNING key, old.sequence AS before
"""


async def raise_marks(
    connection: Connection, *, topic: str, first: dict[str, int], last: dict[str, int]
) -> frozenset[str]:
    """
    Raise the mark of each key to its `last` sequence; answers the keys for which that was news.

    `first`: the lowest sequence seen of each key, from which a gap is told and counted.
    """
    keys: Sequence[str] = list(last)
    rows = await connection.fetch(_RAISE, topic, keys, [last[key] for key in keys])
    gaps = sum(first[row["key"]] - row["before"] - 1 for row in rows if row["before"] is not None
               and first[row["key"]] > row["before"] + 1)  # fmt: skip
    if gaps:
        metrics.GAPS.labels(topic).inc(gaps)
    if len(rows) < len(keys):
        metrics.STALE.labels(topic).inc(len(keys) - len(rows))
    return frozenset(row["key"] for row in rows)
