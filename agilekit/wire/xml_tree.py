"""Any document of XML -> plain data, by way of the tree that xmltodict makes of it.

A node of the tree is the text of an element, or its children by name, with ``@`` before the names
of attributes and ``#text`` for the text beside them; several children of one name are a list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, TypeAlias, cast
from xml.parsers import expat

import xmltodict

from agilekit.wire.json import JSON
from agilekit.wire.xml_guard import DEEPEST, TOO_MANY, WEB_PAGE, guarded_parser, pieces
from agilekit.wire.xml_types import PAGINATION, TEXT, Document, typed

__all__ = ["load"]

if TYPE_CHECKING:
    Node: TypeAlias = "str | list[Node] | dict[str, Node] | None"
    Start: TypeAlias = Callable[[str, list[str]], None]
    End: TypeAlias = Callable[[str], None]

_ATTRIBUTE: Final = "@"


def load(body: bytes, *, most: int) -> Document:
    """
    most: how many elements and attributes it may have.

    Raises ValueError if the body is not XML, or tries to be more than it seems.
    """
    guard = _Guard(most)
    try:
        found = xmltodict.parse(
            pieces(body, guard.parser), expat=guard, strip_whitespace=False, disable_entities=False
        )
    except expat.ExpatError as error:
        raise ValueError(f"not XML: {error}") from None
    except LookupError:
        raise ValueError("in an unknown encoding") from None
    ((_, root),) = cast("dict[str, Node]", found).items()
    pagination: JSON = None
    if isinstance(root, dict):
        pagination = _value(root.pop(PAGINATION, None))
    return Document(_value(root), pagination if isinstance(pagination, dict) else {})


class _Guard:
    """Stands in for the module `expat`: each element is counted before a handler is told of it."""

    def __init__(self, most: int) -> None:
        self.parser = guarded_parser()
        self._left = most
        self._depth = 0

    def ParserCreate(  # noqa: N802 - its name in expat
        self, _encoding: None, _namespace_separator: None
    ) -> _Guarded:
        return _Guarded(self.parser, self)

    def counted_start(self, handler: Start) -> Start:
        def start(name: str, attributes: list[str]) -> None:
            self._left -= 1 + len(attributes) // 2
            self._depth += 1
            if self._left < 0:
                raise ValueError(TOO_MANY)
            if self._depth > DEEPEST:
                raise ValueError("nested too deeply")
            if self._depth == 1 and name.lower() == WEB_PAGE:
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
    content = str(node.get(TEXT) or "")
    if children or attributes:
        both: dict[str, Node] = {**attributes, **children}
        if not children and content.strip():
            both[TEXT] = content
        return {name.replace("-", "_"): _value(part) for name, part in both.items()}
    return typed(kind, content)


def _items(node: Mapping[str, Node]) -> list[JSON]:
    items: list[JSON] = []
    for name, part in node.items():
        if not name.startswith((_ATTRIBUTE, "#")):
            items += [_value(one) for one in part] if isinstance(part, list) else [_value(part)]
    return items


def _kind(type: Node) -> str:
    return type.lower() if isinstance(type, str) else ""
