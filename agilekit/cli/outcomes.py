"""What commands say of the outcomes of a job: of one that ends, and of one in a journal."""

from __future__ import annotations

from typing import Final, cast, get_args

from agilekit.bulk import Outcome, OutcomeKind

__all__ = ["FAILURES", "OUTCOME_KINDS", "SHOWN_FAILURES", "kind_of", "more_failures"]

OUTCOME_KINDS: Final[tuple[OutcomeKind, ...]] = get_args(OutcomeKind)
FAILURES: Final[tuple[OutcomeKind, ...]] = ("refused", "unknown")
SHOWN_FAILURES: Final = 20
"""How many failures are printed; ``--failures`` writes them all."""


def kind_of(outcome: Outcome[object]) -> OutcomeKind:
    return cast("OutcomeKind", type(outcome).__name__.lower())


def more_failures(count: int, file: object) -> str:
    """What stands in the place of the failures that are not printed.

    file: where all of them are; None if they are not written.
    """
    return f"… and {count} more: {file or '--failures FILE writes them all'}"
