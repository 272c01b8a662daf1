"""What an update has come to, and the errors that say so.

An update that was not applied ends with one of three:

- the refusal of its request, as it is, if nothing is in doubt and no conflict is to blame;
- `VersionConflict` if every attribute that is left was certainly not applied;
- `UnknownOutcome` if any of them may have been.

The last two bear what is known of each attribute, as `conflicts` or `details`; each error bears
what was `applied`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final

from agilekit.errors import (
    AgilekitError,
    AnyVersioned,
    CallError,
    ConflictDetail,
    UnknownDetail,
    UnknownOutcome,
    VersionConflict,
)
from agilekit.events import Attempt
from agilekit.versioned.edit import Edit
from agilekit.versioned.strategies import Versioned

__all__ = ["EditOutcome"]

_MAY_BE_INSIDE: Final = "the change may be inside the value that was found, or not"


class EditOutcome:
    """What an update has come to so far."""

    def __init__(self, path: str, edits: Sequence[Edit]) -> None:
        self.applied: dict[str, Versioned[object]] = {}
        self.attempts: list[Attempt] = []
        self._path = path
        self._edits = edits

    @property
    def is_in_doubt(self) -> bool:
        """Whether any attribute may be applied without being known to be."""
        return any(edit.may_be_applied for edit in self._edits)

    def raise_conflict(self, edits: Sequence[Edit], *, reason: str | None = None) -> None:
        """Raises VersionConflict, or UnknownOutcome if any attribute may be applied.

        Without edits, nothing is raised.
        """
        if not edits:
            return
        if self.is_in_doubt:
            raise self.unknown()
        said = reason or f"changed by somebody else ({edits[0].conflicts or 1} times)"
        error = VersionConflict(
            f"{_named(edits)}: {said}",
            conflicts={
                edit.name: ConflictDetail[AnyVersioned](edit.base, edit.wanted, edit.current, said)
                for edit in edits
            },
            method="PUT",
            path=self._path,
            attempts=self.attempts,
        )
        raise error

    def unknown(
        self,
        edits: Sequence[Edit] = (),
        message: str = _MAY_BE_INSIDE,
        *,
        error: UnknownOutcome | None = None,
    ) -> UnknownOutcome:
        """The error for edits that were applied or not: these, and what was left in doubt before.

        error: the one that a write has ended with.
        """
        edits = [edit for edit in self._edits if edit in edits or edit.may_be_applied]
        error = error or UnknownOutcome(
            f"{_named(edits)}: {message}",
            method="PUT",
            path=self._path,
            attempts=self.attempts,
        )
        error.evidence = {e.name: e.found for e in edits if e.found.version is not None}
        error.details = {
            edit.name: UnknownDetail[AnyVersioned](edit.base, edit.mine, edit.sent, edit.found)
            for edit in edits
        }
        return error

    def failed(self, error: CallError) -> CallError:
        """The error of a request that was not applied, after others that may have been."""
        if self.is_in_doubt:
            unknown = self.unknown(message=f"an attempt may have been applied; then: {error}")
            unknown.__cause__ = error
            return unknown
        return error

    def mark(self, error: Exception) -> None:
        """Adds what was applied before an error, which may be the caller's own."""
        if self.applied or isinstance(error, AgilekitError):
            with suppress(AttributeError, TypeError):  # an exception with slots
                setattr(error, "applied", dict(self.applied))  # noqa: B010
        if self.applied:
            error.add_note(f"applied before: {', '.join(self.applied)}")
        if unsure := [edit for edit in self._edits if edit.may_be_applied]:
            error.add_note(f"may be applied, too: {_named(unsure)}")


def _named(edits: Iterable[Edit]) -> str:
    return ", ".join(edit.name for edit in edits)
