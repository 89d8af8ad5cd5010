"""Decoding never raises: whatever lies in a topic becomes a message, or a reason why not."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from aiokafka import ConsumerRecord
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.topics import CATALOGUE, COUNTERS, TOPICS
from shared.runtime.decoding import Envelope, Received, Unreadable, open_envelope, read_body

HEADERS = {
    "ce_specversion": b"1.0",
    "ce_id": b"0170c2a3-2000-7b80-9017-9e617f93efb7",
    "ce_type": b"semaine.counter.v1",
    "ce_source": b"/stats",
    "ce_subject": b"2020/total",
    "ce_time": b"2020-02-04T10:01:12.25+00:00",
    "ce_sequence": b"7",
    "content-type": b"application/json",
}
VALUE = b"""{"change": "counted", "counter": {"edition_id": "2020", "dimension": "total", "tallies": [],
"as_of": "2020-02-04T10:01:12Z"}}"""


def record(*, key=b"2020/total", value=VALUE, **changes) -> ConsumerRecord:
    headers = {name: value for name, value in (HEADERS | changes).items() if value != b"gone"}
    return raw(key=key, value=value, headers=list(headers.items()))


def raw(*, key, value, headers) -> ConsumerRecord:
    return ConsumerRecord(
        topic=COUNTERS.name,
        partition=3,
        offset=99,
        timestamp=0,
        timestamp_type=0,
        key=key,
        value=value,
        checksum=None,
        serialized_key_size=0,
        serialized_value_size=0,
        headers=headers,
    )


def test_a_message_is_read():
    envelope = open_envelope(record(traceparent=b"00-x"), topic=COUNTERS)
    assert isinstance(envelope, Envelope)
    assert envelope.traceparent == "00-x"
    received = read_body(envelope, topic=COUNTERS)
    assert isinstance(received, Received)
    assert (received.id, received.key) == (UUID("0170c2a3-2000-7b80-9017-9e617f93efb7"), "2020/total")
    assert (received.topic, received.partition, received.offset) == (COUNTERS.name, 3, 99)
    assert received.time == datetime(2020, 2, 4, 10, 1, 12, 250_000, tzinfo=UTC)
    assert received.sequence == 7


def test_order_and_number_of_headers_do_not_matter():
    headers = [*reversed(HEADERS.items()), ("x-own", b"1"), ("x-empty", b"")]
    assert isinstance(open_envelope(raw(key=b"k", value=VALUE, headers=headers), topic=COUNTERS), Envelope)


@pytest.mark.parametrize("name", ["ce_id", "ce_type", "ce_sequence", "ce_time"])
def test_a_header_that_is_missing_is_named(name):
    for value in (b"gone", None):
        found = open_envelope(record(**{name: value}), topic=COUNTERS)
        assert found == Unreadable("missing_header", f"no header '{name}'")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"ce_id": b"7"}, "bad_header"),
        ({"ce_sequence": b"many"}, "bad_header"),
        ({"ce_sequence": b"0"}, "bad_header"),
        ({"ce_sequence": b"-1"}, "bad_header"),
        ({"ce_sequence": b"9223372036854775808"}, "bad_header"),
        ({"ce_sequence": b"9" * 5000}, "bad_header"),
        ({"ce_time": b"yesterday"}, "bad_header"),
        ({"ce_time": b"2020-02-04T10:01:12"}, "bad_header"),
        ({"ce_type": b"semaine.counter.v2"}, "unknown_type"),
        ({"ce_type": b""}, "unknown_type"),
        ({"ce_source": b"\xff"}, "not_utf8"),
        ({"x-unknown": b"\xff"}, "not_utf8"),
        ({"key": b"\xff"}, "not_utf8"),
        ({"key": b""}, "bad_key"),
        ({"key": None}, "bad_key"),
        ({"key": b"a\0b"}, "bad_key"),
        ({"value": None}, "empty"),
        ({"value": b" " * 1_000_001}, "too_large"),
    ],
)
def test_what_is_wrong_with_an_envelope_has_a_word(changes, reason):
    found = open_envelope(record(**changes), topic=COUNTERS)
    assert isinstance(found, Unreadable)
    assert found.reason == reason
    assert found.detail


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"\xff\xfe", "not_json"),
        (VALUE + b"x", "not_json"),
        (b'{"change": "\\ud800"}', "not_json"),
        (b"[" * 10_000, "not_json"),
        (b"null", "violates_contract"),
        (b"[]", "violates_contract"),
        (b"{}", "violates_contract"),
        (b'"counted"', "violates_contract"),
        (VALUE.replace(b"counted", b"guessed"), "violates_contract"),
        (VALUE.replace(b"[]", b"{}"), "violates_contract"),
        (VALUE.replace(b"12Z", b"12"), "violates_contract"),
    ],
)
def test_what_is_wrong_with_a_value_has_a_word(value, reason):
    envelope = open_envelope(record(value=value), topic=COUNTERS)
    assert isinstance(envelope, Envelope)
    found = read_body(envelope, topic=COUNTERS)
    assert isinstance(found, Unreadable)
    assert found.reason == reason
    assert found.detail


def test_a_tombstone_has_no_body():
    envelope = open_envelope(record(value=None, ce_type=b"semaine.catalogue.v1"), topic=CATALOGUE)
    received = read_body(envelope, topic=CATALOGUE)
    assert isinstance(received, Received)
    assert received.body is None


@given(
    topic=st.sampled_from(TOPICS),
    key=st.none() | st.binary(max_size=20),
    value=st.none() | st.binary(max_size=200) | st.just(VALUE),
    changes=st.dictionaries(
        st.sampled_from(list(HEADERS)), st.none() | st.just(b"gone") | st.binary(max_size=40), max_size=3
    ),
    right_type=st.booleans(),
)
def test_it_never_raises(topic, key, value, changes, right_type):
    if right_type:
        changes["ce_type"] = topic.type.encode()
    envelope = open_envelope(record(key=key, value=value, **changes), topic=topic)
    if isinstance(envelope, Envelope):
        assert isinstance(read_body(envelope, topic=topic), Received | Unreadable)
    else:
        assert isinstance(envelope, Unreadable)
