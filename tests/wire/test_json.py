from __future__ import annotations

import subprocess
import sys

import pytest

from agilekit.wire.json import JSON, dump, load, text_of
from tests.each import each


@each(
    "body",
    [
        *(b"", b"{", b"{'a': 1}", b"NaN", b"[Infinity]", b"[-Infinity]", b"1e999", b"[1,]"),
        *(b"\xff\xfe", b"[" * 100_000, b'{"a": 1} x', b"9" * 5000),
    ],
    ids=lambda body: repr(body)[:20],
)
def test_anything_but_json_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError):
        load(body)


def test_a_byte_order_mark_is_not_part_of_the_data() -> None:
    assert load(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


ENCODINGS = each("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])


@ENCODINGS
@each("text", ["", "x", '{"a": 1}', "no such card", "一: é", "\U0001f4a1 card"])
def test_a_text_is_read_in_the_encoding_of_its_mark(text: str, encoding: str) -> None:
    assert text_of(f"\ufeff{text}".encode(encoding)) == text


@ENCODINGS
@each("text", ['{"a": "一"}', ' [["é"]]', '"x"', "<a>一</a>"])
def test_what_begins_as_json_or_xml_does_needs_no_mark(text: str, encoding: str) -> None:
    assert text_of(text.encode(encoding)) == text


def test_bytes_that_are_only_partly_text_are_read_as_far_as_they_are() -> None:
    assert text_of("oops 一".encode("utf-16-le")).startswith("oops ")
    assert text_of(b"\xff oops") == text_of(b"\xff\xfe oops")[1:] == "\ufffd oops"


def test_text_is_written_as_it_is_and_without_spaces() -> None:
    assert dump({"a": ["é", None, 1.5]}) == '{"a":["é",null,1.5]}'.encode()


@pytest.mark.parametrize("data", [float("nan"), float("inf"), "\ud800"])
def test_what_json_cannot_hold_is_a_value_error(data: JSON) -> None:
    with pytest.raises(ValueError):
        dump({"a": data})


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of open files")
def test_a_process_without_files_left_reads_its_first_answer() -> None:
    program = """
import resource
from agilekit.wire.json import load

resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
print(load(b'\\xef\\xbb\\xbf{"a": 1}'), load(b"[]"))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "{'a': 1} []\n"
