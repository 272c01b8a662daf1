"""What became of the drafts, as it is told at the end."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TextIO

import click
from attrs import define, field

from agilekit import Created, PossibleDuplicate, Refused, Unknown
from agilekit.bulk import Outcome
from agilekit.cli.create.reading import Input
from agilekit.cli.text import one_line

__all__ = ["Tally"]

_SHOWN: Final = 20
_KINDS: Final = ("created", "refused", "unknown")


@define
class Tally:
    """Counts outcomes, and tells of those that are no success."""

    drafts: Input
    failures: TextIO | None
    """Where all of them are written, as JSON Lines."""
    counts: Counter[str] = field(factory=Counter[str])
    unstored: int = 0
    """How many were created, but not stored as they were sent."""

    def tell(self, outcomes: Iterable[Outcome[object]]) -> None:
        for outcome in outcomes:
            kind = type(outcome).__name__.lower()
            self.counts[kind] += 1
            if not isinstance(outcome, Created):
                self._tell_failure(kind, outcome)
            elif outcome.unstored:
                self._tell_unstored(outcome.position, outcome.unstored)
        if (more := self.failed - _SHOWN) > 0:
            where = self.failures.name if self.failures else "--failures FILE writes them all"
            click.echo(f"… and {more} more: {where}", err=True)

    def tell_duplicates(self, found: Iterable[PossibleDuplicate]) -> None:
        for one in found:
            where = self._where(one.position)
            click.echo(f"{where}: may be there twice: item {one_line(one.item_id)}", err=True)

    def print_table(self, what: str) -> None:
        from rich.console import Console
        from rich.table import Table

        table = Table(box=None, padding=(0, 3, 0, 0))
        table.add_column()
        for kind in _KINDS:
            table.add_column(kind, justify="right")
        table.add_row(what, *(f"{self.counts[kind]:,}" for kind in _KINDS))
        Console(highlight=False, markup=False).print(table)

    @property
    def failed(self) -> int:
        return self.counts["refused"] + self.counts["unknown"]

    def _tell_failure(self, kind: str, outcome: Refused | Unknown) -> None:
        reason = str(outcome.error)
        if self.failed <= _SHOWN:
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

    def _tell_unstored(self, position: int, fields: Sequence[str]) -> None:
        self.unstored += 1
        if self.unstored <= _SHOWN:
            what = one_line(", ".join(fields))
            click.echo(
                f"{self._where(position)}: created, but not stored as sent: {what}", err=True
            )

    def _where(self, position: int) -> str:
        line = self.drafts.line(position)
        return "no line any more" if line is None else f"line {line}"


def _plain(draft: Mapping[str, object]) -> object:
    return draft if isinstance(draft, dict) else {"draft": repr(draft)}
