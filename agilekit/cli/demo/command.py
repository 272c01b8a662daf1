"""The command: its options, the order of the acts, and what is told at the end."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

import click

from agilekit.cli.choices import Choice
from agilekit.cli.demo import easybacklog, flow, flyingdonut, kanbantool
from agilekit.cli.demo.witness import Witness
from agilekit.cli.running import run
from agilekit.cli.text import one_line
from agilekit.sandbox import Sandbox

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["demo"]


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

    Starts fakes of the four services on this machine. In Flying Donut it creates 500 cards, lets 20
    editors change one card at once while requests fail and edits conflict, and exports everything.
    In Kanban Tool it reads an archive that changes meanwhile, in easyBacklog it completes a sprint
    and duplicates a backlog, in flow it follows a task to Done. It checks that nothing was lost and
    nothing was made twice. Needs no account and no network.

    The exit code is 1 if a check fails.
    """
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    with TemporaryDirectory(prefix="agilekit-demo-") as temporary:
        witnesses = run(lambda: _play(console, keep or Path(temporary), seed), backend=backend)
    if keep:
        console.print(f"The exported files are in {keep}.", soft_wrap=True)
    wrong = [f"{one.service}: {line}" for one in witnesses for line in one.wrong]
    for line in wrong:
        click.echo(f"Error: {one_line(line)}", err=True)
    if wrong:
        sys.exit(1)
    console.print("Every check passed: nothing was lost, nothing was made twice.", style="green")


async def _play(console: Console, folder: Path, seed: int) -> Sequence[Witness]:
    """Plays all acts, and returns what was seen of each service."""
    names = ("Flying Donut", "Kanban Tool", "easyBacklog", "flow")
    donut, kanban, easy, board = witnesses = [Witness(name, console) for name in names]
    began = perf_counter()
    sandbox = Sandbox("empty")
    async with sandbox.serve() as server:
        donut.say(f"Four fake services are listening at {server.url}, in this process.")
        await flyingdonut.play(sandbox, server.url, donut, folder, seed)
        await kanbantool.play(sandbox, server.url, kanban)
        await easybacklog.play(sandbox, server.url, easy)
        await flow.play(sandbox, server.url, board)
    _print_table(console, witnesses, perf_counter() - began)
    return witnesses


def _print_table(console: Console, witnesses: Sequence[Witness], seconds: float) -> None:
    from rich.table import Table

    table = Table(box=None, padding=(0, 3, 0, 0))
    table.add_column()
    table.add_column(f"In {seconds:.1f} s")
    for name in ("requests", "retries", "checks passed"):
        table.add_column(name, justify="right")
    for one in witnesses:
        passed = f"{one.checks - len(one.wrong)} of {one.checks}"
        table.add_row("", one.service, str(one.requests), str(one.retries), passed)
    console.print("", table, "", sep="\n")
