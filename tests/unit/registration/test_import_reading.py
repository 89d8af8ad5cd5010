"""Files as people send them, read into rows and problems."""

import gzip

import pytest

from registration.imports.reading import ImportRefused, Layout, Limits, RowProblem, read_batches, read_lines
from shared.contracts.base import Bilingual

LAYOUT = Layout(columns=frozenset({"reference", "title", "city"}), required=frozenset({"reference", "title"}))
OPEN = Layout(columns=frozenset({"uid", "title_fr"}), required=frozenset({"uid"}), others_allowed=True)
PIECES = pytest.mark.parametrize("piece", [1, 3, 7, 64, 64 * 1024])


async def sent(body, size=1000):
    for start in range(0, len(body), size):
        yield body[start : start + size]


async def read(body, *, content_type=None, content_encoding=None, **limits):
    rows, problems = [], []
    batches = read_batches(
        chunks=sent(body),
        layouts=[LAYOUT, OPEN],
        content_type=content_type,
        content_encoding=content_encoding,
        limits=Limits(**limits),
    )
    async for batch in batches:
        rows += batch.rows
        problems += batch.problems
    assert all(problem.reason.fr not in {"", problem.reason.en} for problem in problems)
    return rows, problems


def row(reference, title, city):
    return {"reference": reference, "title": title, "city": city}


async def refusal(body, **how):
    with pytest.raises(ImportRefused) as refused:
        await read(body, **how)
    reason = refused.value.reason
    assert reason.fr
    assert reason.fr != reason.en
    return reason.en


@PIECES
async def test_json_lines_keep_their_bytes_and_their_numbers(piece):
    body = b'{"a": 1}\n\n  \r\n{"b": "\xc3\xa9"}\r\n{"last": true}'
    rows, problems = await read(body, piece_bytes=piece)
    assert rows == [(1, b'{"a": 1}'), (4, b'{"b": "\xc3\xa9"}\r'), (5, b'{"last": true}')]
    assert problems == []


@PIECES
@pytest.mark.parametrize("separator", [",", ";", "\t"])
async def test_csv_finds_its_separator_quotes_and_newlines(piece, separator):
    lines = [
        ["Reference ", "TITLE", "city"],
        ["1", '"Visite, ""guidée""; atelier\tneuf"', "Nantes"],
        [],
        ["2", '"deux\r\nlignes\n\nici"', ""],
        ["", "", ""],
        ["3", 'guillemet 12" au milieu', "Lyon"],
    ]
    body = b"\xef\xbb\xbf" + "\r\n".join(separator.join(line) for line in lines).encode()
    rows, problems = await read(body, piece_bytes=piece)
    assert rows == [
        (2, row("1", 'Visite, "guidée"; atelier\tneuf', "Nantes")),
        (4, row("2", "deux\r\nlignes\n\nici", "")),
        (9, row("3", 'guillemet 12" au milieu', "Lyon")),
    ]
    assert problems == []


async def test_a_separator_inside_a_quoted_column_name_does_not_count():
    rows, _ = await read(b'reference,title,"ville;code;pays;zone"\n1,Visite,x\n')
    assert rows == [(2, {"reference": "1", "title": "Visite", "ville;code;pays;zone": "x"})]


@PIECES
async def test_rows_with_missing_or_extra_cells_are_told_and_the_others_read(piece):
    body = b"reference,title,city\n1,Visite\n2,Visite,Lyon,,\n3,Visite,Lyon,extra\n4,Visite,Metz\n"
    rows, problems = await read(body, piece_bytes=piece)
    assert [line for line, _ in rows] == [3, 5]
    assert [(problem.line, problem.field) for problem in problems] == [(2, None), (4, None)]
    assert "2 cells, the header 3" in problems[0].reason.en
    assert "quote" in problems[1].reason.en


@PIECES
async def test_a_forgotten_quote_costs_its_own_row_only(piece):
    body = b'reference,title,city\n1,"Visite,Lyon\n2,Visite,Metz\n3,"Visite, guid\xc3\xa9e",Brest\n4,Visite,Lille\n'
    rows, problems = await read(body, piece_bytes=piece)
    assert [line for line, _ in rows] == [3, 4, 5]
    assert [problem.line for problem in problems] == [2]


@PIECES
async def test_a_quoted_cell_beyond_the_limit_is_told_and_reading_goes_on(piece):
    body = b'reference,title,city\n1,"' + b"Visite\n" * 50 + b'",Lyon\n2,Visite,Metz\n'
    rows, problems = await read(body, piece_bytes=piece, line_bytes=100)
    assert [line for line, _ in rows] == [53]
    assert [problem.line for problem in problems] == list(range(2, 53))
    assert "limit of length" in problems[0].reason.en


