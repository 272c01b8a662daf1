"""One course of events, drawn from a seed: a job, a server, people; and the smallest that fails."""

from __future__ import annotations

import math
import random as chance
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import time
from typing import Any, Final, Literal, TypeAlias, TypeVar, cast
from unittest import mock

import anyio
from attrs import evolve, fields, frozen

from agilekit import BulkReport
from agilekit.bulk import BulkOptions, Draft
from agilekit.bulk.journal import store
from agilekit.flyingdonut import Card, CardDraft
from tests.bulk.unruly.claims import Job, complaints, false_alarms, said
from tests.bulk.unruly.manners import Manners
from tests.bulk.unruly.people import Act, People
from tests.bulk.unruly.rewrites import WAYS
from tests.bulk.unruly.server import BAD, UnrulyDonut
from tests.bulk.unruly.state import BUCKETS
from tests.virtual_time import in_virtual_time

__all__ = ["Found", "Scenario", "drafts_of", "draw", "play", "smallest"]

S = TypeVar("S", "Scenario", Manners)
T = TypeVar("T")
Texts: TypeAlias = Literal["plain", "numbered at the end", "rich"]

_LONGEST: Final = 24 * 3600.0  # seconds of virtual time


@frozen(kw_only=True)
class Scenario:
    """What happens."""

    manners: Manners = Manners()
    count: int = 30
    batch_size: int = 5
    concurrency: int = 4
    alike: int = 1
    """How many drafts that follow each other are the same."""
    texts: Texts = "plain"
    bad_every: int = 0
    """Every so many drafts one is refused; 0 is none."""
    jobs: Literal[1, 2] = 1
    """Two are of the same drafts, at once."""
    mark: bool = False
    crashes: int = 0
    crash_at: float = 0.5
    """After which part of the requests that the drafts need."""
    crash_wait: float = 0.01
    """And so many seconds."""
    gap: float = 0.0
    """Seconds between a crash and the next run."""
    between: tuple[Act, ...] = ()
    """What others do to one card in five in that time."""
    meanwhile: tuple[Act, ...] = ()
    """What others do while the job runs."""
    meanwhile_odds: float = 0.3
    """After each change that a client makes."""

    @property
    def texts_are_shared(self) -> bool:
        """Whether nothing but marks would tell the job's items from those of others."""
        others, ways = self.meanwhile + self.between, {*self.manners.ways}
        nearly = "write a near one" in others and ways & {"cut to 20", "cut to 40"}
        shared = self.jobs > 1 or "write the same" in others or bool(nearly)
        return shared and not self._marks_are_kept

    @property
    def _marks_are_kept(self) -> bool:
        cut_off = {"prefixed", "cut to 20"} <= {*self.manners.ways}
        return self.mark and self.manners.drops != "summary" and not cut_off


@frozen
class Found:
    """What came of it."""

    complaints: Sequence[str]
    false_alarms: Sequence[str]
    reports: Sequence[str]
    unknown: int


