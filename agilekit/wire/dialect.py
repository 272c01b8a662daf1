"""How a client and its service write to each other: the format, the parameters, the override."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, Literal, TypeAlias
from urllib.parse import urlencode

from attrs import evolve, field, frozen

from agilekit.errors import InvalidInput
from agilekit.wire import json, xml
from agilekit.wire.json import JSON
from agilekit.wire.route import Method, Op
from agilekit.wire.xml import Document

__all__ = ["CALLBACK", "Dialect", "Format", "Override", "form", "is_wide", "unwrapped"]

Format: TypeAlias = Literal["json", "xml", "jsonp"]

CALLBACK: Final = "agilekit"
_SMALLEST_ELEMENT: Final = 32
"""Bytes of an element of XML, or of an object of JSON, were there as many as there may be."""
_FEW: Final = 1 << 16
"""So many parts are always allowed."""
_CALLBACK: Final = CALLBACK.encode()
_WIDE: Final = re.compile("[\U00010000-\U0010ffff]")
_ACCEPTED: Final[Mapping[Format, str]] = {
    "json": "application/json",
    "xml": "application/xml",
    "jsonp": "*/*",
}


@frozen
class Override:
    """How a service takes a PUT or a DELETE that comes as a POST."""

    parameter: str
    """Holds the method in lower case; a header, in capitals."""
    in_query: bool = False
    """Whether the parameter stands in the query rather than among the form fields."""
    in_header: bool = False
    """Whether it is a header."""


@frozen(kw_only=True)
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
    """Used where it is set; JSONP needs one."""
    largest_body: int = 64 << 20
    """The most bytes of an answer, which also bounds the parts that it may have."""
    json_is_narrow: bool = False
    """Whether JSON may show 16 bits only of each character, and XML all of them."""
    asked_to_sign_in: str = ""
    """What a 401 that asks to sign in, as a web page does, may mean."""

    def showing(self, body: JSON) -> Dialect:
        """The same, in a format that can show each character of what is written."""
        narrow = self.json_is_narrow and self.format == "json" and is_wide(body)
        return evolve(self, format="xml") if narrow else self

    def of(self, op: Op[object]) -> Dialect:
        """The same, in a format that the call knows."""
        return evolve(self, format="json") if op.json_only and self.format == "xml" else self

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
        most = max(self.largest_body // _SMALLEST_ELEMENT, _FEW)
        if self.format == "xml":
            return xml.load(body, most=most)
        return Document(json.load(body, most=most))


def is_wide(data: JSON) -> bool:
    """Whether a text in it has a character of more than 16 bits."""
    if isinstance(data, dict):
        return any(map(is_wide, data.values()))
    if isinstance(data, list):
        return any(map(is_wide, data))
    return isinstance(data, str) and bool(_WIDE.search(data))


def form(fields: Mapping[str, JSON]) -> str:
    """Form fields, or a query: ``{"task": {"name": "x"}}`` is ``task[name]=x``, None is empty.

    Raises InvalidInput for what cannot be written so.
    """
    try:
        return urlencode(list(_pairs(fields)))
    except UnicodeEncodeError:
        raise InvalidInput("a text holds half a surrogate pair") from None


def _pairs(fields: Mapping[str, JSON], inside: str = "") -> Iterator[tuple[str, str]]:
    for name, value in fields.items():
        full = f"{inside}[{name}]" if inside else name
        match value:
            case dict():
                yield from _pairs(value, full)
            case None:
                yield full, ""
            case bool():
                yield full, "true" if value else "false"
            case list():
                raise InvalidInput(f"{full} cannot be a list")
            case _:
                yield full, str(value)


# Source: KanbanTool API v1.1 Guide, "API Interface". A script element sees neither the status nor
# the headers, so over JSONP every answer has the status 200, and an error says its own in the body.
def unwrapped(body: bytes) -> tuple[bytes, int | None]:
    """What a JSONP answer calls back with, and the status of an error that it is."""
    inside = _called_with(body)
    if len(inside) > _LONGEST_ERROR:
        return inside, None
    try:
        return inside, _error_in(json.load(inside))
    except ValueError:
        return inside, None


def _called_with(body: bytes) -> bytes:
    """What stands between the parentheses of the call; the body as it is where it is no call.

    Each step reads the body once: a pattern that may repeat in several places reads it many times.
    """
    call = body.strip().removeprefix(b"/**/").lstrip()
    if not call.startswith(_CALLBACK):
        return body
    arguments = call.removeprefix(_CALLBACK).lstrip().removesuffix(b";").rstrip()
    whole = len(arguments) > 1 and arguments.startswith(b"(") and arguments.endswith(b")")
    return arguments[1:-1] if whole else body


def _error_in(data: JSON) -> int | None:
    """The status of an error, in each of the forms that an error has."""
    if not isinstance(data, dict):
        return None
    if isinstance(data.get("error"), dict):
        return _error_in(data["error"])
    if "message" in data:
        for name in ("code", "status"):
            status = str(data.get(name))
            if re.fullmatch("[45][0-9][0-9]", status):
                return int(status)
    return _UNPROCESSABLE if data.keys() == {"errors"} else None


_UNPROCESSABLE: Final = 422
_LONGEST_ERROR: Final = 1 << 16  # bytes
