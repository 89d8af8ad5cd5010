"""Topics: each planted violation is found, and what faults explain is not one."""

from dataclasses import replace

import pytest

from semaine.faults.judging.streams import judge_streams
from tests.unit.faults.world import EVENT, appearance, disturbance

TOPIC = "registration.events.v1"


def judged(records, *, last=3, disturbances=()):
    sequences = {TOPIC: {EVENT: last} if last else {}}
    return list(judge_streams(records, sequences=sequences, disturbances=list(disturbances)))


def stream(*sequences):
    return [appearance(sequence, offset=offset) for offset, sequence in enumerate(sequences)]


def test_each_change_once_and_in_order_is_clean():
    assert judged(stream(1, 2, 3)) == []


def test_a_repetition_near_a_fault_of_its_publisher_is_no_violation():
    records = [*stream(1, 2, 3), appearance(2, offset=3, after=65), appearance(3, offset=4, after=65)]
    assert judged(records, disturbances=[disturbance("kill", "registration-2", begun=0, healed=10)]) == []
    assert judged(records, disturbances=[disturbance("cut", "link:kafka")]) == []
    assert judged(records, disturbances=[disturbance("cut", "link:kafka", "registration-1")]) == []
    assert judged(records, disturbances=[disturbance("pause", "postgresql")]) == []


@pytest.mark.parametrize(
    "faults",
    [
        [],
        [disturbance("kill", "labelling-1")],
        [disturbance("kill", "registration-1", begun=-300, healed=-200)],
        [disturbance("cut", "link:mail")],
        [disturbance("cut", "link:kafka", "stats-1")],
    ],
)
def test_a_repetition_without_a_fault_near_it_is_double(faults):
    records = [*stream(1, 2, 3), appearance(2, offset=3, after=65)]
    (found,) = judged(records, disturbances=faults)
    assert (found.kind, found.where, found.key) == ("double", TOPIC, EVENT)
    assert found.message_ids == (records[1].id,)


@pytest.mark.parametrize("change", [{"body": b"{}"}, {"id": "another"}, {"headers": ()}])
def test_a_repetition_with_other_words_differs_whatever_the_fault(change):
    records = [*stream(1, 2, 3), replace(appearance(2, offset=3), **change)]
    assert "differs" in {each.kind for each in judged(records, disturbances=[disturbance()])}


def test_one_id_on_two_messages_differs():
    records = [*stream(1, 2), replace(appearance(3, offset=2), id=appearance(1).id)]
    assert [each.kind for each in judged(records)] == ["differs"]


def test_a_missing_sequence_is_a_gap():
    (found,) = judged(stream(1, 3))
    assert (found.kind, found.message_ids) == ("gap", (appearance(3).id,))
    assert "[2]" in found.detail


def test_a_first_appearance_after_a_later_one_is_out_of_order():
    (found,) = judged(stream(1, 3, 2))
    assert (found.kind, found.message_ids) == ("order", (appearance(2).id,))


def test_what_was_committed_and_never_published_is_lost():
    assert [each.kind for each in judged(stream(1, 2))] == ["lost"]
    assert [each.kind for each in judged([])] == ["lost"]


def test_what_was_published_and_never_committed_is_double():
    assert [each.kind for each in judged(stream(1, 2, 3, 4))] == ["double"]
    assert [each.kind for each in judged(stream(1), last=None)] == ["double"]
