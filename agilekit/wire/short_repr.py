"""How a message shows a value: in bounded length, and in bounded time, however large it is."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from reprlib import Repr
from typing import Final

__all__ = ["short_repr"]

_LONGEST: Final = 60


def short_repr(value: object) -> str:
    """The beginning of its `repr`."""
    return _short.repr(value)[:_LONGEST]


class _Short(Repr):
    """Looks only at the parts that it shows."""

    def __init__(self) -> None:
        super().__init__()
        self.maxstring = self.maxlong = self.maxother = 2 * _LONGEST
        self.maxlevel = 4

    def repr_str(self, x: str, level: int) -> str:  # noqa: ARG002 - as its base has it
        return repr(x[:_LONGEST])

    def repr_bytes(self, x: bytes, _level: int) -> str:
        return repr(x[:_LONGEST])

    def repr_dict(self, x: Mapping[object, object], level: int) -> str:
        if level <= 0:
            return "{...}" if x else "{}"
        parts = islice(x.items(), self.maxdict)
        shown = [
            f"{self.repr1(name, level - 1)}: {self.repr1(part, level - 1)}" for name, part in parts
        ]
        return f"{{{', '.join([*shown, '...'] if len(x) > self.maxdict else shown)}}}"


_short: Final = _Short()
