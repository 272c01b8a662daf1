"""How far an export is: bars in a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from agilekit.cli.terminal import console_of, one_line
from agilekit.export import Progress
from agilekit.export.report import run_of

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["export_progress"]

_ENDS: Final = ("done", "skipped", "failed")


@contextmanager
def export_progress(*, quiet: bool) -> Generator[Callable[[Progress], None], None, None]:
    """Shows on standard error how far an export is. Gives the ``on_progress`` of `export`."""
    if quiet:
        yield lambda _progress: None
        return
    console = console_of(stderr=True)
    if console.is_terminal:
        with _bars(console) as show:
            yield _continuing(console, show)
    else:
        yield _continuing(console, _lines(console))


def _continuing(console: Console, show: Callable[[Progress], None]) -> Callable[[Progress], None]:
    """Says first which run is continued, if one is."""
    is_said = False

    def show_all(progress: Progress) -> None:
        nonlocal is_said
        if progress.continued and not is_said:
            is_said = True
            console.print(f"Continuing {run_of(progress.continued)}.", soft_wrap=True)
        show(progress)

    return show_all


@contextmanager
def _bars(console: Console) -> Generator[Callable[[Progress], None], None, None]:
    from rich import progress as shown
    from rich.text import Text

    columns = (
        shown.TextColumn("{task.description}", markup=False),
        shown.BarColumn(bar_width=24),
        shown.TextColumn("{task.fields[count]}", markup=False),
        shown.TextColumn("{task.fields[rate]}", markup=False),
        shown.TimeRemainingColumn(),
    )
    rows = Counter[tuple[str, str | None]]()
    ended = set[tuple[str, str | None]]()
    with shown.Progress(*columns, console=console, transient=True) as bars:
        projects = bars.add_task("projects", total=None, count="", rate="")
        entities = bars.add_task("rows", total=None, count="", rate="")

        def show(progress: Progress) -> None:
            one = progress.connection, progress.project_id
            rows[one] = max(rows[one], progress.rows)
            if progress.step in _ENDS:
                ended.add(one)
            total, speed = (
                rows.total(),
                bars.tasks[entities].finished_speed or bars.tasks[entities].speed,
            )
            bars.update(
                projects,
                total=progress.projects or None,
                completed=len(ended),
                count=f"{len(ended)}/{progress.projects}",
            )
            bars.update(
                entities,
                completed=total,
                count=f"{total:,}",
                rate=f"{speed:,.0f}/s" if speed else "",
            )
            if progress.step == "failed":
                bars.console.print(Text(_line(progress)), soft_wrap=True)

        yield show


def _lines(console: Console) -> Callable[[Progress], None]:
    steps: dict[tuple[str, str | None], str] = {}

    def show(progress: Progress) -> None:
        one = progress.connection, progress.project_id
        if steps.get(one) != progress.step and progress.step != "finding":
            steps[one] = progress.step
            console.print(_line(progress), soft_wrap=True)

    return show


def _line(progress: Progress) -> str:
    name = progress.title or progress.project_id
    named = f"{progress.connection}: {name}" if name else progress.connection
    rows = f", {progress.rows} rows" if progress.rows else ""
    return one_line(f"{named}: {progress.step}{rows}")
