"""What an answer says about one attribute of an update.

What the servers leave open is decided attribute by attribute, never by the status alone, since
nothing tells what a conflict's status is, or whether one stale attribute fails the whole update:

=======  ========  ========  =================================  =================================
version  value     status    a plain value                      a computed or merged one
=======  ========  ========  =================================  =================================
as sent  ours      any       done: there was nothing to change  done
as sent  another   any       not applied, and not stale: sent   the same
                             again; after the second time,
                             `VersionConflict`, or done where
                             the server makes the same of it
                             each time
moved    ours      accepted  done                               by one: done; else as "another"
moved    ours      refused   done: it is in place               somebody computed the same: again
moved    another   refused   a conflict                         a conflict
moved    another   accepted  alike: done, normalised;           the server refuses conflicts:
                             else a conflict                    done, normalised; else a conflict,
                                                                or unknown where they are alike
=======  ========  ========  =================================  =================================

A lost reply, or a value that had to be read separately, makes every conflict of a computed change
unknown: the change may be inside the value that was found. So does a refusal of several attributes
at once, for one that is found as it would be had it been applied.

Whether a server refuses conflicts is learned from the first that is refused, or asked with a
request that is certain to be one.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, Final

from attrs import define, field, frozen

from agilekit.versioned.strategies import Abort, Force, Merge, Reapply, Strategy, Versioned
from agilekit.wire.json import JSON

__all__ = ["FORCED", "Attribute", "Edit", "Verdict", "judge"]

FORCED: Final = -1  # Source: Flying Donut API, "Update Card": "To force update …"


@frozen
class Attribute:
    """How one attribute is written and compared."""

    write: Callable[[Any], JSON]
    """Checks a value and gives its wire form. Raises InvalidInput."""
    comparable: Callable[[Any], object] = field(default=lambda value: value)
    """The part of a value that the server keeps as it was sent."""


class Verdict(Enum):
    DONE = "done"
    CONFLICT = "conflict"
    AGAIN = "not applied, not stale"
    UNKNOWN = "unknown"
    ASK = "depends on how this server answers a conflict"


@define
class Edit:
    """One attribute on its way."""

    name: str
    attribute: Attribute
    change: object
    """The value, or the function that computes it."""
    strategy: Strategy
    base: Versioned[object]
    current: Versioned[object]
    mine: object = None
    """The value to be sent."""
    merged: bool = False
    conflicts: int = 0
    outdated: int = 0
    """The version that the last conflict left behind."""
    left_alone: int = 0
    verdict: Verdict | None = None

    @property
    def plain(self) -> bool:
        """Whether the value that is sent is the caller's own: found in place, it is done."""
        return not callable(self.change) and not self.merged

    @property
    def repeatable(self) -> bool:
        """Whether making the change twice is the same as making it once."""
        return not callable(self.change) and isinstance(self.strategy, Reapply | Force)

    @property
    def starts_from_base(self) -> bool:
        """Whether the current value or its version is needed to make the change."""
        return not (isinstance(self.strategy, Force) and self.repeatable)

    @property
    def version(self) -> int:
        if isinstance(self.strategy, Force):
            return FORCED
        return self.current.version or 0  # an attribute that the entity lacks was never changed

    def propose(self) -> None:
        """Makes `mine` from the current value."""
        if isinstance(self.strategy, Merge) and self.current != self.base:
            wanted = self.change(self.base.value) if callable(self.change) else self.change
            self.mine = self.strategy.choose(self.base.value, wanted, self.current.value)
            self.merged = True
        elif callable(self.change):
            self.mine = self.change(self.current.value)
        else:
            self.mine = self.change

    def is_ours(self, found: Versioned[object]) -> bool:
        comparable = self.attribute.comparable
        return _same(comparable(self.mine), comparable(found.value))

    def could_be_ours(self, found: Versioned[object]) -> bool:
        comparable = self.attribute.comparable
        return _alike(comparable(self.mine), comparable(found.value))

    def met_again(self, found: Versioned[object]) -> bool:
        """Whether the value found is the one that the last conflict brought, too."""
        return self.conflicts > 0 and found.value == self.current.value

    def gives_up(self) -> bool:
        """Whether its strategy allows no further attempt."""
        if isinstance(self.strategy, Reapply | Merge):
            return self.conflicts >= self.strategy.attempts
        return isinstance(self.strategy, Abort)


def judge(
    edit: Edit,
    found: Versioned[object],
    *,
    accepted: bool,
    alone: bool,
    sure: bool,
    refuses_conflicts: bool | None,
) -> Verdict:
    """The table of this module.

    alone: whether the request named no other attribute.
    sure: whether `found` came with the only attempt's answer.
    refuses_conflicts: whether this server refuses a conflict by its status; None: not yet known.
    """
    ours = edit.is_ours(found)
    alike = ours or edit.could_be_ours(found)
    if found.version is None:
        return Verdict.DONE if ours and accepted else Verdict.AGAIN
    if edit.version == FORCED:
        moved = found.version != edit.current.version
        return Verdict.DONE if ours or (accepted and moved) else Verdict.AGAIN
    if found.version == edit.version:
        if ours or (alike and accepted and edit.repeatable):
            return Verdict.DONE
        if not (accepted and edit.repeatable and edit.met_again(found)):
            return Verdict.AGAIN
        # Taken twice, and the same other value each time: it is what the server makes of ours.
        if refuses_conflicts is None:
            return Verdict.ASK
        return Verdict.DONE if refuses_conflicts else Verdict.AGAIN
    next_one = found.version == edit.version + 1
    if ours and (edit.plain or (accepted and next_one)):
        return Verdict.DONE
    if not sure and not edit.repeatable:
        return Verdict.UNKNOWN
    if not accepted:
        mixed = not alone and next_one and alike and not edit.repeatable
        return Verdict.UNKNOWN if mixed else Verdict.CONFLICT
    if edit.repeatable:
        if alike:
            return Verdict.DONE
        if not edit.met_again(found):
            return Verdict.CONFLICT
    if refuses_conflicts is None:
        return Verdict.ASK
    if refuses_conflicts:
        return Verdict.DONE if alone or edit.repeatable else Verdict.UNKNOWN
    return Verdict.UNKNOWN if alike else Verdict.CONFLICT


def _same(mine: object, found: object) -> bool:
    """Whether the server keeps `mine` when it holds `found`; how it writes it does not matter."""
    if mine == found:
        return True
    if mine in (None, "") and found in (None, ""):
        return True
    numbers = _number(mine), _number(found)
    if numbers[0] is not None or numbers[1] is not None:
        return numbers[0] == numbers[1]
    if isinstance(mine, str) and isinstance(found, str):
        return mine.split() == found.split()
    return False


def _alike(mine: object, found: object) -> bool:
    """Whether `found` may be what a server made of `mine`: rounded, trimmed, cut, recased."""
    numbers = _number(mine), _number(found)
    if numbers[0] is not None and numbers[1] is not None:
        return abs(numbers[0] - numbers[1]) < 1
    if isinstance(mine, str) and isinstance(found, str):
        bare = ["".join(filter(str.isalnum, text.casefold())) for text in (mine, found)]
        return bool(bare[1]) and bare[0].startswith(bare[1])
    return False


def _number(value: object) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return None
    return None
