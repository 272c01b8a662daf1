"""The rate that a server can be sent, as its answers show it.

What is judged is the share of 429, not each of them. If too many are refused of those that left at
about the same rate, the rate is cut to 9/10 of what the server took in a second. If that does not
lower their share, the rate was not the reason: it is as before, and such a share is *background*
from then on, which says nothing about the rate. More than `_STRAY` in a row always are of a limit.

======  ===========================  ================================  =============================
phase   the rate                     how it rises                      too many, beyond background
======  ===========================  ================================  =============================
FREE    none                         it need not                       four: a cut, to SEARCH
SEARCH  no limit is known            by one each answer: a second of   four: a cut, to BELOW
                                     full use makes it 2.7-fold
BELOW   9/10 to 19/20 of the limit   as CUBIC does: fast at first,     four: the last cut is taken
                                     flat at the limit, then faster    back, or the limit has fallen
NEAR    from there on                the same, and a tenth above the   the first: a cut, to BELOW
                                     limit by 1/4 each answer
======  ===========================  ================================  =============================

If the server took nothing at all before a cut, that goes to SEARCH from every phase: when an outage
is over, the rate is found again within seconds.

A 429 that names a time with ``Retry-After`` means a limit: the first one beyond background
cuts in every phase, and that is not taken back.

Sources: RFC 9438 (CUBIC), 4.2 and 4.6, on the concave and the convex part of the climb and on the
fall; 5.8 on clients that do not use their rate: here what counts is the time in which they do. RFC
6585, 4, on 429, which need not tell how requests are counted.
"""

from __future__ import annotations

from enum import Enum
from math import inf, sqrt
from typing import Final

from attrs import evolve, frozen

from agilekit.session.recent_requests import RecentRequests

__all__ = ["RateEstimate"]

_CUT: Final = 0.9
"""The part of a limit that is left after a cut: deep enough to show whether it helps."""
_NEAR: Final = 0.95
"""The part of a limit from which on a 429 is expected."""
_MOVED: Final = 1.1
"""A limit that is exceeded so far without too many 429 is not the limit any more."""
_BACK: Final = 20.0
"""Seconds of full use from a cut until the limit is reached again. A server that has a limit then
refuses about one request in so many seconds."""
_BEYOND: Final = 10.0
"""And from there until it is exceeded by a tenth."""
_RUSH: Final = 1.0
"""Requests a second: how much faster after each answer, while no limit is known."""
_SEEK: Final = 0.25
"""And while one was known that holds no more,"""
_SLOWLY: Final = 0.02
"""but not by a larger part: a low rate is answered seldom."""
_STRAY: Final = 3
"""So many 429 of the last seconds may have another reason than a limit."""
_SPREAD: Final = 3.0
"""Standard deviations of a number of 429 from what is expected: by chance, once in a thousand."""
_MOST_BACKGROUND: Final = 0.1
"""A larger share of 429 is always judged to be a limit."""
_DEEPEST: Final = 0.5
"""The most of a rate that is judged, at one time, to be beyond the limit."""
_SETTLING: Final = 1.0
"""Seconds after a cut that say nothing about it: a server that counts by the second has yet to
begin the next one."""
_ENOUGH: Final = 100
"""Requests. Of fewer, a share of 429 is not known well, unless it is large."""
_FEW: Final = 40
"""Requests. Of fewer, a limit that is one a second lower than it seems is a large share."""
_EXHAUSTED: Final = 5
"""That many 429 in a row, and nothing is taken at all."""
_GUESS: Final = 10.0
"""Requests a second: the lowest that the first cut assumes, when little may be known."""
_LEAST: Final = 1.0
"""And the lowest that others assume. A longer pause is for the server to ask."""


class _Phase(Enum):
    FREE = "free"
    SEARCH = "search"
    BELOW = "below"
    NEAR = "near"


@frozen(eq=False)
class _Climb:
    """Where the rate stands."""

    phase: _Phase
    rate: float = inf
    limit: float = 0.0
    """As a cut has shown it; 0 is unknown."""
    used: float = 0.0
    """Seconds of full use since that cut."""

    def risen(self) -> _Climb:
        """After one more answer."""
        if self.phase is _Phase.FREE:
            return self
        if self.phase is _Phase.SEARCH:
            return evolve(self, rate=self.rate + _RUSH)
        if self.rate >= _MOVED * self.limit:
            return evolve(self, rate=self.rate + min(_SEEK, self.rate * _SLOWLY))
        used = self.used + 1 / self.rate
        way = (used - _BACK) / (_BACK if used < _BACK else _BEYOND)
        rate = self.limit * (1 + (1 - _CUT) * way**3)
        phase = _Phase.BELOW if rate < _NEAR * self.limit else _Phase.NEAR
        return _Climb(phase, rate, self.limit, used)

    def cut(self, taken: float, share: float, ceiling: float) -> _Climb:
        """After such a share of 429, if the server took so many in a second."""
        if self.phase is _Phase.FREE:  # what was taken may have been a burst, and is no limit yet
            return _Climb(_Phase.SEARCH, _CUT * max(_GUESS, taken))
        rate, served = min(self.rate, ceiling), 1 - min(share, _DEEPEST)
        if not taken:  # of a limit that tells nothing, and it may be over at once
            return _Climb(_Phase.SEARCH, _CUT * max(_LEAST, min(rate * served, _GUESS)))
        if self.phase is _Phase.BELOW:  # it hardly rose: what is served of it is the limit
            rate *= served
        limit = max(_LEAST, min(rate, taken))
        return _Climb(_Phase.BELOW, _CUT * limit, limit)


