"""The texts of easyBacklog as they are stored, of an answer in JSON and the same one in XML.

| stored | its JSON shows | its XML shows |
|---|---|---|
| a character of more than 16 bits | its lower 16 bits | the character |
| CR LF, or only CR | the same | LF |
| any other control character | the character | U+FFFD |
| anything else | the same | the same |

So both together show every text. If they show two texts, it was changed in between. The JSON is
called narrow, the XML wide.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Final, TypeAlias, TypeVar

from agilekit.easybacklog import Account, Backlog, Company, EasyBacklog, Snapshot
from agilekit.easybacklog.decoders import DECODER
from agilekit.errors import ApiError, DecodeError
from agilekit.export.source.easybacklog.refusals import raise_unless_refused
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.wire.decode import to_float
from agilekit.wire.json import JSON
from agilekit.wire.merge import merge_raw

__all__ = ["Raw", "exactly", "newer", "restored", "same"]

E = TypeVar("E", Account, Backlog, Company, Snapshot)

Raw: TypeAlias = Mapping[str, JSON]

_CHARACTER: Final = re.compile(r"\r\n|.", re.DOTALL)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LOW: Final = 0xFFFF


async def exactly(
    kind: type[E],
    limiter: ReadLimiter,
    easy: EasyBacklog,
    exact: EasyBacklog | None,
    read: Callable[[EasyBacklog], Awaitable[list[E]]],
) -> list[E]:
    """A list, with the texts as they are stored. What only the first of both answers shows is left
    as it is, and so is all of it if the second one is refused.

    easy: whose answers may be JSON. exact: whose answers are XML; None if `easy` reads that.
    """
    listed = await limiter.run(lambda: read(easy))
    if exact is None:
        return listed
    try:
        others = {one.id: one for one in await limiter.run(lambda: read(exact))}
    except (ApiError, DecodeError) as error:
        raise_unless_refused(error)
        return listed
    decode = DECODER.one(kind)
    return [
        decode(newer(one.raw, others[one.id].raw)) if one.id in others else one for one in listed
    ]


def newer(narrow: Raw, wide: Raw) -> JSON:
    """An entity as both answers show it, or as the later one does if they differ."""
    earlier, later = dict(narrow), dict(wide)
    return restored(earlier, later) if same(earlier, later) else merge_raw(later, earlier)


def restored(narrow: JSON, wide: JSON) -> JSON:
    """The JSON with its texts as they are stored. What is in an array is matched by its id."""
    match narrow, wide:
        case dict(), dict():
            return {
                name: restored(value, wide[name]) if name in wide else value
                for name, value in narrow.items()
            }
        case list(), list():
            others = _by_id(wide)
            return [restored(one, others.get(id)) for id, one in _by_id(narrow).items()]
        case str(), str():
            text = _text(narrow, wide)
            return narrow if text is None else text
        case _:
            return narrow


def same(narrow: JSON, wide: JSON) -> bool:
    """Whether both say the same of what both speak of, and of the same entities."""
    match narrow, wide:
        case dict(), dict():
            return all(same(one, wide[name]) for name, one in narrow.items() if name in wide)
        case list(), list():
            first, second = _by_id(narrow), _by_id(wide)
            return [*first] == [*second] and all(same(one, second[id]) for id, one in first.items())
        case str(), str():
            return _text(narrow, wide) is not None
        case _:
            return _plain(narrow) == _plain(wide)


def _by_id(entities: list[JSON]) -> dict[str, JSON]:
    """What is in an array by its id, or by its index if it has none."""
    return dict(_named(entities))


def _named(entities: list[JSON]) -> Iterator[tuple[str, JSON]]:
    for index, one in enumerate(entities):
        id = one.get("id") if isinstance(one, Mapping) else None
        yield f"#{index}" if id is None else str(id), one


def _text(narrow: str, wide: str) -> str | None:
    if narrow == wide:
        return narrow
    for units in (narrow, _without_pairs(narrow)):
        characters = _CHARACTER.findall(units)
        if len(characters) == len(wide):
            found = [_character(*pair) for pair in zip(characters, wide, strict=True)]
            if None not in found:
                return "".join(filter(None, found))
    return None


def _character(narrow: str, wide: str) -> str | None:
    if narrow == wide or (len(narrow) == 1 and ord(wide) & _LOW == ord(narrow)):
        return wide
    is_line_end = wide == "\n" and narrow in ("\r\n", "\r")
    return narrow if is_line_end or _CONTROL.fullmatch(narrow) else None


def _without_pairs(text: str) -> str:
    """Two characters that were cut to 16 bits may look like one of a surrogate pair."""
    units = text.encode("utf-16-le", "surrogatepass")
    return "".join(
        chr(int.from_bytes(units[start : start + 2], "little")) for start in range(0, len(units), 2)
    )


def _plain(value: JSON) -> JSON:
    """A value as either format may write it."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        try:
            return float(to_float(value))
        except ValueError:
            return value
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
