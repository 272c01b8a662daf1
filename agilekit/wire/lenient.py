"""What becomes of a malformed value, such as the date 0000-00-00.

| where it is read | it is |
|---|---|
| in a call | an error that names the place |
| inside `leniently`, as an export reads | left out, and noted: its entity is there without it |

What holds for a call holds in all tasks and threads that it starts.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, cast

from agilekit.wire.json import JSON

__all__ = ["SkippedValues", "leniently", "skipped_values"]

_CURRENT: Final = ContextVar["SkippedValues | None"]("agilekit.skipped_values", default=None)
_IDS: Final = ("id", "_id", "project_id", "task_id", "col_id", "user_id")


class SkippedValues:
    """The values that were left out, each once."""

    def __init__(self) -> None:
        self._notes: dict[str, str | None] = {}
        """The id of the entity, if it has one, by the sentence."""

    def note(self, entity: type[object], value: object, key: str | None, error: Exception) -> None:
        """
        entity: what it belongs to, and `value` the answer about that.
        key: the attribute; None if the whole entity is left out.
        """
        id = _id(value)
        named = f"{_words(entity.__name__)} {id}" if id else f"a {_words(entity.__name__)}"
        gap = f"{named} is left out" if key is None else f"{named} is without its {key}"
        self._notes[f"{gap}: {str(error) or type(error).__name__}"] = id

    def gaps(self) -> list[str]:
        """What was left out: sentences for people."""
        return [*self._notes]

    def gaps_of(self, id: str, ids: Collection[str]) -> list[str]:
        """What was left out of one of several projects, or of what they share."""
        return [note for note, about in self._notes.items() if about == id or about not in ids]


@contextmanager
def leniently() -> Generator[SkippedValues]:
    """Notes malformed values inside, instead of failing for them."""
    skipped = SkippedValues()
    token = _CURRENT.set(skipped)
    try:
        yield skipped
    finally:
        _CURRENT.reset(token)


def skipped_values() -> SkippedValues | None:
    """Where to note what is left out; None if a malformed value is an error."""
    return _CURRENT.get()


def _id(value: object) -> str | None:
    if not isinstance(value, Mapping):
        return None
    entries = cast("Mapping[str, JSON]", value)
    found = (entries.get(name) for name in _IDS)
    return next((str(id) for id in found if isinstance(id, int | str)), None)


def _words(name: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
