"""``agilekit journal``: what the journal of a job holds, read without the job."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TypeAlias

import click

from agilekit import Created, Refused, Unknown
from agilekit.bulk import Outcome
from agilekit.bulk.journal import Snapshot
from agilekit.bulk.journal.outcomes import JournalOutcomes
from agilekit.cli.options import json_flag
from agilekit.cli.outcomes import (
    FAILURES,
    OUTCOME_KINDS,
    SHOWN_FAILURES,
    kind_of,
    more_failures,
)
from agilekit.cli.output_file import check_not_overwritten, written
from agilekit.cli.terminal import console_of, one_line, to_json
from agilekit.wire.json import JSON

__all__ = ["journal"]

_Outcomes: TypeAlias = JournalOutcomes[JSON]


@click.group
def journal() -> None:
    """Look into the journal of a bulk job."""


@journal.command(short_help="Show what became of its drafts.")
@click.argument("file", type=click.Path())
@json_flag
@click.option(
    "--failures",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write every draft that was refused or is unknown to this file, as JSON Lines.",
)
@click.option(
    "--outcomes",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write every draft, with its item or its error, to this file, as JSON Lines.",
)
def show(file: str, in_json: bool, failures: Path | None, outcomes: Path | None) -> None:
    """Show what became of the drafts in FILE, the journal of a job.

    The job does not go on, nothing is sent, and FILE stays as it is. The job may be running: what
    is under way counts as unknown. Drafts are counted from 0.

    Exit codes: 0 the journal was read, 1 it cannot be read, 2 the command was wrong.
    """
    check_not_overwritten("--failures", failures, file)
    check_not_overwritten("--outcomes", outcomes, file, failures)
    snapshot = Snapshot.open(file)
    found: _Outcomes = JournalOutcomes(snapshot, lambda data: data)
    if in_json:
        click.echo(to_json(_summary(snapshot, found)))
    else:
        _print(snapshot, found, failures)
    if failures is not None:
        _write("--failures", failures, _failed(found))
    if outcomes is not None:
        _write("--outcomes", outcomes, found.read())


def _failed(found: _Outcomes) -> Iterator[Refused | Unknown]:
    for kind in FAILURES:
        for outcome in found.read(kind):
            if not isinstance(outcome, Created):
                yield outcome


def _summary(snapshot: Snapshot, found: _Outcomes) -> dict[str, object]:
    sent_at = _time(snapshot)
    return {
        "journal": snapshot.path,
        "container": dict(snapshot.contents.container),
        "sent_at": None if sent_at is None else sent_at.isoformat(timespec="seconds"),
        **{kind: found.count(kind) for kind in OUTCOME_KINDS},
        "possible_duplicates": [
            {"position": one.position, "item_id": one.item_id}
            for one in found.possible_duplicates()
        ],
    }


def _print(snapshot: Snapshot, found: _Outcomes, failures: Path | None) -> None:
    from rich.table import Table

    about = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    about.add_column(no_wrap=True)
    about.add_column(overflow="fold")
    labels = {"at": "server", "into": "container"}
    for name, value in snapshot.contents.container.items():
        about.add_row(labels.get(name, name), one_line(str(value)))
    sent_at = _time(snapshot)
    about.add_row("last sent", f"{sent_at:%Y-%m-%d %H:%M:%S %Z}" if sent_at else "never")
    counts = Table(box=None, padding=(0, 3, 0, 0))
    for kind in OUTCOME_KINDS:
        counts.add_column(kind, justify="right")
    counts.add_row(*(f"{found.count(kind):,}" for kind in OUTCOME_KINDS))
    console = console_of()
    for part in (about, "", counts):
        console.print(part)
    _print_failures(found, failures)
    for one in found.possible_duplicates():
        click.echo(f"draft {one.position}: possible duplicate: item {one_line(one.item_id)}")


def _print_failures(found: _Outcomes, failures: Path | None) -> None:
    total = sum(found.count(kind) for kind in FAILURES)
    if total:
        click.echo()
    for outcome in islice(_failed(found), SHOWN_FAILURES):
        click.echo(f"draft {outcome.position}: {kind_of(outcome)}: {one_line(str(outcome.error))}")
    if (more := total - SHOWN_FAILURES) > 0:
        click.echo(more_failures(more, failures))


def _time(snapshot: Snapshot) -> datetime | None:
    """When the last request was sent, in this machine's time zone; None if none was, or if the time
    is out of range.
    """
    sent_at = snapshot.contents.sent_at
    if sent_at is not None:
        with suppress(ValueError, OverflowError, OSError):
            return datetime.fromtimestamp(sent_at, UTC).astimezone()
    return None


def _write(option: str, path: Path, found: Iterator[Outcome[JSON]]) -> None:
    with written(option, path) as file:
        for outcome in found:
            file.write(f"{json.dumps(_row(outcome))}\n")


def _row(outcome: Outcome[JSON]) -> dict[str, object]:
    row: dict[str, object] = {
        "position": outcome.position,
        "outcome": kind_of(outcome),
    }
    if isinstance(outcome, Created):
        row |= {"item": outcome.item, "unstored": outcome.unstored}
    else:
        row |= {"error": type(outcome.error).__name__, "reason": str(outcome.error)}
    return {**row, "draft": outcome.draft}