@PIECES
async def test_a_file_that_ends_inside_quotes_is_told(piece):
    rows, problems = await read(b'reference,title,city\n1,Visite,Lyon\n2,"Vis', piece_bytes=piece)
    assert [line for line, _ in rows] == [2]
    (problem,) = problems
    assert problem.line == 3
    assert "ends inside a quoted cell" in problem.reason.en


async def test_unknown_columns_are_told_unless_the_layout_is_an_open_one():
    rows, problems = await read(b"reference,title,capacty\n1,Visite,5\n")
    assert len(rows) == 1
    assert [(problem.line, problem.field) for problem in problems] == [(1, "capacty")]
    assert (await read(b"uid,title_fr,contributor\n1,Visite,me\n"))[1] == []


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (b"nom,date\n1,2\n", "no known column"),
        (b"reference,city\n1,Lyon\n", "lacks the column title"),
        (b"reference,title,title\n1,a,b\n", "'title' twice"),
        (b'reference,"title\n1,2\n', "header line cannot be read"),
        (b"reference,title,\xe9\n1,2,3\n", "header line cannot be read (it is not UTF-8"),
        (b"reference,title\r1,2\r", "carriage return"),
        (b"reference,title," + b"x," * 1000 + b"\n", "more than 500 columns"),
        (b"reference,title," + b"x" * 200_000 + b"\n1,2\n", "header line is too long"),
    ],
)
async def test_a_header_that_cannot_serve_refuses_the_file(header, said):
    assert said in await refusal(header)


@PIECES
async def test_rows_that_are_not_utf_8_are_told_with_their_place(piece):
    rows, problems = await read(b"reference,title,city\n1,Visite,Orl\xe9ans\n2,Visite,Lyon\n", piece_bytes=piece)
    assert rows == [(3, row("2", "Visite", "Lyon"))]
    (problem,) = problems
    assert (problem.line, problem.field) == (2, "city")
    assert "character 4 (byte 0xE9)" in problem.reason.en
    assert "save the file as UTF-8" in problem.reason.en

    rows, problems = await read(b'{"a": "\xc3\xa9"}\n{"a": "\xc3\xa9\xe9"}\n', piece_bytes=piece)
    assert [line for line, _ in rows] == [1]
    (problem,) = problems
    assert problem.line == 2
    assert "character 9 (byte 0xE9)" in problem.reason.en


@PIECES
@pytest.mark.parametrize("charset", ["windows-1252", "ISO-8859-1", '"latin1"'])
async def test_a_declared_single_byte_charset_is_read(piece, charset):
    body = "reference;title;city\n1;L’atelier à 5 €;Orléans\n".encode("cp1252") + b"2;\x81;Lyon\n"
    rows, problems = await read(body, content_type=f"text/csv; charset={charset}", piece_bytes=piece)
    assert rows == [(2, row("1", "L’atelier à 5 €", "Orléans"))]
    assert [(problem.line, problem.field) for problem in problems] == [(3, "title")]
    lines, _ = await read('{"a": "é"}\n'.encode("cp1252"), content_type=f"application/jsonl; charset={charset}")
    assert lines == [(1, '{"a": "é"}'.encode())]


async def test_a_byte_order_mark_wins_over_the_declared_charset():
    body = "reference,title,city\n1,Été,Nîmes\n".encode("utf-8-sig")
    rows, _ = await read(body, content_type="text/csv; charset=windows-1252")
    assert rows == [(2, row("1", "Été", "Nîmes"))]


@PIECES
async def test_nul_characters_are_told(piece):
    rows, problems = await read(b"reference,title,city\n1,Vi\0site,Lyon\n2,Visite,Lyon\n", piece_bytes=piece)
    assert [line for line, _ in rows] == [3]
    assert [(problem.line, problem.field) for problem in problems] == [(2, "title")]
    body = rb'{"a": "\u0000"}' + b'\n{"a": "\0"}\n' + rb'{"a": "\\u0000"}' + b"\n"
    rows, problems = await read(body, piece_bytes=piece)
    assert [line for line, _ in rows] == [3]
    assert [problem.line for problem in problems] == [1, 2]


