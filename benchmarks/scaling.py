"""How an export of thousands of accounts scales with worker processes: docs/scaling.md.

``python -m benchmarks.scaling`` draws the page of the measurements that are recorded beside it;
with ``--measure`` it measures first, on the real code, what only one process does: `plan`, and
`finish`. The rest is a simulation in virtual time, of seeded accounts, and it says what it assumes.

Shards are dealt as the pool deals them: the next one to the worker that has fewest. What a worker
can do at once is shared evenly by the shards that it runs.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
import time
from collections.abc import Sequence
from functools import cache
from math import inf, log2
from pathlib import Path
from random import Random
from typing import Final, TypedDict

from attrs import define

from agilekit.connections import load
from agilekit.export.manifest import key_of
from agilekit.export.project import ProjectRef
from agilekit.export.shards import MOST_SHARDS, ShardReport, finish, plan
from agilekit.export.target.open_target import open_target

__all__ = ["MEASURED", "PAGE", "Measured", "drawing", "page", "serial", "simulated"]

DOCS: Final = Path(__file__).parent.parent / "docs"
PAGE: Final = DOCS / "scaling.md"
MEASURED: Final = DOCS / "scaling" / "measured.json"
DRAWING: Final = DOCS / "scaling" / "speedup.svg"

ACCOUNTS: Final = 10_000
WORKERS: Final = (1, 2, 4, 8, 16, 32, 64)
LATENCY: Final = 0.05  # seconds
CONCURRENCY: Final = 32  # requests that a worker has in flight at once
AT_ONCE: Final = CONCURRENCY // 2  # shards
MEDIAN: Final = 40  # requests of an account
SPREAD: Final = 0.7  # of the logarithm of that
RATE: Final = 10.0  # requests a second that an account allows
START: Final = 1.0  # seconds until a worker takes shards
PARTS: Final = ("plan", "begin folder", "finish sqlite", "finish folder")


class Measured(TypedDict):
    """CPU seconds of what one process does, at two numbers of accounts of one project each."""

    accounts: list[int]
    seconds: dict[str, list[float]]


@define
class _Running:
    requests: float
    """That are left."""
    least: float
    """Seconds that its slowest account still needs, at its own rate."""


@define
class _Worker:
    shards: list[_Running]

    def next_end(self) -> float:
        each = CONCURRENCY / LATENCY / len(self.shards) if self.shards else 0.0
        return min((max(one.requests / each, one.least) for one in self.shards), default=inf)

    def pass_by(self, seconds: float) -> None:
        if not self.shards:
            return
        each = CONCURRENCY / LATENCY / len(self.shards)
        for one in self.shards:
            one.requests = max(0.0, one.requests - each * seconds)
            one.least = max(0.0, one.least - seconds)
        self.shards = [one for one in self.shards if max(one.requests / each, one.least) > 1e-9]


def shards_of(accounts: int, seed: int = 7) -> list[_Running]:
    """The shards of so many accounts, bundled by a hash as `plan` does it."""
    random = Random(seed)  # noqa: S311 - a simulation
    found = [_Running(0.0, 0.0) for _ in range(MOST_SHARDS)]
    for number in range(accounts):
        requests = random.lognormvariate(0.0, SPREAD) * MEDIAN
        digest = hashlib.sha256(f"account {number}".encode()).digest()
        shard = found[int.from_bytes(digest[:8]) % MOST_SHARDS]
        shard.requests += requests
        shard.least = max(shard.least, requests / RATE)
    return found


def _least_busy(workers: Sequence[_Worker]) -> _Worker:
    return min(workers, key=lambda one: len(one.shards))


@cache
def simulated(workers: int, begin: float, accounts: int = ACCOUNTS) -> float:
    """The seconds of virtual time in which so many workers run all shards.

    begin: seconds of a worker that each shard takes before its first request.
    """
    waiting = shards_of(accounts)[::-1]
    for shard in waiting:
        shard.requests += begin * CONCURRENCY / LATENCY
    running = [_Worker([]) for _ in range(workers)]
    now = START
    while True:
        while waiting and len((free := _least_busy(running)).shards) < AT_ONCE:
            free.shards.append(waiting.pop())
        step = min(one.next_end() for one in running)
        if step == inf:
            return now
        now += step
        for one in running:
            one.pass_by(step)


def serial(measured: Measured, part: str, accounts: int = ACCOUNTS) -> float:
    """The seconds of a part that one process does, on the line through what was measured."""
    (few, many), (least, most) = measured["accounts"], measured["seconds"][part]
    return max(0.0, least + (most - least) * (accounts - few) / (many - few))


def measure(sizes: Sequence[int] = (250, 1000)) -> Measured:
    """Measures the serial parts on the real code."""
    seconds: dict[str, list[float]] = {part: [] for part in PARTS}
    for size in sizes:
        for part, taken in zip(PARTS, _measured(size), strict=True):
            seconds[part].append(round(taken, 4))
    return {"accounts": [*sizes], "seconds": seconds}


def _measured(accounts: int) -> tuple[float, float, float, float]:
    """In the order of `PARTS`."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "agilekit.toml")
        lines = (
            f'[connections.c{n}]\nservice = "kanbantool"\naccount = "account{n}"\n'
            f'token = {{ env = "TOKEN_{n}" }}'
            for n in range(accounts)
        )
        file.write_text("\n".join(lines), encoding="utf-8")
        began = time.process_time()
        shards = plan(load(file), Path(folder, "x.sqlite"))
        planned = time.process_time() - began
        reports = [ShardReport(one.scope, one.numbers, (), 0.0) for one in shards]
        ends = [_finished(Path(folder, name), accounts, reports) for name in ("x.sqlite", "x")]
    (_, sqlite), (begin, folder_end) = ends
    return planned, begin, sqlite, folder_end