def _most(expected: float) -> float:
    """How many there may be by chance, if so many are expected."""
    return expected + _SPREAD * sqrt(expected)


class RateEstimate:
    """Times are those of one clock, in seconds."""

    def __init__(self) -> None:
        self._recent = RecentRequests()
        self._climb = _Climb(_Phase.FREE)
        self._before = self._climb  # where it stood at the first of the last cuts
        self._share_before = 0.0  # of 429, in the seconds before it
        self._cut_at = -inf
        self._is_cut_due = False
        self._part = 0  # of the requests: those of one phase
        self._consecutive = 0  # 429 since the last answer that was none
        self._most_in_a_row = 0  # of those that left in this part
        self._background_sent = self._background_refused = 0.0

    @property
    def rate(self) -> float:
        """Requests a second; infinite if nothing limits."""
        return self._climb.rate

    @property
    def is_free(self) -> bool:
        """Whether nothing limits."""
        return self._climb.phase is _Phase.FREE and not self._is_cut_due

    def is_exhausted(self, now: float) -> bool:
        """Whether the server takes nothing at all."""
        return self._consecutive >= _EXHAUSTED and (self._is_cut_due or self._is_settling(now))

    def leaves(self, now: float, ceiling: float) -> None:
        """A request leaves, not faster than at the ceiling.

        A cut is made only now: after a pause, all that was refused has been answered.
        """
        if self._is_cut_due:
            self._cut(now, ceiling)
        self._recent.left(now, -1 if self._is_settling(now) else self._part)

    def served(self, sent: float) -> None:
        """A request that left at `sent` was served."""
        self._consecutive = 0
        if self._climb.phase is _Phase.FREE or self._is_cut_due or self._is_settling(sent):
            return
        phase = self._climb.phase
        self._climb = self._climb.risen()
        if self._climb.phase is not phase:
            if phase is _Phase.BELOW:
                self._learn_background()
            self._begin_part()

    def refused(self, sent: float, *, asks: bool) -> None:
        """A request that left at `sent` was answered with 429, which may ask for a time."""
        self._consecutive += 1
        part = self._recent.refused(sent)
        if self._is_cut_due or part != self._part:
            return
        self._most_in_a_row = max(self._most_in_a_row, self._consecutive)
        count, refused = self._recent.counts(self._part)
        if refused > self._allowed(count, asks=asks):
            self._respond(count, refused, asks=asks)

    def _respond(self, count: int, refused: int, *, asks: bool) -> None:
        """Too many 429: either the rate is the reason, or the last cut was in vain."""
        share = refused / count
        if not asks and self._consecutive < _EXHAUSTED and self._is_early(count, refused):
            return
        before, are_stray = self._share_before, self._most_in_a_row <= _STRAY
        is_same = max(before, share) <= _MOST_BACKGROUND and before / 2 <= share <= before * 4
        if self._climb.phase is _Phase.BELOW and is_same and are_stray and not asks:
            self._background_sent, self._background_refused = count, refused
            self._climb = self._before
            self._begin_part()
        else:
            self._is_cut_due = True

    def _is_early(self, count: int, refused: int) -> bool:
        """Whether a first share of 429 is not known yet, nor what is taken in a second."""
        if self._climb.phase is not _Phase.FREE:
            return False
        light = _MOST_BACKGROUND * count
        if not self._recent.is_whole:
            return refused <= _most(light)
        return count < _ENOUGH and refused <= light + sqrt(light)

    def _allowed(self, count: int, *, asks: bool) -> float:
        """How many 429 to so many requests have another reason than the rate."""
        allowed = _most(count * self._background_refused / max(1.0, self._background_sent))
        phase = self._climb.phase
        if asks or phase is _Phase.NEAR:
            return allowed
        return max(allowed, _STRAY)

    def _cut(self, now: float, ceiling: float) -> None:
        if self._climb.phase is not _Phase.BELOW:
            self._before = self._climb
        self._cut_at, self._is_cut_due = now, False
        count, refused = self._recent.counts()
        self._share_before = refused / max(1, count)
        self._climb = self._climb.cut(self._recent.taken(), self._share_before, ceiling)
        self._begin_part()

    def _begin_part(self) -> None:
        self._part += 1
        self._most_in_a_row = 0

    def _is_settling(self, moment: float) -> bool:
        return moment < self._cut_at + _SETTLING

    def _learn_background(self) -> None:
        """Below the limit, whatever is refused has another reason."""
        self._recent.trust_silence()
        count, refused = self._recent.counts(self._part)
        self._background_sent = self._background_sent / 2 + count
        self._background_refused = self._background_refused / 2 + (refused if count >= _FEW else 0)
