"""The requests of the last seconds: how many left, and how many of them were refused."""

from __future__ import annotations

from collections import deque
from typing import Final

__all__ = ["RecentRequests"]

_SLICE: Final = 0.25
"""Seconds that are counted as one: what left within a second is known to a quarter."""
_KEPT: Final = 4.0
"""Seconds. Answers that take 2 s are still counted then, and a change of the server shows soon."""
_TOLD: Final = 2.0
"""Seconds: what was taken before tells nothing of what is taken now."""


class _Slice:
    """The requests that left within a quarter of a second, which begins with the first of them."""

    __slots__ = ("began", "part", "refused", "sent")

    def __init__(self, began: float, part: int) -> None:
        self.began: float = began
        self.part: int = part
        self.sent: int = 0
        self.refused: int = 0


class RecentRequests:
    """Times are those of one clock, in seconds. Requests that left at about the same rate are
    compared: each belongs to a part, which has a number.
    """

    def __init__(self) -> None:
        self._slices: deque[_Slice] = deque(maxlen=round(_KEPT / _SLICE))

    def left(self, now: float, part: int) -> None:
        if not self._slices or now >= self._slices[-1].began + _SLICE:
            self._slices.append(_Slice(now, part))
        self._slices[-1].sent += 1

    def refused(self, sent: float) -> int | None:
        """Counts a 429 to a request that left at `sent`, and gives its part, if it is known yet."""
        for one in reversed(self._slices):
            if one.began <= sent:
                one.refused += 1
                return one.part
        return None

    def counts(self, part: int | None = None) -> tuple[int, int]:
        """How many left, of this part or of all, and how many of them were refused."""
        recent = [one for one in self._last(_KEPT) if part is None or one.part == part]
        return sum(one.sent for one in recent), sum(one.refused for one in recent)

    @property
    def is_whole(self) -> bool:
        """Whether a second is known."""
        return bool(self._slices) and self._slices[-1].began - self._slices[0].began >= 1

    def taken(self) -> int:
        """The most that the server took within a second."""
        recent = self._last(_TOLD)
        return max(
            (
                sum(one.sent - one.refused for one in recent if 0 <= one.began - first.began < 1)
                for first in recent
            ),
            default=0,
        )

    def _last(self, seconds: float) -> list[_Slice]:
        if not self._slices:
            return []
        begin = self._slices[-1].began - seconds
        return [one for one in self._slices if one.began > begin]
