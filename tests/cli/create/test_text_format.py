"""How the text of an input is written: what is found by itself, what is said, what is refused."""

from __future__ import annotations

import codecs
import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agilekit import InvalidInput
from agilekit.cli.create.columns import Columns
from agilekit.cli.create.drafts_file import DraftsFile
from agilekit.cli.create.text_format import delimiter_of, encoding_of
from tests.cli.create.test_command import Served, served

__all__ = ["served"]

FIELDS = ("title", "summary", "estimate")


def read(
    path: Path,
    content: str | bytes,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    format: str = "csv",
) -> DraftsFile:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    columns = Columns(FIELDS, ("title",), {})
    return DraftsFile(
        path,
        name="x",
        format="jsonl" if format == "jsonl" else "csv",
        columns=columns,
        encoding=encoding,
        delimiter=delimiter,
    )


def drafts(of: DraftsFile) -> list[dict[str, object]]:
    return [dict(draft) for draft in of]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "drafts"


@pytest.mark.parametrize(
    ("delimiter", "words"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars"), (",", None)]
)
def test_the_delimiter_is_found_if_only_with_it_every_column_is_a_field(
    delimiter: str, words: str | None, path: Path
) -> None:
    found = read(path, f'Title{delimiter}Summary\n"A, b; c|d\te"{delimiter}B\n')
    assert drafts(found) == [{"title": "A, b; c|d\te", "summary": "B"}]
    assert found.note == (words and f"x is read with {words} between the cells.")


def test_one_column_is_read_with_commas(path: Path) -> None:
    found = read(path, "title\nA;b\n")
    assert (drafts(found), found.note) == ([{"title": "A;b"}], None)


def test_a_header_that_fits_with_no_delimiter_is_refused_in_the_words_of_the_nearest(
    path: Path,
) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(path, "Title;Prio;Summary\n")
    assert str(caught.value).startswith(
        "x (read with semicolons between the cells): no field for the column 'Prio'"
    )


def test_a_delimiter_that_is_given_is_used(path: Path) -> None:
    assert drafts(read(path, "title~summary\nA~B\n", delimiter="~")) == [
        {"title": "A", "summary": "B"}
    ]
    with pytest.raises(InvalidInput, match="no field for the column 'title;summary'"):
        read(path, "title;summary\n", delimiter=",")


@pytest.mark.parametrize(
    ("given", "meant"),
    [("tab", "\t"), ("\\t", "\t"), ("\t", "\t"), ("Semicolon", ";"), (";", ";"), ("comma", ",")],
)
def test_a_delimiter_is_a_character_or_its_name(given: str, meant: str) -> None:
    assert delimiter_of(given) == meant


@pytest.mark.parametrize("given", ["", ";;", '"', "\n", " ", "tabs", "x" * 5000])
def test_what_cannot_be_a_delimiter_is_refused(given: str) -> None:
    with pytest.raises(InvalidInput, match="--delimiter takes one character") as caught:
        delimiter_of(given)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32", "utf-32-be"])
@pytest.mark.parametrize("format", ["csv", "jsonl"])
def test_a_byte_order_mark_is_obeyed(encoding: str, format: str, path: Path) -> None:
    text = "title\nGrüße €\n" if format == "csv" else '{"title": "Grüße €"}\n'
    mark = "\ufeff" if encoding.endswith("be") else ""
    found = read(path, (mark + text).encode(encoding), format=format)
    assert drafts(found) == [{"title": "Grüße €"}]
    family = encoding.removesuffix("-be").upper()
    assert found.note == (None if encoding == "utf-8-sig" else f"x is read as {family}.")


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("cp1252", "title\nGrüße €\n".encode("cp1252")),
        ("utf-8", "title\nGrüße €\n".encode("utf-8-sig")),
        ("utf-16-le", "title\nGrüße €\n".encode("utf-16-le")),
        ("utf-16-le", codecs.BOM_UTF16_LE + "title\nGrüße €\n".encode("utf-16-le")),
    ],
)
def test_an_encoding_that_is_given_is_used(encoding: str, content: bytes, path: Path) -> None:
    found = read(path, content, encoding=encoding_of(encoding))
    assert (drafts(found), found.note) == ([{"title": "Grüße €"}], None)


