from __future__ import annotations

import pytest

from agilekit.wire.json import JSON, dump, load


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"{'a': 1}", b"NaN", b"[Infinity]", b"[-Infinity]", b"1e999", b"[1,]"),
        *(b"\xff\xfe", b"[" * 100_000, b'{"a": 1} x', b"9" * 5000),
    ],
    ids=lambda body: repr(body)[:20],
)
def test_what_is_no_json_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError):
        load(body)


def test_a_byte_order_mark_is_no_part_of_the_data() -> None:
    assert load(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_text_is_written_as_it_is_and_without_spaces() -> None:
    assert dump({"a": ["é", None, 1.5]}) == '{"a":["é",null,1.5]}'.encode()


@pytest.mark.parametrize("data", [float("nan"), float("inf"), "\ud800"])
def test_what_json_cannot_hold_is_a_value_error(data: JSON) -> None:
    with pytest.raises(ValueError):
        dump({"a": data})
