"""How a client and its service write to each other: the format, the parameters, the override."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from attrs import evolve, field, frozen

from agilekit.wire import json, xml
from agilekit.wire.json import JSON
from agilekit.wire.route import Method, Route
from agilekit.wire.xml import Document

__all__ = ["Dialect", "Format", "Override", "beyond_bmp"]

Format: TypeAlias = Literal["json", "xml", "jsonp"]

_SMALLEST_ELEMENT: Final = 32
"""Bytes of an element of XML, or of an object of JSON, were there as many as there may be."""
_ALWAYS_ALLOWED: Final = 1 << 16
"""So many parts of an answer are never too many."""
_BEYOND_BMP: Final = re.compile("[\U00010000-\U0010ffff]")
_ACCEPTED: Final[Mapping[Format, str]] = {
    "json": "application/json",
    "xml": "application/xml",
    "jsonp": "*/*",
}


@frozen(eq=False, repr=False)
class Override:
    """How a service takes a PUT or a DELETE that comes as a POST."""

    parameter: str
    """Holds the method in lower case; a header, in capitals."""
    in_query: bool = False
    """Whether the parameter stands in the query rather than among the form fields."""
    in_header: bool = False
    """Whether it is a header."""


@frozen(kw_only=True, eq=False)
class Dialect:
    """One client's way to write to its service."""

    format: Format = "json"
    accepted: Mapping[Format, str] = field(default=_ACCEPTED)
    """The ``Accept`` header by format."""
    has_suffix: bool = False
    """Whether the path ends in ``.json`` or ``.xml``."""
    sends_form: bool = False
    """Whether what is written goes as form fields rather than as JSON."""
    override: Override | None = None
    """Used if it is set; JSONP needs one."""
    largest_body: int = 64 << 20
    """The most bytes of an answer, which also bounds the parts that it may have."""
    json_is_bmp_only: bool = False
    """Whether JSON may show only 16 bits of each character, and XML all of them."""
    load_json: json.Load = json.load
    """Decodes the bodies of answers in JSON."""
    asked_to_sign_in: str = ""
    """What a 401 that asks to sign in, as a web page does, may mean."""

    def for_body(self, body: JSON) -> Dialect:
        """The same, in a format that can show each character of what is written."""
        cut = self.json_is_bmp_only and self.format == "json" and beyond_bmp(body)
        return evolve(self, format="xml") if cut else self

    def for_route(self, route: Route[object]) -> Dialect:
        """The same, in a format that the call knows."""
        return evolve(self, format="json") if route.json_only and self.format == "xml" else self

    def takes(self, method: Method, body: JSON) -> bool:
        """Whether a body can be written so; that of a DELETE goes into the query."""
        return isinstance(body, dict) or (method != "DELETE" and not self.sends_form)

    @property
    def accept(self) -> str:
        return self.accepted[self.format]

    @property
    def suffix(self) -> str:
        return (".xml" if self.format == "xml" else ".json") if self.has_suffix else ""

    def document(self, body: bytes) -> Document:
        """The body of an answer. Raises ValueError."""
        most = max(self.largest_body // _SMALLEST_ELEMENT, _ALWAYS_ALLOWED)
        if self.format == "xml":
            return xml.load(body, most=most)
        return Document(self.load_json(body, most=most))


def beyond_bmp(data: JSON) -> bool:
    """Whether a text in it has a character beyond the Basic Multilingual Plane, of more than 16
    bits.
    """
    if isinstance(data, dict):
        return any(map(beyond_bmp, data.values()))
    if isinstance(data, list):
        return any(map(beyond_bmp, data))
    return isinstance(data, str) and bool(_BEYOND_BMP.search(data))
