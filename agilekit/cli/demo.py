"""``agilekit demo``: runs the programs of `agilekit.demo`, and shows what they print."""

from __future__ import annotations

import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager, nullcontext, redirect_stdout
from importlib.util import find_spec
from io import TextIOBase
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory, mkdtemp
from time import perf_counter
from typing import TYPE_CHECKING, Final

import click

import agilekit.demo
from agilekit.cli.event_loop import run
from agilekit.cli.options import Choice
from agilekit.cli.terminal import one_line, print_table, printable
from agilekit.demo.checks import CheckFailed
from agilekit.demo.scenes import SCENES, Scene
from agilekit.demo.stage import Counts, Stage
from agilekit.sandbox import Sandbox

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["demo"]

_INDENT: Final = "   "
_NEXT: Final = """
To try next:
  agilekit sandbox         serve these projects, for your own programs to try
  agilekit create --help   make cards of a CSV file, each exactly once
  agilekit export --help   save everything in your projects
  agilekit report --help   draw such a page of your own projects\
"""


def _backend(_context: click.Context, _option: click.Parameter, value: str) -> str:
    if find_spec(value) is None:
        raise click.BadParameter(f"{value} is not installed: pip install 'agilekit[{value}]'")
    return value


def _folder(_context: click.Context, _option: click.Parameter, value: Path | None) -> Path | None:
    if value is None:
        return None
    try:
        value.mkdir(parents=True, exist_ok=True)
        empty = not any(value.iterdir())
    except OSError as error:
        raise click.BadParameter(f"{value}: {error.strerror}") from error
    if not empty:
        raise click.BadParameter(f"{value} is not empty")
    return value


@click.command
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    callback=_folder,
    help="Keep the exported files in this folder, which must be new or empty.",
)
@click.option(
    "--backend",
    type=Choice(["asyncio", "trio"]),
    default="asyncio",
    show_default=True,
    callback=_backend,
    help="The event loop to run on.",
)
@click.option(
    "--seed",
    type=int,
    metavar="N",
    default=0,
    show_default=True,
    help="Draw another sequence of faults.",
)
def demo(keep: Path | None, backend: str, seed: int) -> None:
    """See in a few seconds what the library does.

    Starts fakes of the four services on this machine, and runs small programs against them. In
    Flying Donut they create 500 cards, let 20 editors change one card at once while requests fail
    and edits conflict, and export everything. In Kanban Tool they read an archive that changes
    meanwhile, in easyBacklog they complete a sprint and duplicate a backlog, in flow they follow a
    task to Done. At the end there is a page of charts. They check that nothing was lost and nothing
    was made twice. Needs no account and no network.

    The exit code is 1 if a check fails.
    """
    from rich.console import Console

    # The programs' own prints are caught, so what shows them has to know where they go.
    console = Console(file=sys.stdout, highlight=False, markup=False)
    with TemporaryDirectory(prefix="agilekit-demo-") as temporary:
        folder = keep or Path(temporary)
        failed = run(lambda: _play(console, folder, seed), backend=backend)
        page = None if failed else _kept_page(folder / "report.html", keep)
    for line in failed:
        click.echo(f"Error: {one_line(line)}", err=True)
    if failed:
        if keep is not None:
            console.print(f"The exported files: {keep}", soft_wrap=True)
        sys.exit(1)
    console.print()
    console.print("Every check passed: nothing was lost, nothing was made twice.", style="green")
    _print_next_steps(console, page, keep)


async def _play(console: Console, folder: Path, seed: int) -> list[str]:
    """Plays all scenes, and returns what the checks found wrong."""
    failed: list[str] = []
    counts: dict[str, Counts] = {}
    began = perf_counter()
    empty, filled = Sandbox("empty"), Sandbox("demo")
    async with empty.serve() as one, filled.serve() as other:
        console.print(f"Four fake services are listening at {one.url}, in this process.")
        stages = {
            "empty": Stage(empty, one.url, folder, seed, counts),
            "demo": Stage(filled, other.url, folder, seed, counts),
        }
        for number, scene in enumerate(SCENES, 1):
            console.print(f"\n{number}. {scene.service}: {scene.title}", soft_wrap=True)
            if scene.about:
                _print_indented(console, scene.about)
            try:
                with _shown(console, scene):
                    await scene.run(stages[scene.sandbox])
            except CheckFailed as error:
                failed.append(f"{scene.service}: {error}")
    _print_counts(counts, perf_counter() - began)
    return failed


@contextmanager
def _shown(console: Console, scene: Scene) -> Generator[None, None, None]:
    """Shows what is printed inside, and in a terminal that something is under way."""
    status = console.status(scene.title) if console.is_terminal else nullcontext()
    with status, redirect_stdout(_Lines(console)):
        yield


class _Lines(TextIOBase):
    """Shows each line that is written to it, indented."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._begun = ""

    def write(self, text: str) -> int:
        *lines, self._begun = f"{self._begun}{text}".split("\n")
        for line in lines:
            _print_indented(self._console, line)
        return len(text)

    def fileno(self) -> int:
        # The console asks for it if nobody reads any longer, as with ``agilekit demo | head``.
        return self._console.file.fileno()


def _print_indented(console: Console, text: str) -> None:
    for line in text.split("\n"):
        console.print(f"{_INDENT}{printable(line)}", soft_wrap=True)


def _print_counts(counts: Mapping[str, Counts], seconds: float) -> None:
    """On standard error: they depend on the machine, and what the programs print does not."""
    header = (
        f"In {seconds:.1f} s",
        "requests",
        "sent again",
        "version conflicts",
        "unknown outcomes",
    )
    click.echo(err=True)
    print_table(
        header,
        *(
            (service, *map(str, (one.requests, one.retries, one.conflicts, one.unknown)))
            for service, one in counts.items()
        ),
        stderr=True,
    )
    click.echo(err=True)


def _kept_page(page: Path, keep: Path | None) -> Path | None:
    """The page where it stays; None if there is none."""
    if keep is None and page.exists():
        return Path(copy(page, mkdtemp(prefix="agilekit-report-")))
    return page if page.exists() else None


def _print_next_steps(console: Console, page: Path | None, keep: Path | None) -> None:
    places = {
        "The report page": page,
        "The exported files": keep,
        "The programs, to read and to copy": Path(agilekit.demo.__file__).parent,
    }
    for name, place in places.items():
        if place:
            console.print(f"{name}: {place}", soft_wrap=True)
    console.print(_NEXT, soft_wrap=True)
