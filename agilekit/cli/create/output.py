"""What became of the drafts, as it is printed at the end."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TextIO

import click
from attrs import define, field

from agilekit import Created, PossibleDuplicate, Refused, Unknown
from agilekit.bulk import Outcome
from agilekit.cli.create.drafts_file import DraftsFile
from agilekit.cli.outcomes import FAILURES, OUTCOME_KINDS, SHOWN_FAILURES, kind_of, more_failures
from agilekit.cli.terminal import one_line, print_table

__all__ = ["Tally"]


@define
class Tally:
    """Counts outcomes, and prints each that is not a success, by the line of its draft."""

    drafts: DraftsFile
    failures: TextIO | None
    """Where all of these are written, as JSON Lines; only the first are printed."""
    counts: Counter[str] = field(factory=Counter[str])
    unstored: int = 0
    """How many were created, but not stored as they were sent."""

    def print_failures(self, outcomes: Iterable[Outcome[object]]) -> None:
        """Counts the outcomes, and prints those that are not a success."""
        for outcome in outcomes:
            kind = kind_of(outcome)
            self.counts[kind] += 1
            if not isinstance(outcome, Created):
                self._print_failure(kind, outcome)
            elif outcome.unstored:
                self._print_unstored(outcome.position, outcome.unstored)
        if (more := self.failed - SHOWN_FAILURES) > 0:
            where = self.failures.name if self.failures else None
            click.echo(more_failures(more, where), err=True)

    def print_duplicates(self, found: Iterable[PossibleDuplicate]) -> None:
        for one in found:
            where = self._where(one.position)
            click.echo(f"{where}: may be there twice: item {one_line(one.item_id)}", err=True)

    def print_counts(self, kind: str) -> None:
        numbers = [f"{self.counts[one]:,}" for one in OUTCOME_KINDS]
        print_table(("", *OUTCOME_KINDS), (kind, *numbers))

    @property
    def failed(self) -> int:
        return sum(self.counts[kind] for kind in FAILURES)

    def _print_failure(self, kind: str, outcome: Refused | Unknown) -> None:
        reason = str(outcome.error)
        if self.failed <= SHOWN_FAILURES:
            click.echo(f"{self._where(outcome.position)}: {kind}: {one_line(reason)}", err=True)
        if self.failures is not None:
            row = {
                "line": self.drafts.line(outcome.position),
                "outcome": kind,
                "error": type(outcome.error).__name__,
                "reason": reason,
                "draft": _plain(outcome.draft),
            }
            self.failures.write(f"{json.dumps(row)}\n")

    def _print_unstored(self, position: int, fields: Sequence[str]) -> None:
        self.unstored += 1
        if self.unstored <= SHOWN_FAILURES:
            what = one_line(", ".join(fields))
            click.echo(
                f"{self._where(position)}: created, but not stored as sent: {what}", err=True
            )

    def _where(self, position: int) -> str:
        line = self.drafts.line(position)
        return "no line any more" if line is None else f"line {line}"


def _plain(draft: Mapping[str, object]) -> object:
    return draft if isinstance(draft, dict) else {"draft": repr(draft)}
