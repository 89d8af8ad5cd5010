"""When a consumer stands still, and when it merely had nothing to do."""

import time

import pytest

from shared.runtime.consumer import Progress


@pytest.fixture
def progress():
    """Of a consumer that has handled its last batch at 0 s."""
    return Progress(topic="test", moved_at=0.0)


def test_who_had_nothing_to_do_does_not_stand_still_when_work_comes(progress):
    assert progress.stuck_for(lag=0, working=False, now=3600.0) == 0
    assert progress.stuck_for(lag=500, working=True, now=3601.0) == 1


def test_a_batch_that_does_not_end_is_a_standstill_even_if_it_is_the_last(progress):
    assert progress.stuck_for(lag=0, working=True, now=20.0) == 20


def test_messages_that_nobody_takes_up_are_a_standstill(progress):
    assert progress.stuck_for(lag=1, working=False, now=20.0) == 20


def test_a_server_that_is_away_counts_from_the_first_failure(progress):
    progress.failing_since = 12.0
    assert progress.stuck_for(lag=0, working=True, now=20.0) == 8


def test_once_the_server_is_back_the_time_without_it_counts_no_more(progress):
    progress.failing_since = 12.0
    before = time.monotonic()
    progress.moved()
    assert progress.stuck_for(lag=500, working=True, now=before + 1.0) <= 1.0
