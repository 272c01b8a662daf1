"""XML bodies -> plain Python data, the same as a JSON body would give.

The rules are those of Rails, which three of the services speak:

- ``type="integer"``, ``decimal``, ``float`` and ``boolean`` give numbers and truth values, times
  and dates stay text, as they are in JSON; ``nil="true"`` gives None, whatever the type.
- The same types may be written with a capital, and a number as ``type="yaml"``: ``--- 9``.
- ``type="array"`` gives a list of the children, of none, of one or of many.
- Dashes in names become underscores. Other attributes are keys beside the children, and beside
  ``#text`` where there is text.
- An element without type, children or text is the empty text.

Nothing in a document can make it larger than it is: a declaration of entities or of attributes,
which may have a default value, is refused, and so is nesting beyond any that a service has use for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, TypeAlias, cast
from xml.parsers import expat

import xmltodict
from attrs import field, frozen

from agilekit.wire.convert import number, whole
from agilekit.wire.json import JSON

__all__ = ["Document", "load"]

if TYPE_CHECKING:
    Node: TypeAlias = "str | list[Node] | dict[str, Node] | None"

_DEEPEST: Final = 64
_WHOLE: Final = re.compile("-?[0-9]{1,18}")
_ATTRIBUTE: Final = "@"
_TEXT: Final = "#text"
_PAGINATION: Final = "pagination"


@frozen
class Document:
    """A document without the name of its root, which cannot be trusted."""

    data: JSON
    pagination: Mapping[str, JSON] = field(factory=dict[str, JSON])
    """What stands beside the items of an array to tell its pages."""


def load(body: bytes) -> Document:
    """Raises ValueError where the body is not XML, or tries to be more than it seems."""
    try:
        _check(body)
        parsed = cast("dict[str, Node]", xmltodict.parse(body, strip_whitespace=False))
    except expat.ExpatError as error:
        raise ValueError(f"not XML: {error}") from None
    except LookupError:
        raise ValueError("in an unknown encoding") from None
    ((name, root),) = parsed.items()
    if name.lower() == "html":
        raise ValueError("it is a web page")
    pagination: JSON = None
    if isinstance(root, dict):
        pagination = _value(root.pop(_PAGINATION, None))
    return Document(_value(root), pagination if isinstance(pagination, dict) else {})


def _check(body: bytes) -> None:
    depth = 0

    def start(_: str, __: object) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise ValueError("nested too deeply")

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    def declare_entity(*_: object) -> None:
        raise ValueError("it declares entities")

    def declare_attribute(*_: object) -> None:
        raise ValueError("it declares attributes")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.EntityDeclHandler = declare_entity
    parser.AttlistDeclHandler = declare_attribute
    parser.Parse(body, True)


def _value(node: Node) -> JSON:
    if node is None:
        return ""
    if isinstance(node, str):
        return node
    if isinstance(node, list):
        return [_value(part) for part in node]
    if node.get("@nil") == "true":
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
        return whole(stripped) if stripped else None
    if kind in ("decimal", "float"):
        return number(stripped) if stripped else None
    if kind == "boolean":
        if stripped not in ("true", "false", "1", "0", ""):
            raise ValueError(f"expected true or false, found {text!r}")
        return stripped in ("true", "1") if stripped else None
    if kind == "yaml":
        return _of_yaml(text)
    return text


# Ruby writes so what its Rails has no type for. Anything but a whole number, or nothing, is text.
def _of_yaml(text: str) -> JSON:
    scalar = text.strip().removeprefix("---").removesuffix("...").strip()
    if _WHOLE.fullmatch(scalar):
        return int(scalar)
    return None if scalar in ("", "~", "null") else text
