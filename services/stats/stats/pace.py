"""When the board may count again. Pure: times are seconds of any one clock."""

from collections.abc import Sequence

COUNTS_A_SECOND = 4
_SOON = 0.04
"""After a count that stands alone: a submission is counted, and hardly later its label."""


def next_count(counts: Sequence[float]) -> float:
    """
    The earliest time of the next count, after those at `counts`: the last four, in order.

    Never more than four within a second, evenly spread while work goes on; the second after a rest comes soon.
    """
    last = counts[-1]
    alone = all(each <= last - 1 for each in list(counts)[:-1])
    after_pause = last + (_SOON if alone else 1 / COUNTS_A_SECOND)
    return max(after_pause, counts[0] + 1) if len(counts) == COUNTS_A_SECOND else after_pause
