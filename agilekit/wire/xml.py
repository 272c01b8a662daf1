"""XML bodies -> plain Python data, the same as a JSON body would give.

The rules are those of Rails, which three of the services speak:

- ``type="integer"``, ``decimal``, ``float`` and ``boolean`` give numbers and truth values, times
  and dates stay text, as they are in JSON; ``nil="true"`` gives None, whatever the type.
- ``type="array"`` gives a list of the children, of none, of one or of many.
- Dashes in names become underscores. Other attributes are keys beside the children, and beside
  ``#text`` where there is text.
- An element without type, children or text is the empty text.

Nothing in a document can make it larger than it is: a declaration of entities or of attributes,
which may have a default value, is refused, and so are nesting, elements and tags beyond any that a
service has use for. It is read once, piece by piece, so that other threads run meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from xml.parsers import expat

from attrs import field, frozen

from agilekit.wire.convert import number, whole
from agilekit.wire.effort import go_on
from agilekit.wire.json import JSON

__all__ = ["Document", "load"]

_DEEPEST: Final = 64
_PIECE: Final = 1 << 17  # bytes
_LONGEST_TAG: Final = 1 << 21  # bytes, with its attributes; also of a comment
_MOST_BESIDE: Final = 1 << 16  # comments and the like
_TOO_MANY: Final = "it has too many elements"
_TEXT: Final = "#text"
_PAGINATION: Final = "pagination"


@frozen
class Document:
    """A document without the name of its root, which cannot be trusted."""

    data: JSON
    pagination: Mapping[str, JSON] = field(factory=dict[str, JSON])
    """What stands beside the items of an array to tell its pages."""


def load(body: bytes, *, most: int = 1 << 21) -> Document:
    """
    most: how many elements and attributes it may have.

    Raises ValueError where the body is not XML, or tries to be more than it seems.
    """
    if body.count(b"<") - body.count(b"</") > most + _MOST_BESIDE:
        raise ValueError(_TOO_MANY)
    parser = expat.ParserCreate()
    tree = _Tree(most)
    parser.buffer_text = True
    parser.StartElementHandler = tree.start
    parser.EndElementHandler = tree.end
    parser.CharacterDataHandler = tree.text
    parser.EntityDeclHandler = _declares_entities
    parser.AttlistDeclHandler = _declares_attributes
    try:
        for start in range(0, len(body), _PIECE):
            go_on()
            parser.Parse(body[start : start + _PIECE], False)
            if start - parser.CurrentByteIndex > _LONGEST_TAG:
                raise ValueError("one of its tags is too long")
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise ValueError(f"not XML: {error}") from None
    except LookupError:
        raise ValueError("in an unknown encoding") from None
    finally:
        tree.close()
    return tree.document


def _declares_entities(*_: object) -> None:
    raise ValueError("it declares entities")


def _declares_attributes(*_: object) -> None:
    raise ValueError("it declares attributes")


class _Element:
    """An element whose end was not seen yet."""

    __slots__ = ("attributes", "children", "items", "repeated", "text")

    def __init__(self, attributes: dict[str, str]) -> None:
        self.attributes = attributes
        self.text: str | list[str] = ""
        self.items: list[JSON] | None = [] if attributes.get("type") == "array" else None
        self.children: dict[str, JSON] | None = None
        self.repeated: dict[str, list[JSON]] | None = None

    def add(self, name: str, value: JSON) -> None:
        """Takes a child. Several of one name become a list."""
        if self.items is not None:
            self.items.append(value)
        elif self.children is None:
            self.children = {name: value}
        elif name not in self.children:
            self.children[name] = value
        else:
            self.repeated = {} if self.repeated is None else self.repeated
            if name in self.repeated:
                self.repeated[name].append(value)
            else:
                self.children[name] = self.repeated[name] = [self.children[name], value]

    def add_text(self, text: str) -> None:
        if isinstance(self.text, list):
            self.text.append(text)
        else:
            self.text = [self.text, text] if self.text else text

    def value(self) -> JSON:
        attributes, children = self.attributes, self.children or {}
        content = self.text if isinstance(self.text, str) else "".join(self.text)
        if not attributes and not children:
            return content
        if attributes.get("nil") == "true":
            return None
        if self.items is not None:
            return self.items
        kind = attributes.pop("type", None)
        attributes.pop("nil", None)
        if not children and not attributes:
            return _typed(kind, content)
        both: dict[str, JSON] = {**attributes, **children}
        if not children and content.strip():
            both[_TEXT] = content
        return {name.replace("-", "_"): part for name, part in both.items()}


class _Tree:
    """Builds the data of a document from what the parser sees."""

    def __init__(self, most: int) -> None:
        self.document = Document(None)
        self._open: list[_Element] = []
        self._left = most
        self._pagination: JSON = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._left -= 1 + len(attributes)
        if self._left < 0:
            raise ValueError(_TOO_MANY)
        if len(self._open) == _DEEPEST:
            raise ValueError("nested too deeply")
        if not self._open and name.lower() == "html":
            raise ValueError("it is a web page")
        self._open.append(_Element(attributes))

    def text(self, text: str) -> None:
        self._open[-1].add_text(text)

    def end(self, name: str) -> None:
        value = self._open.pop().value()
        if len(self._open) == 1 and name == _PAGINATION:
            self._pagination = value
        elif self._open:
            self._open[-1].add(name, value)
        else:
            beside = self._pagination
            self.document = Document(value, beside if isinstance(beside, dict) else {})

    def close(self) -> None:
        """Lets go of what was not finished."""
        self._open.clear()


def _typed(kind: str | None, text: str) -> JSON:
    stripped = text.strip()
    if kind == "integer":
        return whole(stripped) if stripped else None
    if kind in ("decimal", "float"):
        return number(stripped) if stripped else None
    if kind == "boolean":
        if stripped not in ("true", "false", "1", "0", ""):
            raise ValueError(f"expected true or false, found {text!r}")
        return stripped in ("true", "1") if stripped else None
    return text
