"""How far a job is: a bar where there is a terminal, ten lines where there is none."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from agilekit import BulkProgress

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["creating"]


@contextmanager
def creating(
    what: str, total: int, *, quiet: bool
) -> Generator[Callable[[BulkProgress], None], None, None]:
    """Shows on standard error how many of the drafts have an outcome."""
    if quiet or not total:
        yield lambda _progress: None
        return
    from rich.console import Console

    console = Console(stderr=True, highlight=False, markup=False)
    if console.is_terminal:
        with _bar(console, what, total) as show:
            yield show
        return
    tenths = 0

    def show_tenth(progress: BulkProgress) -> None:
        nonlocal tenths
        if (reached := 10 * _done(progress) // total) > tenths:
            tenths = reached
            line = f"{_done(progress)} of {total} {what}{_troubles(progress)}"
            console.print(line, soft_wrap=True)

    yield show_tenth


@contextmanager
def _bar(
    console: Console, what: str, total: int
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
        task = progress.add_task(what, total=total, troubles="")
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
