"""What became of the drafts, as it is told at the end."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final, TextIO

import click
from attrs import define, field

from agilekit import Created, Refused, Unknown
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

    def tell(self, outcomes: Iterable[Outcome[object]]) -> None:
        for outcome in outcomes:
            kind = type(outcome).__name__.lower()
            self.counts[kind] += 1
            if not isinstance(outcome, Created):
                self._tell_failure(kind, outcome)
        if (more := self.failed - _SHOWN) > 0:
            where = self.failures.name if self.failures else "--failures FILE writes them all"
            click.echo(f"… and {more} more: {where}", err=True)

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
        line, reason = self.drafts.line(outcome.position), str(outcome.error)
        if self.failed <= _SHOWN:
            where = "no line any more" if line is None else f"line {line}"
            click.echo(f"{where}: {kind}: {one_line(reason)}", err=True)
        if self.failures is not None:
            row = {
                "line": line,
                "outcome": kind,
                "error": type(outcome.error).__name__,
                "reason": reason,
                "draft": _plain(outcome.draft),
            }
            self.failures.write(f"{json.dumps(row)}\n")


def _plain(draft: Mapping[str, object]) -> object:
    return draft if isinstance(draft, dict) else {"draft": repr(draft)}
