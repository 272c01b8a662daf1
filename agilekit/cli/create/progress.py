"""How far a job is: a bar in a terminal, ten lines elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from agilekit import BulkProgress
from agilekit.cli.terminal import console_of

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["job_progress"]


@contextmanager
def job_progress(
    kind: str, total: int, *, quiet: bool
) -> Generator[Callable[[BulkProgress], None], None, None]:
    """Shows on standard error how many of the drafts have an outcome.

    Gives the ``on_progress`` of the job.
    """
    if quiet or not total:
        yield lambda _progress: None
        return
    console = console_of(stderr=True)
    if console.is_terminal:
        with _bar(console, kind, total) as show:
            yield show
        return
    tenths = 0

    def show_tenth(progress: BulkProgress) -> None:
        nonlocal tenths
        if (reached := 10 * _done(progress) // total) > tenths:
            tenths = reached
            line = f"{_done(progress)} of {total} {kind}{_troubles(progress)}"
            console.print(line, soft_wrap=True)

    yield show_tenth


@contextmanager
def _bar(
    console: Console, kind: str, total: int
) -> Generator[Callable[[BulkProgress], None], None, None]:
    from rich import progress as shown

    columns = shown.TextColumn("{task.description}"), shown.BarColumn(20)
    with shown.Progress(
        *columns,
        shown.MofNCompleteColumn(),
        shown.TimeRemainingColumn(),
        shown.TextColumn("{task.fields[troubles]}"),
        console=console,
        transient=True,
    ) as progress:
        task = progress.add_task(kind, total=total, troubles="")
        yield lambda now: progress.update(task, completed=_done(now), troubles=_troubles(now))


def _done(progress: BulkProgress) -> int:
    return progress.created + progress.refused + progress.unknown


def _troubles(progress: BulkProgress) -> str:
    counts = {
        "refused": progress.refused,
        "unknown": progress.unknown,
        "being looked for": progress.unsettled,
    }
    return "".join(f", {count} {name}" for name, count in counts.items() if count)