@pytest.mark.parametrize(
    ("body", "how", "said"),
    [
        (b"", {}, "empty"),
        (b"\n\n \r\n", {}, "empty"),
        (b"\xff\xfer\0e\0f\0", {}, "UTF-16"),
        (b"\xfe\xff\0r\0e", {}, "UTF-16"),
        ("reference,title\n1,Visite\n".encode("utf-16-le"), {}, "UTF-16"),
        (b'[{"a": 1}]', {"content_type": "application/json"}, "JSON array"),
        (b'[{"a": 1}]', {"content_type": "application/x-ndjson"}, "JSON array"),
        (b"PK\x03\x04\x14\0\x06", {"content_type": "text/csv"}, "spreadsheet"),
        (b"a,b\n", {"content_type": "image/png"}, "'image/png' is not accepted"),
        (b"a,b\n", {"content_type": "multipart/form-data; boundary=x"}, "send the file as the body"),
        (b"a,b\n", {"content_type": "text/csv; charset=utf-16"}, "save the file as UTF-8"),
        (b"a,b\n", {"content_encoding": "br"}, "'br' is not accepted"),
        (b"a,b\n", {"content_encoding": "gzip"}, "not gzip"),
        (b"\x1f\x8bnot gzip at all", {}, "gzip file is damaged"),
        (gzip.compress(gzip.compress(b"a,b\n", mtime=0), mtime=0), {}, "compressed twice"),
        (gzip.compress(b"", mtime=0), {}, "empty"),
    ],
)
async def test_what_no_row_can_be_read_from_is_refused_with_the_remedy(body, how, said):
    assert said in await refusal(body, **how)


@pytest.mark.parametrize(
    "content_type",
    [None, "", "application/x-ndjson", "application/jsonl", "application/json", "text/plain", "application/gzip"],
)
async def test_json_lines_go_by_many_names(content_type):
    assert (await read(b'\n{"a": 1}\n', content_type=content_type))[0] == [(2, b'{"a": 1}')]


@pytest.mark.parametrize("content_type", [None, "text/csv; header=present", "application/vnd.ms-excel", "text/plain"])
async def test_csv_goes_by_many_names(content_type):
    assert (await read(b"reference,title\n1,Visite", content_type=content_type))[0][0][0] == 2


@pytest.mark.parametrize("piece", [2, 7, 64, 64 * 1024])
@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "identity", None])
async def test_gzip_is_unpacked_said_or_unsaid_in_one_member_or_several(piece, encoding):
    body = gzip.compress(b"reference,title,city\n1,Vis") + gzip.compress(b"ite,Lyon\n2,Visite,Metz\n") + bytes(512)
    rows, problems = await read(body, content_encoding=encoding, piece_bytes=piece)
    assert [line for line, _ in rows] == [2, 3]
    assert problems == []


async def test_a_cut_gzip_file_gives_its_rows_and_one_problem():
    lines = [b'{"number": %d, "text": "%032x"}\n' % (number, number**8) for number in range(1000)]
    whole = gzip.compress(b"".join(lines))
    rows, problems = await read(whole[: len(whole) // 2])
    assert 100 < len(rows) < 900
    assert [data + b"\n" for _, data in rows] == lines[: len(rows)]
    (problem,) = problems
    assert problem.line == len(rows) + 1
    assert "ends in the middle" in problem.reason.en


async def test_a_damaged_gzip_file_gives_the_rows_before_and_one_problem():
    lines = [b'{"number": %d, "text": "%032x"}\n' % (number, number**8) for number in range(5000)]
    whole = bytearray(gzip.compress(b"".join(lines)))
    whole[-5] ^= 0xFF
    rows, problems = await read(bytes(whole))
    assert len(rows) > 1000
    assert [data + b"\n" for _, data in rows] == lines[: len(rows)]
    (problem,) = problems
    assert "damaged" in problem.reason.en


async def test_lines_over_the_limit_are_told_and_the_next_one_is_read():
    long = b'{"a": "' + b"x" * 5000 + b'"}'
    body = b"\n".join([b'{"n": 1}', long, b'{"n": 3}', long, long, b'{"n": 6}', long])
    for piece in (10, 1000, 4096, 100_000):
        rows, problems = await read(body, line_bytes=1000, piece_bytes=piece)
        assert [line for line, _ in rows] == [1, 3, 6]
        assert [problem.line for problem in problems] == [2, 4, 5, 7]
        assert "1,000 bytes" in problems[0].reason.en


async def test_batches_hold_no_more_rows_than_asked_for():
    body = b"".join(b'{"n": %d}\n' % number for number in range(1000))
    sizes = [len(batch) async for batch in read_lines(chunks=sent(body), limits=Limits(batch_rows=64))]
    assert max(sizes) <= 64
    assert sum(sizes) == 1000


async def test_where_json_lines_alone_are_accepted_csv_is_refused():
    with pytest.raises(ImportRefused, match="Only JSON lines"):
        [batch async for batch in read_lines(chunks=sent(b"reference,title\n1,2\n"), content_type="text/csv")]


def test_a_problem_reads_as_line_field_and_reason():
    reason = Bilingual(fr="il manque : ajoutez-le", en="it is missing: add it")
    assert RowProblem(3, "title", reason) == (3, "title", reason)
