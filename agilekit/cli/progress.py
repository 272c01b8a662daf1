"""Progress: something that moves where there is a terminal, plain lines where there is none."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from agilekit.cli.text import one_line
from agilekit.export import Progress

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["bar", "exporting"]


@contextmanager
def bar(console: Console, label: str, total: int) -> Generator[Callable[[int], None], None, None]:
    """Shows a bar, in a terminal alone. What it gives is called with the steps just made."""
    if not console.is_terminal:
        yield lambda _steps: None
        return
    from rich import progress as shown

    columns = shown.TextColumn("   {task.description}"), shown.BarColumn()
    with shown.Progress(
        *columns,
        shown.MofNCompleteColumn(),
        shown.TimeElapsedColumn(),
        console=console,
        transient=True,
    ) as progress:
        task = progress.add_task(label, total=total)
        yield lambda steps: progress.advance(task, steps)


@contextmanager
def exporting(*, quiet: bool) -> Generator[Callable[[Progress], None], None, None]:
    """Shows on standard error how far an export is."""
    if quiet:
        yield lambda _progress: None
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, highlight=False, markup=False)
    if console.is_terminal:
        with console.status("") as status:
            yield lambda progress: status.update(Text(_line(progress)))
        return
    steps: dict[str, str] = {}

    def show(progress: Progress) -> None:
        if steps.get(progress.project_id) != progress.step:
            steps[progress.project_id] = progress.step
            console.print(_line(progress), soft_wrap=True)

    yield show


def _line(progress: Progress) -> str:
    name = progress.title or progress.project_id
    return one_line(f"{name}: {progress.step}, {progress.rows} rows")
