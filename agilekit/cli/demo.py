"""``agilekit demo``: the three things that the library is for, against a sandbox that fails."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, closing
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Final

import anyio
import click
from attrs import define, field

from agilekit import Attempt, Conflict, Event, FlyingDonut, Reapply, UnknownOutcome
from agilekit.cli.progress import bar
from agilekit.cli.running import run
from agilekit.export import export
from agilekit.flyingdonut import Card, CardDraft
from agilekit.sandbox import Faults, Sandbox

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["demo"]

_CARDS: Final = 500
_CLIENTS: Final = 4
_EDITORS: Final = 20
_CHANGES: Final = 5
_WANTED: Final = _CHANGES * sum(range(1, _EDITORS + 1))
_EDIT: Final = f"""
2. Let {_EDITORS} editors add to the estimate of one card, {_CHANGES} times each
   From here each request takes 5 ms; 5 % are answered 429 with Retry-After,
   3 % are answered 502, and 3 % lose their connection before anything is done.
   The editors share {_CLIENTS} clients that know nothing of each other, so versions
   conflict, too."""
_SETTLE: Final = """\
   An outcome is unknown where a reply was lost and, when the edit was sent
   again, somebody else had changed the card. The edit may be inside their
   value, so it is not guessed. Now the faults are off, and the sum tells that
   none of them was made. They are made again."""


def _faults(seed: int) -> Faults:
    return Faults(
        latency=0.005,
        rate_limited=0.05,
        retry_after=0.05,
        bad_gateway=0.03,
        drop_before=0.03,
        seed=seed,
    )


def _backend(_context: click.Context, _option: click.Parameter, value: str) -> str:
    if find_spec(value) is None:
        raise click.BadParameter(f"{value} is not installed: pip install {value}")
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
    type=click.Choice(["asyncio", "trio"]),
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

    Starts a fake Flying Donut on this machine, creates 500 cards in it, lets 20 editors change one
    card at once while requests fail and edits conflict, exports everything, and checks that nothing
    was lost and nothing was made twice. Needs no account and no network.

    The exit code is 1 if a check fails.
    """
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    with TemporaryDirectory(prefix="agilekit-demo-") as temporary:
        scene = _Demo(console, keep or Path(temporary), seed)
        wrong = run(scene.run, backend=backend)
    if keep:
        console.print(f"The exported files are in {keep}.", soft_wrap=True)
    for line in wrong:
        click.echo(f"Error: {line}", err=True)
    if wrong:
        sys.exit(1)
    console.print("Every check passed: nothing was lost, nothing was made twice.", style="green")


