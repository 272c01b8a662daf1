"""Documents of XML in the shapes that the services send -> plain data, built while they are read.

It knows no error: for a document with anything else in it, or anything wrong, it gives nothing, and
`xml_tree` reads that from its beginning. What it leaves: arrays of children of several names, other
attributes beside a type, a nil that is not true or not last, a pagination without anything beside
it, and whatever is not well-formed or goes too far.

An element is open from its start to its end. Its children are pairs of a name and a value, by which
repeated names are told from lists; the text of one with children says nothing, as in any indented
document.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, TypeAlias
from xml.parsers import expat

from agilekit.wire.json import JSON
from agilekit.wire.xml_guard import DEEPEST, WEB_PAGE, guarded_parser, pieces
from agilekit.wire.xml_types import PAGINATION, TEXT, Document, typed

__all__ = ["load"]

if TYPE_CHECKING:
    Children: TypeAlias = list[tuple[str, JSON]]
    Attributes: TypeAlias = list[str]
    """Each name, and the value after it."""

_ARRAY: Final = ["type", "array"]
_NIL: Final = ["nil", "true"]
_LONGEST_INTEGER: Final = 18  # digits


def load(body: bytes, *, most: int) -> Document | None:
    """
    most: how many elements and attributes it may have.

    None if it is not all as expected.
    """
    if body.count(b"<") + body.count(b"=") > most:
        return None
    builder = _Builder()
    parser = guarded_parser()
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.texts.append
    try:
        for piece in pieces(body, parser):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
        return builder.document()
    except (ValueError, LookupError, expat.ExpatError):
        return None


class _Unexpected(ValueError):
    """The document is one for `xml_tree`."""


class _Builder:
    def __init__(self) -> None:
        self.texts: list[str] = []
        """Of the element that was opened last; nothing after its end."""
        self._open: list[tuple[Children | None, Attributes]] = []
        """The open elements, each with the children of its parent before it, and its attributes."""
        self._children: Children | None = None
        """Of the innermost open element, so far."""
        self._keys = _Keys()

    def start(self, _name: str, attributes: Attributes) -> None:
        self.texts.clear()
        self._open.append((self._children, attributes))
        self._children = None
        if len(self._open) > DEEPEST:
            raise _Unexpected

    def end(self, name: str) -> None:
        if len(self._open) == 1:  # the root, whose children hold the pagination
            if name.lower() == WEB_PAGE:
                raise _Unexpected
            return
        siblings, attributes = self._open.pop()
        child = (name, self._value(attributes, self._children))
        self.texts.clear()
        if siblings is None:
            self._children = [child]
        else:
            siblings.append(child)
            self._children = siblings

    def document(self) -> Document:
        """What the root is, once it has ended."""
        ((_, attributes),) = self._open
        children = self._children
        pages = [value for name, value in children or () if name == PAGINATION]
        if children is None or not pages:
            return Document(self._value(attributes, children))
        children = [child for child in children if child[0] != PAGINATION]
        if len(pages) > 1 or not (children or attributes == _ARRAY):
            raise _Unexpected
        (pagination,) = pages
        data = self._value(attributes, children)
        return Document(data, pagination if isinstance(pagination, dict) else {})

    def _value(self, attributes: Attributes, children: Children | None) -> JSON:
        if not attributes:
            return "".join(self.texts) if children is None else self._object(children)
        if attributes[-2:] == _NIL:
            return None
        if len(attributes) == 2 and attributes[0] == "type":
            return self._of_type(attributes[1].lower(), children)
        given = dict(zip(attributes[::2], attributes[1::2], strict=True))
        if "type" in given or "nil" in given:
            raise _Unexpected
        return self._renamed({**given, **(_grouped(children) if children else self._text())})

    def _text(self) -> dict[str, str]:
        text = "".join(self.texts)
        return {TEXT: text} if text.strip() else {}

    def _of_type(self, kind: str, children: Children | None) -> JSON:
        if kind == "array":
            return _items(children) if children else []
        if children is not None:
            return self._object(children)
        text = "".join(self.texts)
        if kind == "integer" and text.isdecimal() and len(text) <= _LONGEST_INTEGER:
            return int(text)
        return typed(kind, text)

    def _object(self, children: Children) -> JSON:
        keys = self._keys
        found = {keys[name]: value for name, value in children}
        return found if len(found) == len(children) else self._renamed(_grouped(children))

    def _renamed(self, fields: Mapping[str, JSON]) -> JSON:
        return {self._keys[name]: value for name, value in fields.items()}


class _Keys(dict[str, str]):
    """The key of each name that was met."""

    def __missing__(self, name: str) -> str:
        key = self[name] = name.replace("-", "_")
        return key


def _items(children: Children) -> list[JSON]:
    item = children[0][0]
    items = [value for name, value in children if name == item]
    if len(items) < len(children):
        raise _Unexpected
    return items


def _grouped(children: Children) -> dict[str, JSON]:
    """By name, those of one name as a list."""
    found: dict[str, list[JSON]] = {}
    for name, value in children:
        found.setdefault(name, []).append(value)
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}