@pytest.mark.parametrize("given", ["", "utf-9", "hex", "rot13", "undefined", "a\0b", "ü" * 500])
def test_an_unknown_encoding_is_refused(given: str) -> None:
    with pytest.raises(InvalidInput, match=r"--encoding .* is not known") as caught:
        encoding_of(given)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [("cp1252", "Grüße"), ("mac-roman", "GrŸ§e"), ("cp850", "Gr\ufffdáe")],
)
def test_other_bytes_are_never_guessed_but_shown_as_cp1252_reads_them(
    encoding: str, shown: str, path: Path
) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(path, "title\nA\nGrüße\n".encode(encoding))
    message = str(caught.value)
    assert message.startswith("x is not text in UTF-8: see line 3. --encoding cp1252")
    assert message.endswith(f"would read there: {shown}")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "ascii", "cp1252"])
@pytest.mark.parametrize("format", ["csv", "jsonl"])
def test_bytes_that_are_not_of_the_encoding_are_refused(
    encoding: str, format: str, path: Path
) -> None:
    content = codecs.BOM_UTF16_LE + b"\x00\xd8" if encoding == "utf-16" else b"title\n\x81\xff\xff"
    with pytest.raises(InvalidInput, match=f"x is not text in {encoding.upper()}"):
        read(path, content, encoding=encoding, format=format)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_refused_with_what_to_say(encoding: str, path: Path) -> None:
    content = "title\nGrüße\n".encode(encoding)
    with pytest.raises(InvalidInput, match="--encoding utf-16-le, or utf-16-be"):
        read(path, content)
    assert drafts(read(path, content, encoding=encoding_of(encoding))) == [{"title": "Grüße"}]


@given(content=st.binary(max_size=200) | st.text(max_size=60).map(str.encode))
def test_whatever_the_bytes_only_invalid_input_is_raised(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    for format in ("csv", "jsonl"):
        with suppress(InvalidInput):
            for draft in read(path, content, format=format):
                dict(draft)


def test_what_was_detected_is_printed_once_on_standard_error(served: Served) -> None:
    file = served.folder / "cards.csv"
    file.write_bytes("Title;Estimate\nGrüße;3\n".encode("utf-16"))
    result = served.cards(file)
    assert (result.exit_code, served.titles) == (0, {"Grüße": 1}), result.output
    note = f"Note: {file} is read as UTF-16, with semicolons between the cells.\n"
    assert result.stderr.startswith(note)
    quiet = served.cards(file, "--quiet")
    assert (quiet.exit_code, quiet.output, served.titles) == (0, "", {"Grüße": 1})


def test_the_options_reach_the_reader_of_the_file(served: Served) -> None:
    file = served.folder / "cards.csv"
    file.write_bytes("Title~Estimate\nGrüße~3\n".encode("cp1252"))
    result = served.cards(file, "--delimiter", "~", "--encoding", "cp1252")
    assert (result.exit_code, served.titles) == (0, {"Grüße": 1}), result.output
    tabs = served.write("cards.tsv", ["Title\tEstimate", "Tab\t3"])
    assert served.cards(tabs).exit_code == 0
    assert served.titles["Tab"] == 1
    lines = served.write("cards.jsonl", [json.dumps({"title": "A"})])
    result = served.cards(lines, "--delimiter", ";")
    assert (result.exit_code, "--delimiter is for CSV" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    "option", [("--concurrency", "0"), ("--settle-after", "-1"), ("--settle-after", "0")]
)
def test_a_number_out_of_range_is_refused_by_a_rehearsal_too(
    option: tuple[str, str], served: Served
) -> None:
    file = served.write("cards.csv", ["title", "A"])
    result = served.cards(file, "--dry-run", *option)
    assert result.exit_code == 2
    assert f"Invalid value for '{option[0]}'" in result.stderr
