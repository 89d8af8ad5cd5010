"""Which faults come when: by the seed alone, never two for one target, of the kinds asked for."""

import pytest

from semaine.faults import members
from semaine.faults.nemesis.actions import ACTIONS
from semaine.faults.nemesis.fault import KINDS
from semaine.faults.nemesis.schedule import schedule

MINUTES_30 = 1800.0
TWO_MINUTES = schedule(seed=20201116, seconds=120)
"""What CI runs."""


def test_the_same_seed_gives_the_same_schedule_and_another_another():
    assert schedule(seed=7, seconds=300) == schedule(seed=7, seconds=300)
    assert schedule(seed=7, seconds=300) != schedule(seed=8, seconds=300)


def test_a_longer_run_begins_like_a_shorter_one():
    short, long = schedule(seed=7, seconds=100), schedule(seed=7, seconds=200)
    assert [fault.targets for fault in long[: len(short)]] == [fault.targets for fault in short]


def test_half_an_hour_brings_hundreds_of_faults_of_every_kind():
    faults = schedule(seed=1, seconds=MINUTES_30)
    assert len(faults) > 300
    assert {fault.kind for fault in faults} == set(KINDS) == set(ACTIONS)
    assert {name for fault in faults for name in fault.targets} >= {*members.SERVERS, *members.LINKS}


@pytest.mark.parametrize("kind", ["kill", "pause"])
def test_the_two_minutes_of_every_day_kill_and_pause_each_server_and_some_replica(kind):
    met = {name for fault in TWO_MINUTES if fault.kind == kind for name in fault.targets}
    assert met > set(members.SERVERS)


def test_the_two_minutes_of_every_day_break_every_link_in_every_kind():
    assert {fault.kind for fault in TWO_MINUTES} == set(KINDS)
    assert {name for fault in TWO_MINUTES for name in fault.targets} > set(members.LINKS)


@pytest.mark.parametrize("seed", range(20))
def test_in_two_minutes_every_kind_comes_and_every_server_is_killed_or_paused(seed):
    faults = schedule(seed=seed, seconds=120)
    assert {fault.kind for fault in faults} == set(KINDS)
    stopped = {name for fault in faults if fault.kind in {"kill", "pause"} for name in fault.targets}
    assert stopped >= set(members.SERVERS)


@pytest.mark.parametrize("seed", range(20))
def test_nothing_is_disturbed_twice_at_once_and_all_ends_in_time(seed):
    faults = schedule(seed=seed, seconds=300)
    for fault in faults:
        assert fault.at + fault.hold <= 301
        for other in faults:
            if other.number > fault.number and other.at < fault.at + fault.hold:
                assert not fault.claims() & other.claims()


def test_all_ways_to_a_server_are_each_of_them():
    cuts = [fault for fault in schedule(seed=3, seconds=MINUTES_30, kinds=["cut"]) if fault.targets == ("link:mail",)]
    assert cuts[0].claims() == {"link:mail notifications-1", "link:mail notifications-2"}


def test_only_the_kinds_asked_for_come():
    assert {fault.kind for fault in schedule(seed=3, seconds=300, kinds=["kill", "pause"])} == {"kill", "pause"}


def test_replicas_pause_for_longer_than_leases_and_memberships_last():
    pauses = schedule(seed=3, seconds=MINUTES_30, kinds=["pause"])[:-5]
    assert all(fault.hold > 10 for fault in pauses if members.service_of(fault.targets[0]))
