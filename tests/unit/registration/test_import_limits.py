"""Whatever is sent: bounded memory, and nothing raised but a refusal."""

import csv
import gzip
import io
import itertools
import random
import tracemalloc
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registration.imports.reading import ImportRefused, Limits, read_batches
from registration.imports.rows import open_agenda, read_events, read_participations

MEBIBYTE = 1024**2
HEADER = b"reference,title,description,type,slots,postcode,city\n"
ROW = b"%d,Visite de l'usine,Une visite,company_visit,2020-03-31T09:00/2020-03-31T10:00,44000,Nantes\n"


async def chunked(body, cuts):
    edges = [0, *sorted(cuts), len(body)]
    for begin, end in itertools.pairwise(edges):
        yield body[begin:end]


async def outcome(reader, chunks, **how):
    """Rows, problems, and the reason of a refusal."""
    how = {"content_type": None, "content_encoding": None, "limits": Limits()} | how
    rows, problems, reason = [], [], None
    try:
        async for batch in reader(chunks=chunks, **how):
            rows += batch.rows
            problems += batch.problems
    except ImportRefused as refused:
        reason = refused.reason.en
    return rows, problems, reason


async def peak_of(reader, chunks, **how):
    """Peak of traced memory in bytes, with the counts of rows and problems and the reason of a refusal."""
    how = {"content_type": None, "content_encoding": None, "limits": Limits()} | how
    rows = problems = 0
    reason = None
    tracemalloc.start()
    try:
        async for batch in reader(chunks=chunks, **how):
            rows += len(batch.rows)
            problems += len(batch.problems)
    except ImportRefused as refused:
        reason = refused.reason.en
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak, rows, problems, reason


CSV_TEXT = st.text(alphabet='ab",;\n\r\té€\0 ', max_size=40)
CSV_BODIES = st.builds(
    lambda header, cells: (header + cells).encode(),
    st.sampled_from(["reference;title;description;type;slots\n", "uid,title_fr\n", "\ufeffuid\ttitle_fr\r\n", ""]),
    CSV_TEXT,
)
JSON_BODIES = st.lists(
    st.sampled_from(['{"event":"a","email":"a@b.fr"}', "", " ", "\r", "{", "[1]", "null", '"é"', "\\u0000", "x" * 40])
).map(lambda lines: "\n".join(lines).encode())
BODIES = st.one_of(CSV_BODIES, JSON_BODIES, st.binary(max_size=200))
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@QUICK
@given(BODIES, st.booleans(), st.lists(st.integers(0, 300)), st.integers(2, 50))
async def test_neither_chunks_nor_pieces_change_what_is_read(body, packed, cuts, piece):
    body = gzip.compress(body) if packed else body
    whole = await outcome(read_events, chunked(body, []), limits=Limits(line_bytes=30))
    cut = await outcome(
        read_events,
        chunked(body, [at for at in cuts if at < len(body)]),
        limits=Limits(line_bytes=30, piece_bytes=piece),
    )
    assert cut == whole


@QUICK
@given(
    BODIES,
    st.sampled_from(
        [None, "text/csv", "application/x-ndjson", "text/csv; charset=cp1252", "x", ";;", "a/b; charset=\0"]
    ),
    st.sampled_from([None, "gzip", "identity", "deflate", ""]),
)
async def test_nothing_but_a_refusal_is_raised(body, content_type, content_encoding):
    for reader in (read_events, read_participations):
        for sent in (body, b"\x1f\x8b" + body, gzip.compress(body) + body):
            _, problems, reason = await outcome(
                reader, chunked(sent, []), content_type=content_type, content_encoding=content_encoding
            )
            assert all(problem.line >= 1 and problem.reason.en for problem in problems)
            assert reason != ""


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.text(alphabet='ab",;\n\té" ', max_size=8), min_size=2, max_size=2), max_size=8), st.data())
async def test_what_the_csv_module_writes_is_read_back(cells, data):
    separator = data.draw(st.sampled_from(",;\t"))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([["uid", "title_fr"], *cells])
    batches = read_batches(
        chunks=chunked(text.getvalue().encode(), []),
        layouts=[open_agenda.LAYOUT],
        limits=Limits(piece_bytes=data.draw(st.integers(1, 40))),
    )
    rows = [row async for batch in batches for _, row in batch.rows]
    assert rows == [dict(zip(("uid", "title_fr"), each, strict=True)) for each in cells if any(each)]