def _finished(to: Path, accounts: int, reports: Sequence[ShardReport]) -> tuple[float, float]:
    """The CPU seconds to begin a shard, and of `finish`: of so many projects, each of 20 cards."""
    target = open_target(to)
    target.prepare()
    runs = [target.begin(one.scope, resume=True) for one in reports]
    for number in range(accounts):
        ref = ProjectRef("kanbantool", f"account{number}.kanbantool.com", "1", "https://x.invalid")
        cards = [ref.row("cards", id=str(card), title=f"Card {card}") for card in range(20)]
        rows = {"projects": [ref.row("projects", title="Board")], "cards": cards}
        target.commit(runs[number % len(runs)], ref.data(rows, title="Board"))
    began = time.process_time()
    target.begin("shard-of-a-measurement", resume=True)
    target.entries()
    beginning = time.process_time() - began
    target.close()
    began = time.process_time()
    finish(to, reports)
    finishing = time.process_time() - began
    target = open_target(to)
    assert len({key_of(one) for one in target.manifest()}) == accounts
    target.close()
    return beginning, finishing


def _speedup(measured: Measured) -> list[tuple[int, float, float, float]]:
    """The workers, the seconds of the shards and of all of it, and how many times as fast."""
    once = serial(measured, "plan") + serial(measured, "finish folder")
    begin = serial(measured, "begin folder")
    alone = simulated(1, begin) + once
    taken = [(workers, simulated(workers, begin)) for workers in WORKERS]
    return [(workers, own, own + once, alone / (own + once)) for workers, own in taken]


def page(measured: Measured) -> str:
    """docs/scaling.md."""
    few, many = measured["accounts"]
    table = "\n".join(
        f"| {workers} | {own:,.0f} s | {whole:,.0f} s | {faster:.1f} |"
        for workers, own, whole, faster in _speedup(measured)
    )
    taken = "\n".join(
        f"| {part} | {values[0]:.2f} s | {values[1]:.2f} s | {serial(measured, part):.1f} s |"
        for part, values in measured["seconds"].items()
    )
    return f"""# How exports scale

An export of {ACCOUNTS:,} accounts by 1 to 64 worker processes, each with a processor of its own.

![How many times as fast](scaling/speedup.svg)

| workers | the shards | all of it | times as fast |
|---|---|---|---|
{table}

This is a simulation in virtual time, which `python -m benchmarks.scaling` makes. It assumes:

- {LATENCY * 1000:.0f} ms for a request, and {CONCURRENCY} requests in flight in each worker,
- {MEDIAN} requests for the median account (logarithmic normal, spread {SPREAD}),
- at most {RATE:.0f} requests a second of one account,
- {START:.0f} s until a worker takes its first shard.

## What only one process does

`plan` and `finish` are the serial part. They were measured on the real code, in CPU seconds, with
one project of 20 cards an account (`python -m benchmarks.scaling --measure`); the last column is
the line through both:

| part | {few:,} accounts | {many:,} accounts | {ACCOUNTS:,} accounts |
|---|---|---|---|
{taken}

`begin` is no serial part: each shard does it, before its first request, to know what is there
already; it is in "the shards". "All of it" is the folder's. A database has next to nothing to do at
the end, since each project is in its tables already; a folder makes the files of those tables anew
whose rows have changed.

## Where it ends

- There are at most {MOST_SHARDS} shards: more workers than shards have nothing to do.
- The rate of one credential at one host is never split: an account with a thousand projects is read
  by one worker, however many there are.
- The export takes as long as its largest account at the rate of that account: that is why the last
  doublings gain less.
- Workers that share a processor share it: on a machine with two, more workers gain what the waiting
  for the services leaves.
"""


def drawing(measured: Measured) -> str:
    """The speed-up as an SVG, by doublings of the workers."""
    faster = [one[-1] for one in _speedup(measured)]
    width, height, left, top = 480, 300, 50, 20
    step_x, step_y = (width - left - 20) / 6, (height - top - 50) / 6

    def at(value: float, number: int) -> str:
        return f"{left + number * step_x:.1f},{height - 50 - log2(value) * step_y:.1f}"

    line = " ".join(at(value, number) for number, value in enumerate(faster))
    ideal = " ".join(at(float(value), number) for number, value in enumerate(WORKERS))
    labels = "".join(
        _text(left + number * step_x, height - 30, str(value), "middle")
        + _text(left - 10, height - 46 - number * step_y, str(value), "end")
        for number, value in enumerate(WORKERS)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="12" fill="#444">\n'
        f"<title>Times as fast, by workers</title>{labels}\n"
        f'<text x="{width / 2:.0f}" y="{height - 8}" text-anchor="middle">workers</text>\n'
        f'<polyline points="{ideal}" fill="none" stroke="#bbb" stroke-dasharray="4"/>\n'
        f'<polyline points="{line}" fill="none" stroke="#1f6feb" stroke-width="2"/>\n</svg>\n'
    )


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling")
    parser.add_argument("--measure", action="store_true", help="measure the serial part first")
    if parser.parse_args().measure:
        MEASURED.write_text(f"{json.dumps(measure(), indent=1)}\n", encoding="utf-8")
    measured: Measured = json.loads(MEASURED.read_text(encoding="utf-8"))
    PAGE.write_text(page(measured), encoding="utf-8")
    DRAWING.write_text(drawing(measured), encoding="utf-8")


if __name__ == "__main__":
    main()
