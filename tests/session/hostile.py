"""Answers that are made to cost more time than they are worth, by format, of any size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from agilekit.wire.dialect import Format

__all__ = ["BODIES"]

Body: TypeAlias = Callable[[int], bytes]
"""Makes a body of about so many bytes, and never of more."""


def many(unit: bytes, begin: bytes = b"", end: bytes = b"", between: bytes = b"") -> Body:
    """The same again and again."""

    def body(size: int) -> bytes:
        count = (size - len(begin) - len(end)) // (len(unit) + len(between))
        return begin + (unit + between) * (max(count, 1) - 1) + unit + end

    return body


def counted(unit: bytes, begin: bytes, end: bytes, between: bytes) -> Body:
    """The same with other numbers."""

    def body(size: int) -> bytes:
        count = (size - len(begin) - len(end)) // (len(unit) + 8 + len(between))
        return begin + between.join([unit % number for number in range(max(count, 1))]) + end

    return body


def nested(opens: bytes, closes: bytes, middle: bytes = b"") -> Body:
    def body(size: int) -> bytes:
        depth = (size - len(middle)) // (len(opens) + len(closes))
        return opens * depth + middle + closes * depth

    return body


def elements(unit: bytes) -> Body:
    return many(unit, b'<r type="array">', b"</r>")


def array(unit: bytes) -> Body:
    return many(unit, b"[", b"]", b",")


IN_JSON: Final[Mapping[str, Body]] = {
    "entities": array(b'{"id":1}'),
    "other entities": counted(b'{"id":%d}', b"[", b"]", b","),
    "empty objects": array(b"{}"),
    "empty arrays": array(b"[]"),
    "arrays behind a number": many(b"[]", b"[1,[", b"]]", b","),
    "numbers": array(b"1"),
    "numbers behind a number": many(b"1", b"[1,[", b"]]", b","),
    "empty texts": array(b'""'),
    "nulls": array(b"null"),
    "subtasks": many(b'{"id":1}', b'[{"id":1,"subtasks":[', b"]}]", b","),
    "an odd one at last": many(b'{"id":1}', b"[", b',{"id":"x"}]', b","),
    "an odd one of many parts": many(b"1", b'[{"id":[', b"]}]", b","),
    "deep arrays": nested(b"[", b"]"),
    "deep objects": nested(b'{"a":', b"}", b"1"),
    "rather deep arrays": array(b"[" * 900 + b"]" * 900),
    "members": counted(b'"k%d":1', b'{"id":1,', b"}", b","),
    "members that are entities": counted(b'"%d":{"id":1}', b"{", b"}", b","),
    "a long text": many(b"x", b'[{"id":1,"name":"', b'"}]'),
    "a long odd text": many(b"x", b'[{"id":"', b'"}]'),
    "escapes": many(b"\\u0041", b'[{"id":1,"name":"', b'"}]'),
    "backslashes": many(b"\\\\", b'[{"id":"', b'"}]'),
    "braces in a text": many(b"},{", b'["', b'"]'),
    "a long number": many(b"9", b'[{"id":', b"}]"),
    "a long fraction": many(b"9", b'[{"id":1.', b"}]"),
    "long numbers": array(b"9" * 4000),
    "white space": many(b" ", b"[", b"]"),
    "commas": many(b",", b"["),
    "a web page": many(b"<", b"<html>"),
    "noise": many(b"\xff"),
}
IN_XML: Final[Mapping[str, Body]] = {
    "elements": elements(b"<a/>"),
    "entities": elements(b"<t><id>1</id></t>"),
    "typed entities": elements(b'<t><id type="integer">1</id></t>'),
    "text between": elements(b"x<a/>"),
    "names": counted(b"<a%d/>", b"<r>", b"</r>", b""),
    "deep elements": nested(b"<a>", b"</a>"),
    "attributes": counted(b'a%d="1"', b"<r ", b"/>", b" "),
    "elements with attributes": elements(b'<a b="1" c="2" d="" e=""/>'),
    "a long text": many(b"x", b"<r><id>1</id><name>", b"</name></r>"),
    "references": many(b"&lt;", b"<r><id>1</id><name>", b"</name></r>"),
    "lines": many(b"\n", b"<r><id>1</id><name>", b"</name></r>"),
    "sections": elements(b"<![CDATA[x]]>"),
    "a long section": many(b"x", b"<r><![CDATA[", b"]]></r>"),
    "comments": elements(b"<!---->"),
    "a long comment": many(b"x", b"<r><!--", b"--></r>"),
    "instructions": elements(b"<?a?>"),
    "a long name": many(b"a", b"<", b"/>"),
    "a long attribute": many(b"x", b'<r a="', b'"/>'),
    "a long number": many(b"9", b'<r><id type="integer">', b"</id></r>"),
    "a tag without end": many(b" ", b"<r><a"),
    "another encoding": many(b"\xe9", b'<?xml version="1.0" encoding="iso-8859-1"?><r>', b"</r>"),
    "two bytes each": lambda size: ("<r>" + "<a/>" * (size // 8 - 2) + "</r>").encode("utf-16-be"),
    "declarations": counted(b"<!ELEMENT n%d (a|b)>", b"<!DOCTYPE x [", b"]><x/>", b""),
    "a long declaration": many(b"a|", b"<!DOCTYPE x [<!ELEMENT n (", b"b)>]><x/>"),
    "notations": counted(b'<!NOTATION n%d SYSTEM "a">', b"<!DOCTYPE x [", b"]><x/>", b""),
}
IN_JSONP: Final[Mapping[str, Body]] = {
    "only white space": many(b" "),
    "white space before": many(b" ", end=b"agilekit([])"),
    "white space behind": many(b" ", b"agilekit([])"),
    "white space within": many(b" ", b"agilekit", b"([])"),
    "white space before more": many(b" ", b"agilekit([]);", b"x"),
    "parentheses": many(b"agilekit("),
    "closing parentheses": many(b")", b"agilekit(", b"x"),
    "closing in white space": many(b") ", b"agilekit([]", b"x"),
    "comments": many(b"/**/ "),
    "entities": many(b'{"id":1}', b"agilekit([", b"])", b","),
}
BODIES: Final[Mapping[tuple[Format, str], Body]] = {
    **{("json", name): body for name, body in IN_JSON.items()},
    **{("xml", name): body for name, body in IN_XML.items()},
    **{("jsonp", name): body for name, body in IN_JSONP.items()},
}