@pytest.mark.parametrize("opening", [b'{"title": "', HEADER + b'1,"', HEADER])
async def test_a_line_without_end_is_passed_over_in_flat_memory(opening):
    async def body():
        yield opening
        for _ in range(100):
            yield b"x" * MEBIBYTE
        yield b"\n" + ROW % 2

    peak, rows, problems, reason = await peak_of(read_events, body())
    assert reason is None
    assert rows == (1 if opening.startswith(HEADER) else 0)
    assert problems >= 1
    assert peak < 5 * MEBIBYTE


async def test_a_quote_never_closed_costs_no_memory_and_no_other_row():
    async def body():
        yield HEADER + b'0,"Visite\n'
        for number in range(10_000):
            yield ROW % number

    peak, rows, problems, reason = await peak_of(read_events, body())
    assert (rows, problems, reason) == (10_000, 1, None)
    assert peak < 40 * MEBIBYTE


@pytest.mark.parametrize("filling", [b"\n", b"x", b'"'])
async def test_a_bomb_is_refused_before_it_bursts(filling):
    async def bomb():
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        yield packer.compress(HEADER)
        block = filling * (MEBIBYTE // len(filling))
        for _ in range(100):
            yield packer.compress(block)
        yield packer.flush()

    peak, rows, _, reason = await peak_of(read_events, bomb(), limits=Limits(free_bytes=MEBIBYTE))
    assert rows == 0
    assert "200 times its size" in reason
    assert peak < 40 * MEBIBYTE


async def test_a_file_over_the_limit_is_refused_packed_or_not():
    body = HEADER + b"".join(ROW % number for number in range(20_000))
    for sent in (body, gzip.compress(body)):
        rows, _, reason = await outcome(read_events, chunked(sent, []), limits=Limits(total_bytes=MEBIBYTE))
        assert "longer than 1 MiB" in reason
        assert 0 < len(rows) < 20_000


@pytest.mark.parametrize("packed", [False, True])
async def test_a_hundred_thousand_rows_stream_in_flat_memory(packed):
    async def body():
        packer = zlib.compressobj(1, zlib.DEFLATED, 31)
        lines = b"".join(
            b'{"event": "E-%d", "reference": "P-%d", "kind": "group", "people": %d}\n' % (n % 40, n * 7919, n % 30 + 1)
            for n in range(1000)
        )
        for _ in range(100):
            yield packer.compress(lines) if packed else lines
        if packed:
            yield packer.flush()

    peak, rows, problems, reason = await peak_of(read_participations, body())
    assert (rows, problems, reason) == (100_000, 0, None)
    assert peak < 20 * MEBIBYTE


async def test_bad_rows_are_told_batch_by_batch():
    async def body():
        for _ in range(20):
            yield b"{\n" * 5000

    peak, rows, problems, reason = await peak_of(read_participations, body())
    assert (rows, problems, reason) == (0, 100_000, None)
    assert peak < 40 * MEBIBYTE


async def test_adversarial_quotes_take_linear_time():
    patterns = [b'"\n', b'a""\n', b',""",\n', b'x,"\n', b'"""\n', b'"a"b\n']
    generator = random.Random(7)
    body = HEADER + b"".join(generator.choice(patterns) for _ in range(100_000))
    _, problems, reason = await outcome(read_events, chunked(body, []))
    assert reason is None
    assert len(problems) > 1000
