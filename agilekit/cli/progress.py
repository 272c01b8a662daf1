"""Progress: something that moves where there is a terminal, plain lines where there is none."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["bar"]


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
