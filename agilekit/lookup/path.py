"""How a thing in a service is written: by its id, its name, or a path of both.

| written | means |
|---|---|
| ``17``, ``5f0c…`` (24 digits) | the id, whatever has it for a name |
| ``Someday`` | the name |
| ``Acme/Web shop/Login`` | from the outside to the inside, each an id or a name; the outer ones may be left out |
| ``"17"``, ``"Bugs/Features"/Login`` | in double quotes, a name whatever it looks like; ``""`` inside is a quote |

If all that is looked for lies in nothing else, such as buckets, a slash is a part of a name. A path
leads to the same thing if it is typed as it is printed: without the characters that nobody can see.
"""  # noqa: E501 - a table

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from attrs import frozen

from agilekit.errors import InvalidInput
from agilekit.lookup.item import Id, Item

__all__ = ["Segment", "Unresolved", "as_printed", "parse", "written"]

_QUOTED: Final = re.compile(r'\s*"((?:[^"]|"")*)"\s*(?=/|$)')
_BARE: Final = re.compile(r"[^/]*")


class Unresolved(InvalidInput):
    """What was given means nothing, or several things. Its message has names just as they are."""


@frozen
class Segment:
    """An id or a name in a path."""

    text: str
    id: Id | None = None
    """The id that it is by its form."""
    is_quoted: bool = False
    """Whether it can only be a name."""

    def __str__(self) -> str:
        return f"{self.text!r:.60}" if self.id is None else str(self.id)


def parse(given: str, parse_id: Callable[[str], Id | None], *, most: int) -> Sequence[Segment]:
    """The segments of a path, the outermost first.

    most: how many it may have; if that is one, a slash is a part of the name.

    Raises Unresolved for an empty one, and for too many.
    """
    found: list[Segment] = []
    end = -1
    while end < len(given):
        start = end + 1
        if quoted := _QUOTED.match(given, start):
            end, text = quoted.end(), quoted[1].replace('""', '"')
            found.append(Segment(text, is_quoted=True))
        else:
            end = len(given) if most == 1 else _end_of_bare(given, start)
            text = given[start:end].strip()
            found.append(Segment(text, parse_id(text)))
        if not as_printed(text):
            raise Unresolved(f"{given!r:.60} lacks a name or an id")
    if len(found) > most:
        raise Unresolved(
            f"{given!r:.60} has {len(found)} parts, and at most {most} lie in each other: a name "
            "that holds a slash stands in double quotes, as in '\"Bugs/Features\"/Login'"
        )
    return found


def written(item: Item, parse_id: Callable[[str], Id | None]) -> str:
    """The path of an item, as `parse` takes it."""
    return "/".join(_segment(one, parse_id) for one in item.line)


def as_printed(name: str) -> str:
    """The name on one line, without what nobody can see or type."""
    return " ".join("".join(one if one.isprintable() else " " for one in name).split())


def _end_of_bare(given: str, start: int) -> int:
    found = _BARE.match(given, start)
    return len(given) if found is None else found.end()


def _segment(item: Item, parse_id: Callable[[str], Id | None]) -> str:
    title, shown = item.title, as_printed(item.title)
    if not shown:
        return str(item.id)
    is_bare = title == title.strip() and "/" not in title and shown[0] != '"'
    if is_bare and parse_id(shown) is None:
        return title
    return '"{}"'.format(title.replace('"', '""'))
