"""Runs the job: shows how far it is, stops it at a signal, and tells at the end what to do."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from threading import Event
from typing import Final, TypeAlias

import click

from agilekit import AgilekitError, AnyReport, BulkInterrupted, BulkProgress, Options
from agilekit.bulk import BulkOptions
from agilekit.cli.create.output import Tally
from agilekit.cli.create.progress import job_progress
from agilekit.cli.event_loop import run
from agilekit.cli.signals import Interrupted, interruptible, reported
from agilekit.cli.terminal import one_line

__all__ = ["SOME_FAILED", "Job", "run_job"]

SOME_FAILED: Final = 1  # the exit code
_SOME_UNKNOWN: Final = 3

Job: TypeAlias = Callable[[Options, BulkOptions], Awaitable[AnyReport]]
"""Creates the drafts."""


def run_job(
    job: Job, options: Options, bulk: BulkOptions, kind: str, tally: Tally, *, quiet: bool
) -> None:
    """Runs the job to its end; ends the process unless every draft was created.

    kind: what is created, in the plural.
    """
    stop, last = Event(), BulkProgress()
    failure: BaseException | None = None
    with job_progress(kind, len(tally.drafts), quiet=quiet) as show:

        def on_progress(progress: BulkProgress) -> None:
            nonlocal last
            last = progress
            show(progress)

        bulk["on_progress"], bulk["stop"] = on_progress, stop
        try:
            report: AnyReport | None = run(lambda: job(options, bulk), stop=stop.set)
        except BulkInterrupted as error:
            # Its report holds what was created before; that is printed first, then the failure.
            report, failure = error.report, error.__cause__
        except Interrupted:
            report = None
    # A job that a signal met at its very end may still have come to it.
    if report is None or (stop.is_set() and report.stopped):
        _print_interruption(bulk, kind, last.created, len(tally.drafts))
        raise reported()
    with interruptible():
        tally.print_failures(report)
        tally.print_duplicates(report.possible_duplicates)
    if not quiet:
        tally.print_counts(kind)
    # A journal may hold more drafts than are left in the file.
    left = max(0, len(tally.drafts) - tally.counts.total())
    if isinstance(failure, AgilekitError):
        raise failure
    if failure is not None:
        raise click.ClickException(one_line(str(failure)))
    _print_advice(bulk, report, tally, left, quiet=quiet)
    # What is unknown outweighs what failed: only a look at the service tells what to do about it.
    if tally.counts["unknown"] or report.possible_duplicates or _is_unsettled(report):
        sys.exit(_SOME_UNKNOWN)
    if tally.failed or (report.stopped and left):
        sys.exit(SOME_FAILED)


def _is_unsettled(report: AnyReport) -> bool:
    """Whether something was sent twice, and the look for what came of that failed."""
    return report.reason is not None and not report.stopped


def _print_advice(
    bulk: BulkOptions, report: AnyReport, tally: Tally, left: int, *, quiet: bool
) -> None:
    """What to do about the drafts that were not created."""
    has_journal = bulk.get("journal") is not None
    if report.stopped and bulk.get("on_error") != "stop":
        why = one_line(f"Stopped: {report.reason}; {left} drafts were not tried.")
        click.echo(f"{why} The same command continues." if has_journal else why, err=True)
        return
    if _is_unsettled(report):
        why = one_line(f"Nothing tells whether anything is there twice: {report.reason}")
        click.echo(why, err=True)
    if quiet:
        return
    if report.stopped and left:
        click.echo(f"Stopped at an error; {left} drafts were not tried.")
    if tally.counts["refused"] and has_journal:
        click.echo("Correct what was refused and repeat the command: nothing is created twice.")
    if tally.counts["unknown"]:
        click.echo("Look for what is unknown before you create it again.")


def _print_interruption(bulk: BulkOptions, kind: str, created: int, total: int) -> None:
    done = f"Interrupted: {created:,} of {total:,} {kind} were created."
    if bulk.get("journal") is None:
        done = f"{done} Without a journal the same command would begin again."
    else:
        done = f"{done} The same command continues: nothing is created twice."
    click.echo(f"\n{done}", err=True)
