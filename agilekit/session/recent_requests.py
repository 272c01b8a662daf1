"""The requests of the last seconds: how many left, and how many of them were refused.

A 429 may come long after its request left. So what is told is of the moment at which the last of
those that were refused had left: of what left since, nothing is known yet.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Final

__all__ = ["RecentRequests"]

_SLICES: Final = 16
"""Of a second; each is counted as one. A second is known to one of them."""
_KEPT: Final = 60.0
"""Seconds: how late a 429 may come and still count."""
_COMPARED: Final = 4.0
"""Seconds of which the share of 429 is told: a change of the server shows soon."""
_FEWEST: Final = 100
"""Requests of one part; where they are fewer, more seconds count. Of few, chance decides."""
_TOLD: Final = 2.0
"""Seconds: what was taken before tells nothing of what is taken now."""
_ANSWERED: Final = 2
"""Seconds after which most requests have their answer."""
_FEW: Final = 10
"""Requests a second. Of fewer, one more or less in a second makes a large difference."""


class _Slice:
    """The requests that left within a sixteenth of a second of the clock."""

    __slots__ = ("number", "part", "refused", "sent")

    def __init__(self, number: int, part: int) -> None:
        self.number: int = number
        self.part: int = part
        self.sent: int = 0
        self.refused: int = 0


class RecentRequests:
    """Times are those of one clock, in seconds. Requests that left at about the same rate are
    compared: each belongs to a part, which has a number.
    """

    def __init__(self) -> None:
        self._slices: deque[_Slice] = deque()
        self._known: int = 0  # the last slice of which something was refused

    def left(self, now: float, part: int) -> None:
        number = _number(now)
        if not self._slices or number > self._slices[-1].number:
            self._slices.append(_Slice(number, part))
            while self._slices[0].number <= number - _KEPT * _SLICES:
                self._slices.popleft()
        self._slices[-1].sent += 1

    def refused(self, sent: float) -> int | None:
        """Counts a 429 to a request that left at `sent`, and gives its part, if it is known yet."""
        number = _number(sent)
        for one in reversed(self._slices):
            if one.number == number:
                one.refused += 1
                self._known = max(self._known, number)
                return one.part
        return None

    def counts(self, part: int | None = None) -> tuple[int, int]:
        """How many left, of this part or of all, and how many of them were refused."""
        sent = refused = 0
        for one in self._backwards(_COMPARED if part is None else _KEPT):
            if part is None or one.part == part:
                if sent >= _FEWEST and one.number <= self._known - _COMPARED * _SLICES:
                    break
                sent += one.sent
                refused += one.refused
        return sent, refused

    @property
    def is_whole(self) -> bool:
        """Whether a second is known."""
        return bool(self._slices) and self._slices[-1].number >= self._slices[0].number + _SLICES

    def taken(self) -> float:
        """The most that the server took within a second; of two, where it takes few."""
        most = self._most_within(1, _TOLD)
        if most >= _FEW or most == 0:
            return most
        return self._most_within(2, _COMPARED) / 2

    def _most_within(self, seconds: int, last: float) -> int:
        """The most that were served within so many seconds of the last ones."""
        recent, width = list(self._backwards(last)), seconds * _SLICES
        return max((_served(recent, end.number - width, end.number) for end in recent), default=0)

    def trust_silence(self) -> None:
        """What left more than `_ANSWERED` ago, and was not refused, is taken to be served."""
        if self._slices:
            self._known = max(self._known, self._slices[-1].number - _ANSWERED * _SLICES)

    def _backwards(self, seconds: float) -> Iterator[_Slice]:
        """The slices of so many seconds, up to the last of which something was refused."""
        for one in reversed(self._slices):
            if one.number <= self._known - seconds * _SLICES:
                break
            if one.number <= self._known:
                yield one


def _served(slices: list[_Slice], begin: int, end: int) -> int:
    """How many were served after one slice, up to another."""
    return sum(one.sent - one.refused for one in slices if begin < one.number <= end)


def _number(moment: float) -> int:
    return int(moment * _SLICES)
