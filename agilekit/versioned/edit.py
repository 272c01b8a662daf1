"""One attribute on its way to the server: what was sent of it, and what is known of it.

An `Edit` starts from a version (`start`), makes the value to be sent from it (`propose`), and is
compared with whatever the server shows (`is_ours`, `has_moved`, …). What that means is decided
elsewhere, by the tables of `decision`.
"""

from __future__ import annotations

from inspect import isawaitable, iscoroutine
from typing import Final

from attrs import define, field

from agilekit.errors import InvalidInput
from agilekit.versioned.attribute import Attribute
from agilekit.versioned.equality import exact, tolerant
from agilekit.versioned.strategies import Abort, Force, Merge, Reapply, Strategy, Versioned

__all__ = ["FORCED", "Edit"]

FORCED: Final = -1  # Source: Flying Donut API, "Update Card": "To force update …"
_ATTEMPTS_AFTER_FORCE: Final = 8
_IN_A_ROW: Final = 3


@define
class Edit:
    """One attribute of an update."""

    name: str
    attribute: Attribute
    change: object
    """The value, or the function that computes it."""
    strategy: Strategy
    given: Versioned[object]
    """What the caller had read; without a version if that is not known."""
    knows_value: bool = True
    """Whether `base` has a value, and not only a version."""
    base: Versioned[object] = field(factory=Versioned[object])
    current: Versioned[object] = field(factory=Versioned[object])
    """What the next attempt starts from."""
    mine: object = None
    """The value to be sent."""
    merged: bool = False
    sent: int = 0
    """The version that was sent last."""
    force_is_spent: bool = False
    """Whether a version of -1 has left that may have been applied: it is not sent again."""
    lost: bool = False
    """Whether an earlier send of `mine` with the version of `current` may have been applied."""
    in_doubt: bool = False
    """Whether an earlier send with another version may have been applied."""
    assumed_theirs: Versioned[object] | None = None
    """What was taken for somebody else's value without a refusal that proves it."""
    assumed_in_a_row: int = 0
    """How often that was so, each time at exactly the next version."""
    may_be_rewritten: bool = False
    """Whether what is there may be what this server makes of `mine`: a value that was sent once
    more has left the very same there, or a value computed anew was never found as it was sent."""
    found: Versioned[object] = field(factory=Versioned[object])
    """What the server showed last."""
    accepted: bool = False
    """Whether `mine` was accepted with the version of `current`, and nothing is seen of it."""
    done: bool = False
    conflicts: int = 0
    times_ignored: int = 0

    @property
    def plain(self) -> bool:
        """Whether the value that is sent is the caller's own: found in place, it is done."""
        return not callable(self.change) and not self.merged

    @property
    def wanted(self) -> object:
        """What the caller wants to be there, even if nothing was sent; None if a function would
        have to be asked for it.
        """
        return self.change if self.plain else self.mine

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
        """The version to be sent."""
        if isinstance(self.strategy, Force) and not self.force_is_spent:
            return FORCED
        return self.current.version or 0  # an attribute that the entity lacks was never changed

    @property
    def may_be_applied(self) -> bool:
        return not self.done and (
            self.lost or self.in_doubt or self.may_be_rewritten or self.accepted
        )

    def start(self, newest: Versioned[object]) -> None:
        """Sets out from what the caller had read, or from what is known to be newer.

        newest: what this client knows; without a version if it knows nothing.
        """
        known = newest.version is not None
        self.base = self.given
        if self.given.version is None or (
            not self.knows_value and newest.version == self.given.version
        ):
            self.base, self.knows_value = newest, True
        newer = known and (newest.version or 0) > (self.base.version or 0)
        # A version without its value is enough for a value, but not for a function of it.
        lacks_value = known and not self.knows_value and callable(self.change)
        self.current = newest if newer or lacks_value else self.base

    def has_moved(self, found: Versioned[object]) -> bool:
        """Whether an attribute that was sent with a version is at another one now."""
        return self.sent != FORCED and found.version not in (None, self.sent)

    def was_overtaken(self, found: Versioned[object]) -> bool:
        """Whether the version that was sent is certain to be past."""
        return self.sent != FORCED and found.version is not None and found.version > self.sent

    def is_news(self, found: Versioned[object]) -> bool:
        """Whether what is found is not what was there before this change was sent."""
        known = self.current.version if self.sent == FORCED else self.sent
        newer = known is not None and found.version is not None and found.version > known
        return newer or self.is_ours(found)

    def unseen(self, seen: Versioned[object]) -> Versioned[object] | None:
        """What this change has replaced that the caller had not read; None if there was nothing.

        A function or a merge was given what it replaced.
        """
        if not self.plain:
            return None
        if self.in_doubt or self.may_be_rewritten:
            return Versioned()
        if self.sent != FORCED:
            return None if self.current.version == self.given.version else self.current
        if None not in (self.given.version, seen.version):
            if seen.version in (self.given.version, (self.given.version or 0) + 1):
                return None
            if seen.version == (self.current.version or 0) + 1:
                return self.current
        return Versioned()

    def propose(self) -> None:
        """Makes `mine` from the current value. Raises what the caller's functions raise."""
        if isinstance(self.strategy, Merge) and self.current.version != self.base.version:
            mine = self.attribute.as_read(self._made_of(self.base))
            choice = self.strategy.choose(self.base.value, mine, self.current.value)
            self.mine = self._not_async(choice)
            self.merged = True
        else:
            self.mine = self._made_of(self.current)
        self.attribute.write(self.mine)  # raises InvalidInput for what a function has made

    def _made_of(self, now: Versioned[object]) -> object:
        return self._not_async(self.change(now.value)) if callable(self.change) else self.change

    def _not_async(self, made: object) -> object:
        if iscoroutine(made):
            made.close()  # it is not awaited, and should not warn of that
        if isawaitable(made):
            raise InvalidInput(f"{self.name}: the function must not be async")
        return made

    def is_repeated(self, found: Versioned[object]) -> bool:
        """Whether an answer may only repeat what was sent: the value, at the version that is known
        for another one.
        """
        if found.version != self.sent or not self.is_ours(found):
            return False
        # A base that is only a number does not tell the value.
        tells = self.current is not self.base or self.knows_value
        return not (tells and self.current.version == self.sent and self.is_ours(self.current))

    def is_ours(self, found: Versioned[object]) -> bool:
        return exact(*self._compared(found))

    def could_be_ours(self, found: Versioned[object]) -> bool:
        return tolerant(*self._compared(found))

    def _compared(self, found: Versioned[object]) -> tuple[object, object]:
        comparable = self.attribute.comparable
        return comparable(self.attribute.as_read(self.mine)), comparable(found.value)

    def was_ignored(self, found: Versioned[object]) -> bool:
        """Whether the value found is the one that was there before the value was sent again."""
        return (self.times_ignored > 0 or self.in_doubt or self.lost) and found == self.current

    def compare(self, found: Versioned[object]) -> None:
        """Notes whether the value found is the one that was taken for somebody else's before."""
        before = self.assumed_theirs
        self.may_be_rewritten = self.plain and before is not None and before.value == found.value

    def note_doubt(self, found: Versioned[object]) -> None:
        """It may have been applied, or not: the next attempt starts from what was found."""
        self.in_doubt, self.lost, self.force_is_spent = True, False, True
        self.current = found

    def note_conflict(self, found: Versioned[object], *, proved: bool) -> None:
        """
        proved: whether a refusal of its one and only send proves that the value is another's.
        """
        self.lost = self.accepted = False
        if proved:
            self.assumed_theirs, self.assumed_in_a_row = None, 0
        else:
            self._assume_theirs(found)

    def _assume_theirs(self, found: Versioned[object]) -> None:
        self.assumed_theirs = found
        self.assumed_in_a_row = self.assumed_in_a_row + 1 if found.version == self.sent + 1 else 0
        self.may_be_rewritten = self.may_be_rewritten or (
            not self.plain and self.assumed_in_a_row >= _IN_A_ROW
        )

    def gives_up(self) -> bool:
        """Whether its strategy allows no further attempt."""
        if isinstance(self.strategy, Abort):
            return True
        attempts = (
            _ATTEMPTS_AFTER_FORCE if isinstance(self.strategy, Force) else self.strategy.attempts
        )
        return self.conflicts >= attempts