def drafts_of(scenario: Scenario) -> list[Draft]:
    numbers = [n // scenario.alike for n in range(scenario.count)]
    drafts: list[Draft] = []
    for place, number in enumerate(numbers):
        bad = scenario.bad_every and place % scenario.bad_every == scenario.bad_every - 1
        drafts.append(
            {
                "title": _title(scenario.texts, number),
                "estimate": BAD if bad else number % 5,
                "summary": f"Of lamp {number}" if number % 2 else "",
            }
        )
    return drafts


def _title(texts: Texts, number: int) -> str:
    if texts == "plain":
        return f"Lamp {number}"
    if texts == "numbered at the end":
        return f"The lamp of the long outer pier of the harbour, {number}"
    kinds = (
        f"Lamp <{number}> & mast",
        f"Cafe\u0301 {number}",
        f"\U0001f389 party {number}",
        f"  Stormy LAMP {number} ",
        f"Ǆ ß İ {number}",
        f"A long way from {number} to the end of the pier, and back again {number}",
    )
    return kinds[number % len(kinds)]


def play(scenario: Scenario, backend: str = "asyncio") -> Found:
    """Lets it happen, in virtual time."""
    chance.seed(scenario.manners.seed)  # the jitter of waits
    with TemporaryDirectory() as folder:
        return in_virtual_time(backend, lambda: _play(scenario, Path(folder)))


async def _play(scenario: Scenario, folder: Path) -> Found:
    server = UnrulyDonut(scenario.manners)
    drafts = drafts_of(scenario)
    people = People(server, [said(draft) for draft in drafts])
    server.meanwhile = lambda: people.meddle(scenario.meanwhile, scenario.meanwhile_odds)
    authors = ["jane", "omar"][: scenario.jobs]
    jobs: list[Job[Card]] = []
    began_at, began = time(), anyio.current_time()

    def wall_clock() -> float:
        return began_at + anyio.current_time() - began

    with mock.patch.object(store, "time", wall_clock), anyio.move_on_after(_LONGEST) as patience:
        for run in range(scenario.crashes + 1):
            with anyio.CancelScope() as scope:
                if run < scenario.crashes:
                    server.on_create = _crashing(scenario, server, scope)
                else:
                    server.on_create = lambda: None
                jobs = await _run(scenario, server, authors, drafts, folder)
            if not scope.cancelled_caught:
                break
            await anyio.sleep(scenario.gap)
            people.go_through(scenario.between, 0.2)
    if patience.cancelled_caught:
        return Found([f"has not ended after {_LONGEST / 3600} h"], [], [], 0)
    server.settle()
    found = complaints(*jobs, texts_are_shared=scenario.texts_are_shared)
    alarms = [alarm for job in jobs for alarm in false_alarms(job)]
    return Found(
        found,
        alarms,
        [str(job.report) for job in jobs],
        sum(len(job.report.unknown) for job in jobs),
    )


def _crashing(
    scenario: Scenario, server: UnrulyDonut, scope: anyio.CancelScope
) -> Callable[[], object]:
    needed = math.ceil(scenario.count * scenario.jobs / scenario.batch_size)
    last = server.creates + max(1, round(needed * scenario.crash_at))

    def on_create() -> None:
        if server.creates >= last:
            scope.deadline = min(scope.deadline, anyio.current_time() + scenario.crash_wait)

    return on_create


async def _run(
    scenario: Scenario,
    server: UnrulyDonut,
    authors: Sequence[str],
    drafts: Sequence[Draft],
    folder: Path,
) -> list[Job[Card]]:
    reports: dict[str, BulkReport[Card]] = {}

    async def create(author: str) -> None:
        options: BulkOptions = {"mark": "summary"} if scenario.mark else {}
        if scenario.crashes:
            options["journal"] = folder / author
        async with server.connect(author, concurrency=scenario.concurrency) as donut:
            reports[author] = await donut.cards.create_many(
                BUCKETS[0],
                cast("Sequence[CardDraft]", drafts),
                batch_size=scenario.batch_size,
                **options,
            )

    async with anyio.create_task_group() as tasks:
        for author in authors:
            tasks.start_soon(create, author)
    return [Job(server, author, drafts, reports[author], scenario.mark) for author in authors]


# The search.

_ACTS: Final[Sequence[Act]] = (
    "write another",
    "write a near one",
    "write the same",
    "add a task",
    "rename",
    "mend",
    "move",
    "plan",
    "delete",
)


def draw(seed: int) -> Scenario:
    """A course of events, always the same for a seed."""
    random = chance.Random(seed)

    def often(value: T, other: T, odds: float = 0.5) -> T:
        return value if random.random() < odds else other

    def some(of: Sequence[T], most: int) -> tuple[T, ...]:
        return tuple(random.sample(list(of), random.randint(0, most)))

    lossy = often(True, False, 0.85)
    manners = Manners(
        seed=seed,
        lost_before=often(0.1, 0.0) if lossy else 0.0,
        lost_after=often(0.15, 0.0, 0.7) if lossy else 0.0,
        late=often(0.1, 0.0) if lossy else 0.0,
        late_status=random.choice((None, 502, 504)),
        failed_after=often(0.05, 0.0, 0.3),
        lost_reads=often(0.1, 0.0, 0.3),
        parts=often(True, False),
        answers=random.choice(("in order", "in order", "reversed", "shuffled")),
        ways=some(list(WAYS), 2) if random.random() < 0.5 else (),
        drops=random.choice((None, None, None, "summary", "estimate")),
        versions=random.choice(("from 0", "from 0", "from 1", "absent")),
    )
    crashes = random.choice((0, 0, 1, 1, 2))
    acts = often(some(_ACTS[:2], 2), some(_ACTS, 3))
    return Scenario(
        manners=manners,
        count=random.choice((3, 8, 20, 40)),
        batch_size=random.choice((1, 2, 5, 10)),
        concurrency=random.choice((1, 4, 16)),
        alike=random.choice((1, 1, 2, 3)),
        texts=random.choice(("plain", "numbered at the end", "rich", "rich")),
        bad_every=random.choice((0, 0, 0, 4, 7)),
        jobs=often(2, 1, 0.15),
        mark=often(True, False, 0.25),
        crashes=crashes,
        crash_at=random.random() * 1.1,
        crash_wait=often(random.random() * 0.05, random.random() * 30, 0.7),
        gap=random.choice((0.0, 2.0, 30.0, 3600.0)),
        between=some(_ACTS, 3) if crashes else (),
        meanwhile=often(acts, (), 0.4),
        meanwhile_odds=random.choice((0.1, 0.5)),
    )


def smallest(scenario: Scenario, fails: Callable[[Scenario], bool]) -> Scenario:
    """The same with as little of it as fails still, each under a few seeds of the server."""
    shrunk = True
    while shrunk:
        shrunk = False
        for simpler in _simpler(scenario):
            seeds = (scenario.manners.seed, 0, 1, 2, 3)
            tries = (_with(simpler, "seed", seed) for seed in seeds)
            found = next((one for one in tries if fails(one)), None)
            if found is not None:
                scenario, shrunk = found, True
                break
    return scenario


_PLAIN: Final = Scenario()
_MILD: Final = Manners()


def _simpler(scenario: Scenario) -> Iterator[Scenario]:
    for name, value in _differences(scenario, _PLAIN):
        if name not in ("manners", "count", "batch_size", "concurrency"):
            yield _evolved(scenario, name, value)
    for name, value in _differences(scenario.manners, _MILD):
        if name != "seed":
            yield _with(scenario, name, value)
    for name in ("between", "meanwhile"):
        for left in _without_one(getattr(scenario, name)):
            yield _evolved(scenario, name, left)
    for left in _without_one(scenario.manners.ways):
        yield _with(scenario, "ways", left)
    for name in ("count", "batch_size", "concurrency", "crashes", "alike"):
        value = cast("int", getattr(scenario, name))
        for less in sorted({1, value // 2, value - 1}):
            if 0 < less < value:
                yield _evolved(scenario, name, less)


def _differences(one: S, other: S) -> Iterator[tuple[str, object]]:
    for attribute in fields(type(one)):
        value = getattr(other, attribute.name)
        if getattr(one, attribute.name) != value:
            yield attribute.name, value


def _without_one(values: tuple[object, ...]) -> Iterator[tuple[object, ...]]:
    if len(values) > 1:
        for place in range(len(values)):
            yield values[:place] + values[place + 1 :]


def _with(scenario: Scenario, name: str, value: object) -> Scenario:
    return evolve(scenario, manners=_evolved(scenario.manners, name, value))


def _evolved(one: S, name: str, value: object) -> S:
    given: Mapping[str, Any] = {name: value}
    return evolve(one, **given)
