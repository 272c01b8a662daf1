"""How an answer is written, as JSON or as XML.

A handler says once what it answers, as a :data:`Value`; the format is chosen afterwards. The API
Reference shows JSON only: what it leaves open is a field of the :class:`Renderer`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal, TypeAlias
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from attrs import frozen

from agilekit.sandbox.messages import Response
from agilekit.sandbox.renderer import legal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agilekit.sandbox.messages import Json

Format: TypeAlias = Literal["json", "xml"]
Value: TypeAlias = "str | int | float | datetime | Keyed | Listed | Mapping[str, Value] | None"
EmptyMap: TypeAlias = Literal["[]", "{}"]
XmlMaps: TypeAlias = Literal["repeated", "id", "underscore", "numbered"]
Lists: TypeAlias = Literal["map", "list"]

EASTERN: Final = ZoneInfo("America/New_York")


@frozen
class Keyed:
    """A map keyed by id. ``name`` is that of each child in XML."""

    name: str
    values: Mapping[int, Value]


@frozen
class Listed:
    """A map keyed by position, from 0. ``name`` is that of each child in XML."""

    name: str
    values: Sequence[Value]


@frozen(kw_only=True)
class Renderer:
    """How values are written, see :class:`agilekit.sandbox.flow.Flow`."""

    empty_map: EmptyMap
    ids_as_text: bool
    lists: Lists
    xml_maps: XmlMaps

    def response(self, format: Format, root: str, value: Value, status: int = 200) -> Response:
        """A value in the format asked for; ``root`` is the name of the root element of XML."""
        if format == "json":
            return Response.json(self.json(value), status)
        return Response.xml(self.xml(root, value), status)

    def json(self, value: Value) -> Json:
        match value:
            case Keyed():
                found = {str(key): self.json(one) for key, one in value.values.items()}
                return found or self._empty()
            case Listed():
                many = [self.json(one) for one in value.values]
                if self.lists == "list":
                    return many
                return {str(n): one for n, one in enumerate(many)} or self._empty()
            case Mapping():
                return {name: self.json(one) for name, one in value.items()}
            case int() | float():
                return _digits(value) if self.ids_as_text else _shortest(value)
            case datetime():
                return eastern(value)
            case _:
                return value

    def xml(self, root: str, value: Value) -> bytes:
        body = f'<?xml version="1.0" encoding="utf-8"?>\n{self._element(root, "", value)}\n'
        return body.encode()

    def _empty(self) -> Json:
        if self.empty_map == "{}":
            return {}
        return []

    def _element(self, tag: str, attributes: str, value: Value) -> str:
        match value:
            case None:
                inside = ""
            case Keyed():
                inside = "".join(self._keyed(value))
            case Listed():
                inside = "".join(self._listed(value))
            case Mapping():
                inside = "".join(self._element(name, "", one) for name, one in value.items())
            case datetime():
                inside = eastern(value)
            case str():
                inside = escape(legal(value, "\ufffd"), {"\r": "&#13;"})
            case _:
                inside = _digits(value)
        return f"<{tag}{attributes}>{inside}</{tag}>" if inside else f"<{tag}{attributes}/>"

    def _keyed(self, it: Keyed) -> Iterator[str]:
        for key, one in it.values.items():
            if self.xml_maps == "repeated":
                # A record has its id among its fields; a mere number has only an attribute for it.
                attributes = "" if isinstance(one, Mapping) else f' id="{key}"'
                yield self._element(it.name, attributes, one)
            else:
                yield self._item(key, one)

    def _listed(self, it: Listed) -> Iterator[str]:
        for position, one in enumerate(it.values):
            if self.xml_maps == "repeated":
                yield self._element(it.name, "", one)
            else:
                yield self._item(position, one)

    def _item(self, key: int, one: Value) -> str:
        match self.xml_maps:
            case "underscore":
                return self._element(f"_{key}", "", one)
            case "numbered":
                return self._element(f"item{key}", "", one)
            case _:
                return self._element("item", f' id="{key}"', one)


def eastern(moment: datetime) -> str:
    """REST API Overview: all dates are in US Eastern time; the samples show no offset."""
    return moment.astimezone(EASTERN).replace(tzinfo=None).isoformat(" ", "seconds")


def _shortest(number: float) -> int | float:
    """The samples write 16 and 21.5 side by side, never 16.0."""
    return int(number) if number == int(number) else number


def _digits(number: float) -> str:
    return str(_shortest(number))
