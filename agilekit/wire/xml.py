"""XML bodies -> plain Python data, the same as a JSON body would give.

The rules are those of Rails, which three of the services speak:

- ``type="integer"``, ``decimal``, ``float`` and ``boolean`` give numbers and truth values, times
  and dates stay text, as they are in JSON; ``nil="true"`` gives None, whatever the type.
- The same types may be written with a capital, and a number as ``type="yaml"``: ``--- 9``.
- ``type="array"`` gives a list of the children, of none, of one or of many.
- Dashes in names become underscores. Other attributes are keys beside the children, and beside
  ``#text`` if there is text.
- An element without type, children or text is the empty text.

Nothing in a document can make it larger than it is: a declaration of entities or of attributes,
which may have a default value, is refused, and so are nesting, elements and tags beyond any that a
service has use for. It is read once, piece by piece, so that other threads run meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Mapping
from typing import TYPE_CHECKING, Final, TypeAlias, cast
from xml.parsers import expat

import xmltodict
from attrs import field, frozen

from agilekit.wire.decode import to_float, to_int
from agilekit.wire.decode_limits import check_wanted
from agilekit.wire.json import JSON
from agilekit.wire.short_repr import short_repr

__all__ = ["Document", "load"]

if TYPE_CHECKING:
    Node: TypeAlias = "str | list[Node] | dict[str, Node] | None"
    Start: TypeAlias = Callable[[str, list[str]], None]
    End: TypeAlias = Callable[[str], None]

_DEEPEST: Final = 64
_PIECE: Final = 1 << 17  # bytes
_LONGEST_TAG: Final = 1 << 21  # bytes, with its attributes; also of a comment
_MOST_COMMENTS: Final = 1 << 16  # comments and the like
_TOO_MANY: Final = "it has too many elements"
_WHOLE: Final = re.compile("-?[0-9]{1,18}")
_ATTRIBUTE: Final = "@"
_TEXT: Final = "#text"
_PAGINATION: Final = "pagination"


@frozen
class Document:
    """A document without the name of its root, which cannot be trusted."""

    data: JSON
    pagination: Mapping[str, JSON] = field(factory=dict[str, JSON])
    """What stands beside the items of an array to say which page this is."""


def load(body: bytes, *, most: int = 1 << 21) -> Document:
    """
    most: how many elements and attributes it may have.

    Raises ValueError if the body is not XML, or tries to be more than it seems.
    """
    if body.count(b"<") - body.count(b"</") > most + _MOST_COMMENTS:
        raise ValueError(_TOO_MANY)
    guard = _Guard(most)
    try:
        found = xmltodict.parse(
            guard.pieces(body), expat=guard, strip_whitespace=False, disable_entities=False
        )
    except expat.ExpatError as error:
        raise ValueError(f"not XML: {error}") from None
    except LookupError:
        raise ValueError("in an unknown encoding") from None
    ((_, root),) = cast("dict[str, Node]", found).items()
    pagination: JSON = None
    if isinstance(root, dict):
        pagination = _value(root.pop(_PAGINATION, None))
    return Document(_value(root), pagination if isinstance(pagination, dict) else {})


class _Guard:
    """Stands in for the module `expat`: each element is counted before a handler is told of it."""

    def __init__(self, most: int) -> None:
        self._left = most
        self._depth = 0
        self._parser = expat.ParserCreate()

    def ParserCreate(  # noqa: N802 - its name in expat
        self, encoding: str | None, namespace_separator: str | None
    ) -> _Guarded:
        self._parser = expat.ParserCreate(encoding, namespace_separator)
        self._parser.EntityDeclHandler = _declares_entities
        self._parser.AttlistDeclHandler = _declares_attributes
        return _Guarded(self._parser, self)

    def pieces(self, body: bytes) -> Generator[bytes]:
        """The document, until one of its tags is longer than any that a service has use for."""
        for start in range(0, len(body), _PIECE):
            check_wanted()
            yield body[start : start + _PIECE]
            if start - self._parser.CurrentByteIndex > _LONGEST_TAG:
                raise ValueError("one of its tags is too long")

    def counted_start(self, handler: Start) -> Start:
        def start(name: str, attributes: list[str]) -> None:
            self._left -= 1 + len(attributes) // 2
            self._depth += 1
            if self._left < 0:
                raise ValueError(_TOO_MANY)
            if self._depth > _DEEPEST:
                raise ValueError("nested too deeply")
            if self._depth == 1 and name.lower() == "html":
                raise ValueError("it is a web page")
            handler(name, attributes)

        return start

    def counted_end(self, handler: End) -> End:
        def end(name: str) -> None:
            self._depth -= 1
            handler(name)

        return end


class _Guarded:
    """Stands in for a parser of `expat`: what is set on it is set there, guarded."""

    def __init__(self, parser: expat.XMLParserType, guard: _Guard) -> None:
        vars(self).update(_parser=parser, _guard=guard, Parse=parser.Parse)

    def __setattr__(self, name: str, value: object) -> None:
        guard = cast("_Guard", vars(self)["_guard"])
        if name == "StartElementHandler":
            value = guard.counted_start(cast("Start", value))
        elif name == "EndElementHandler":
            value = guard.counted_end(cast("End", value))
        setattr(vars(self)["_parser"], name, value)


def _declares_entities(*_: object) -> None:
    raise ValueError("it declares entities")


def _declares_attributes(*_: object) -> None:
    raise ValueError("it declares attributes")


def _value(node: Node) -> JSON:
    if node is None:
        return ""
    if isinstance(node, str):
        return node
    if isinstance(node, list):
        return [_value(part) for part in node]
    if node.get("@nil") == "true":  # whatever its type
        return None
    kind = _kind(node.get("@type"))
    if kind == "array":
        return _items(node)
    children = {name: part for name, part in node.items() if not name.startswith((_ATTRIBUTE, "#"))}
    attributes = {
        name[1:]: text
        for name, text in node.items()
        if name.startswith(_ATTRIBUTE) and name not in ("@type", "@nil")
    }
    content = str(node.get(_TEXT) or "")
    if children or attributes:
        both: dict[str, Node] = {**attributes, **children}
        if not children and content.strip():
            both[_TEXT] = content
        return {name.replace("-", "_"): _value(part) for name, part in both.items()}
    return _typed(kind, content)


def _items(node: Mapping[str, Node]) -> list[JSON]:
    items: list[JSON] = []
    for name, part in node.items():
        if not name.startswith((_ATTRIBUTE, "#")):
            items += [_value(one) for one in part] if isinstance(part, list) else [_value(part)]
    return items


def _kind(type: Node) -> str:
    return type.lower() if isinstance(type, str) else ""


def _typed(kind: str, text: str) -> JSON:
    stripped = text.strip()
    if kind == "integer":
        return to_int(stripped) if stripped else None
    if kind in ("decimal", "float"):
        return to_float(stripped) if stripped else None
    if kind == "boolean":
        if stripped not in ("true", "false", "1", "0", ""):
            raise ValueError(f"expected true or false, found {short_repr(text)}")
        return stripped in ("true", "1") if stripped else None
    if kind == "yaml":
        return _of_yaml(text)
    return text


# What Rails has no type for, it writes as YAML. Anything but a whole number, or nothing, is text.
def _of_yaml(text: str) -> JSON:
    scalar = text.strip().removeprefix("---").removesuffix("...").strip()
    if _WHOLE.fullmatch(scalar):
        return int(scalar)
    return None if scalar in ("", "~", "null") else text
