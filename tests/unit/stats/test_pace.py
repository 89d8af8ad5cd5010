"""At most four counts a second, whatever happens."""

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.pace import COUNTS_A_SECOND, next_count


def test_the_second_count_after_a_rest_comes_soon_and_the_third_waits():
    assert next_count([10.0]) == pytest.approx(10.04)
    assert next_count([10.0, 10.04]) == pytest.approx(10.29)


@given(st.lists(st.floats(min_value=0, max_value=3), min_size=1, max_size=60))
def test_never_more_than_four_in_a_second(rests):
    counts: deque[float] = deque([0.0], maxlen=COUNTS_A_SECOND)
    times = [0.0]
    for rest in rests:
        times.append(max(next_count(counts), times[-1] + rest))
        counts.append(times[-1])
    for first in range(len(times) - COUNTS_A_SECOND):
        assert times[first + COUNTS_A_SECOND] - times[first] >= 1 - 1e-9


def test_steady_work_is_counted_four_times_a_second():
    counts: deque[float] = deque([0.0], maxlen=COUNTS_A_SECOND)
    for _ in range(40):
        counts.append(next_count(counts))
    assert counts[-1] == pytest.approx(10, abs=0.3)
