"""What the builder takes, it reads as the tree does; what it does not take, it leaves to it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from agilekit.wire import xml_builder, xml_tree
from agilekit.wire.decode_limits import Unwanted, limited
from agilekit.wire.xml_types import Document
from tests import payloads
from tests.each import each
from tests.ids import short
from tests.sizes import FULL

MOST: Final = 1 << 16
SAMPLES: Final = {
    f"{path.parent.name}/{path.name}": path.read_bytes()
    for path in sorted(Path(payloads.__file__).parent.glob("*/*.xml"))
}

names: Final = st.sampled_from(
    ["task", "tasks", "id", "a-b", "a_b", "item", "name", "pagination", "type", "html", "Ü-x"]
)
texts: Final = st.sampled_from(
    ["", " ", "\n  ", "7", " 7 ", "-7", "7.5", "1e9", "NaN", "٣", "9" * 20, "9" * 400, "true", "0"]
) | st.sampled_from(
    ["--- 9", "--- \n...", "a &amp; b", "<![CDATA[<b>]]>", "a<!-- c -->b", "<?p?>", "&#252;", "x"]
)
types: Final = st.sampled_from(
    ["integer", "Integer", "float", "decimal", "boolean", "yaml", "array", "Array", "datetime", ""]
)
attributes: Final = st.one_of(
    st.just(""),
    types.map(' type="{}"'.format),
    types.map(' type="{}" nil="true"'.format),
    st.sampled_from([' nil="true"', ' nil="false"', ' nil="true" type="integer"', ' x="nil"']),
    st.builds(' {}="{}"'.format, names, st.sampled_from(["", "5", "integer", "true", "a b"])),
    st.builds(' id="1" {}="{}"'.format, names, st.sampled_from(["array", "true"])),
)


def element(name: str, attribute: str, inside: list[str]) -> str:
    return f"<{name}{attribute}>{''.join(inside)}</{name}>"


elements: Final = st.recursive(
    st.builds(element, names, attributes, st.lists(texts, max_size=1)),
    lambda inner: st.builds(element, names, attributes, st.lists(inner | texts, max_size=5)),
    max_leaves=20,
)
pieces: Final = st.one_of(
    st.sampled_from(['<task type="array">', "</task>", "<x/>", 'nil="true"', 'type="integer"', "<"])
    | st.sampled_from(['a="1"', " ", "<pagination><page>1</page></pagination>", "<!DOCTYPE x>"])
    | st.sampled_from(["\x00", "é", "<!-- -->", "-", '<?xml version="1.0" encoding="utf-16"?>']),
    elements,
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A sample of a service's document, with a few parts of it gone, moved, or strange."""
    body = draw(st.sampled_from([*SAMPLES.values()])).decode()
    for _ in range(draw(st.integers(0, 3))):
        tags = [place for place, letter in enumerate(body) if letter in '<>"'] or [0]
        start, end = sorted(draw(st.lists(st.sampled_from(tags), min_size=2, max_size=2)))
        new = draw(st.just("") | pieces | st.just(body[start:end] * 2))
        body = body[:start] + new + body[end:]
    return body.encode(draw(st.sampled_from(["utf-8"] * 8 + ["utf-16", "utf-8-sig"])))


documents: Final = elements.map(str.encode) | damaged()


def read(body: bytes, most: int) -> Document | str:
    """What the tree makes of it, or why nothing."""
    try:
        return xml_tree.load(body, most=most)
    except ValueError as error:
        return str(error)


def check_agreement(body: bytes, most: int = MOST) -> None:
    built = xml_builder.load(body, most=most)
    assert built is None or repr(built) == repr(read(body, most))


@each("sample", SAMPLES)
def test_every_shape_that_a_document_shows_is_taken(sample: str) -> None:
    built = xml_builder.load(SAMPLES[sample], most=MOST)
    assert built is not None
    assert repr(built) == repr(xml_tree.load(SAMPLES[sample], most=MOST))


@given(body=documents, most=st.sampled_from([MOST, MOST, 12]))
def test_what_is_taken_reads_as_it_does_by_way_of_the_tree(body: bytes, most: int) -> None:
    check_agreement(body, most)


@pytest.mark.slow
@hypothesis_settings(max_examples=20_000 if FULL else 2_000, deadline=None)
@given(body=documents, most=st.sampled_from([MOST, MOST, 12]))
def test_what_is_taken_reads_as_it_does_by_way_of_the_tree_at_length(
    body: bytes, most: int
) -> None:
    check_agreement(body, most)


@each(
    "body",
    [
        b"",
        b"<a>",
        b"<html><head/></html>",
        b"<HTML/>",
        b"<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>",
        b"<!DOCTYPE a [<!ATTLIST b c CDATA 'x'>]><a><b/></a>",
        b"<a>" * 65 + b"</a>" * 65,
        b"<a>" + b"<!--" + b"x" * (5 << 20) + b"--></a>",
        b"<a>" + b"<b/>" * MOST + b"</a>",
        b"<a>" + b"<b c='1' d='2'/>" * (MOST // 2) + b"</a>",
        b"<a><b type='integer'>x</b></a>",
        b"<?xml version='1.0' encoding='klingon'?><a/>",
    ],
    ids=short,
)
def test_whatever_is_refused_is_refused_by_the_tree(body: bytes) -> None:
    assert xml_builder.load(body, most=MOST) is None
    with pytest.raises(ValueError, match=r"."):
        xml_tree.load(body, most=MOST)


def test_a_text_in_several_pieces_is_one() -> None:
    for size in (8191, 8192, 8193, 1 << 17, (1 << 17) + 1):
        text = "aü" * size
        built = xml_builder.load(f"<a><b>{text}</b></a>".encode(), most=MOST)
        assert built == Document({"b": text})


def test_reading_ends_when_its_call_is_over() -> None:
    asked: list[bool] = []

    def is_over() -> bool:
        asked.append(True)
        return len(asked) > 2

    body = b"<a>" + b"<b>text</b>" * (1 << 16) + b"</a>"
    with pytest.raises(Unwanted), limited(is_over, entities=0):
        xml_builder.load(body, most=1 << 20)
    assert len(asked) == 3