@define
class _Demo:
    """One run: what it was told, and what came of it."""

    console: Console
    folder: Path
    seed: int
    requests: int = 0
    retries: int = 0
    conflicts: int = 0
    confirmed: int = 0
    """The sum of the edits that the library says were made."""
    unknown: list[int] = field(factory=list[int])
    """The edits of which it says that nobody knows."""
    wrong: list[str] = field(factory=list[str])
    """The checks that failed."""

    async def run(self) -> list[str]:
        """Does it all, and returns the checks that failed."""
        began = perf_counter()
        sandbox = Sandbox("empty")
        async with sandbox.serve() as server, AsyncExitStack() as stack:
            self.say(f"A fake Flying Donut is listening at {server.url}, in this process.")
            clients = [
                await stack.enter_async_context(self.client(sandbox, server.url))
                for _ in range(_CLIENTS)
            ]
            cards = await self.create(clients[0])
            sandbox.faults = _faults(self.seed)
            await self.edit(clients, cards[0])
            sandbox.faults = Faults()
            found = await self.settle(clients[0], cards[0])
            rows = await self.export(clients[0])
        self.table(
            {
                "Cards created": str(len(cards)),
                "Requests": str(self.requests),
                "Retries": str(self.retries),
                "Version conflicts": str(self.conflicts),
                "Unknown outcomes": str(len(self.unknown)),
                "Sum of the edits": f"{found:g}, expected {_WANTED}",
                "Rows exported": f"{rows} in each format",
                "Seconds": f"{perf_counter() - began:.1f}",
            }
        )
        return self.wrong

    def client(self, sandbox: Sandbox, url: str) -> FlyingDonut:
        donut = sandbox.flyingdonut
        return FlyingDonut(
            donut.project_id,
            secret=donut.secret,
            username=donut.username,
            base_url=f"{url}{donut.base_path}",
            on_event=self.see,
        )

    def see(self, event: Event) -> None:
        if isinstance(event, Attempt):
            self.requests += 1
            self.retries += event.number > 1
        elif isinstance(event, Conflict):
            self.conflicts += 1

    def say(self, text: str) -> None:
        self.console.print(text, soft_wrap=True)

    def check(self, what: str, found: float, expected: float) -> None:
        if found != expected:
            self.wrong.append(f"{what}: {found:g}, expected {expected:g}")

    async def create(self, donut: FlyingDonut) -> list[Card]:
        self.say(f"\n1. Create {_CARDS} cards, 10 a request")
        bucket = (await donut.buckets.all())[0]
        with bar(self.console, "cards", _CARDS) as step:
            report = await donut.cards.create_many(bucket, _drafts(step), batch_size=10)
        self.say(f"   {report}")
        self.check("cards created", len(report.created), _CARDS)
        self.check("cards found", len(await donut.cards.in_bucket(bucket)), _CARDS)
        return report.items

    async def edit(self, clients: Sequence[FlyingDonut], card: Card) -> None:
        self.say(_EDIT)

        async def editor(number: int, step: Callable[[int], None]) -> None:
            amount = number + 1
            for _ in range(_CHANGES):
                try:
                    await _add(clients[number % _CLIENTS], card, amount)
                except UnknownOutcome:
                    self.unknown.append(amount)
                else:
                    self.confirmed += amount
                step(1)

        with bar(self.console, "edits", _EDITORS * _CHANGES) as step:
            async with anyio.create_task_group() as editors:
                for number in range(_EDITORS):
                    editors.start_soon(editor, number, step)
        made = _EDITORS * _CHANGES - len(self.unknown)
        self.say(f"   {made} edits confirmed, {len(self.unknown)} of unknown outcome")

    async def settle(self, donut: FlyingDonut, card: Card) -> float:
        """Looks whether the edits of unknown outcome were made, and returns the sum in the end."""
        found = (await donut.cards.get(card)).estimate.value or 0
        self.say(f"   The confirmed edits add up to {self.confirmed}; the card says {found:g}.")
        self.check("sum of the confirmed edits", found, self.confirmed)
        if self.wrong or not self.unknown:
            return found
        self.say(_SETTLE)
        for amount in self.unknown:
            found = (await _add(donut, card, amount)).estimate.value or 0
        self.say(f"   All edits add up to {_WANTED}; the card says {found:g}.")
        self.check("sum of all edits", found, _WANTED)
        return found

    async def export(self, donut: FlyingDonut) -> int:
        """Exports in both formats, and returns how many rows each has."""
        self.say("\n3. Export everything, to SQLite and to JSON Lines")
        rows: list[int] = []
        for name, place, look in (
            ("SQLite", "demo.sqlite", _look_into_sqlite),
            ("JSON Lines", "demo", _look_into_json_lines),
        ):
            to = self.folder / place
            report = await export([donut], to=to)
            self.say(f"   {name}: {sum(report.rows.values())} rows in {report.seconds:.1f} s")
            self.wrong += [f"{failed.project_id}: {failed.error}" for failed in report.failed]
            cards, estimates = look(to)
            self.check(f"cards in {name}", cards, _CARDS)
            self.check(f"sum in {name}", estimates, _WANTED)
            rows.append(sum(report.rows.values()))
        self.check("rows in JSON Lines", rows[1], rows[0])
        return rows[0]

    def table(self, lines: Mapping[str, str]) -> None:
        from rich.table import Table

        table = Table.grid(padding=(0, 3))
        for line in lines.items():
            table.add_row("", *line)
        self.console.print("", table, "", sep="\n")


async def _add(donut: FlyingDonut, card: Card, amount: int) -> Card:
    return await donut.cards.update(
        card, estimate=lambda now: (now or 0) + amount, on_conflict=Reapply(attempts=100)
    )


def _drafts(step: Callable[[int], None]) -> Iterator[CardDraft]:
    for number in range(1, _CARDS + 1):
        yield {"title": f"Card {number}"}
        step(1)


def _look_into_sqlite(path: Path) -> tuple[int, float]:
    """How many cards there are, and the sum of their estimates."""
    with closing(sqlite3.connect(path)) as database:
        cards, estimates = database.execute("SELECT count(*), sum(estimate) FROM cards").fetchone()
    return cards, estimates


def _look_into_json_lines(folder: Path) -> tuple[int, float]:
    (path,) = folder.glob("flyingdonut-*/cards.jsonl")
    with path.open(encoding="utf-8") as lines:
        estimates = [json.loads(line)["estimate"] or 0 for line in lines]
    return len(estimates), sum(estimates)
