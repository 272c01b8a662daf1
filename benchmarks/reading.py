"""Reading single cards: agilekit, typed, beside plain loops that only parse JSON.

Each side is a process of its own, see caller.py, and the two are measured by turns. What agilekit
sends with stands in the name of each row: httpx, which is its default, or ``http="fast"``.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal, TypeAlias

from attrs import evolve, frozen

import agilekit
from benchmarks.serving import FOLDER, Server, capacity, serving
from benchmarks.table import (
    FULL,
    NotMeasured,
    Opening,
    Round,
    Row,
    Sample,
    Size,
    at_least,
    at_most,
    measure,
)

BASELINE: Final = "586d05e"
"""The commit beside which this one is measured."""
LEAST_CAPACITY: Final = 20_000
_TURNS: Final = 2
"""How often the sides take turns within a round."""

Sender: TypeAlias = Literal[
    "httpx",
    "aiohttp",
    "agilekit",
    "agilekit on httpx2",
    "agilekit on fast",
    "agilekit on fast, with a hook",
]
EventLoop: TypeAlias = Literal["asyncio", "trio"]


@frozen
class Side:
    """One of the two that are compared."""

    sender: Sender
    loop: EventLoop = "asyncio"
    concurrent: int = 64
    collector: Literal["on", "off"] = "on"
    """Python's own, of the client's process."""
    agilekit: Path = Path(agilekit.__file__).parent.parent
    """The folder that agilekit is imported from."""


class Caller:
    """A process of caller.py."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._in, self._out = process.stdin, process.stdout

    def answer(self) -> dict[str, float | str]:
        line = self._out.readline()
        if not line:
            raise RuntimeError("the client's process has ended; what it died of is printed above")
        found: dict[str, float | str] = json.loads(line)
        return found

    def calls(self, number: int) -> dict[str, float]:
        """What so many calls cost: µs of ``cpu`` and ``wall`` a call, and the most memory."""
        print(number, file=self._in, flush=True)
        return {name: float(value) for name, value in self.answer().items()}


@contextmanager
def calling(side: Side, server: Server) -> Generator[Caller]:
    """Raises NotMeasured if this side cannot send."""
    program = [sys.executable, "-P", str(FOLDER / "caller.py")]
    given = [side.sender, server.url, str(side.concurrent), side.loop, side.collector]
    path = {"PYTHONPATH": str(side.agilekit)}
    with subprocess.Popen(
        [*program, *given],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **path, **server.variables},
    ) as process:
        caller = Caller(process)
        try:
            ready = caller.answer()
            if "refused" in ready:
                raise NotMeasured(str(ready["refused"]))
            assert Path(str(ready["agilekit"])).is_relative_to(side.agilekit)
            yield caller
        finally:
            process.terminate()


def compared(ours: Side, other: Side, *, tls: bool = False) -> Opening:
    """CPU time a call of both sides, each anew in every round."""

    @contextmanager
    def opened(size: Size) -> Generator[Round]:
        with serving(tls=tls) as server:
            if not size.is_quick:
                _check_capacity(server)
            yield lambda: _one_round(ours, other, server, size)

    return opened


def _check_capacity(server: Server) -> None:
    found = max(capacity(server) for _ in range(3))
    if found < LEAST_CAPACITY:
        raise NotMeasured(f"the server takes only {found:,.0f} requests a second on this machine")


def _one_round(ours: Side, other: Side, server: Server, size: Size) -> Sample:
    each = 1 if size.is_quick else 4  # calls of each that calls at once
    with calling(ours, server) as we, calling(other, server) as they:
        for caller, side in ((we, ours), (they, other)):
            caller.calls(max(side.concurrent, size.calls // 4))  # every connection is there
        costs = [
            (
                we.calls(max(size.calls, each * ours.concurrent))["cpu"],
                they.calls(max(size.calls, each * other.concurrent))["cpu"],
            )
            for _ in range(_TURNS)
        ]
    return Sample(
        sum(ours for ours, _ in costs) / _TURNS, sum(other for _, other in costs) / _TURNS
    )


@contextmanager
def beside_baseline(size: Size) -> Generator[Round]:
    """Beside the library as it was, on the same server and in the same environment."""
    with tempfile.TemporaryDirectory() as folder:
        _extract(BASELINE, folder)
        then = evolve(DEFAULT, agilekit=Path(folder))
        with compared(DEFAULT, then)(size) as one_round:
            yield one_round


def _extract(commit: str, folder: str) -> None:
    try:
        root = _git("rev-parse", "--show-toplevel", at=FOLDER).decode().strip()
        archive = _git("archive", "--format=tar", commit, "agilekit", at=Path(root))
    except (OSError, subprocess.CalledProcessError):
        raise NotMeasured(f"there is no git history with commit {commit} here") from None
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(folder, filter="data")
    # It took httpx2 wherever that was installed, and both sides have to send with the same.
    Path(folder, "httpx2.py").write_text("raise ModuleNotFoundError", encoding="utf-8")


def _git(*arguments: str, at: Path) -> bytes:
    return subprocess.run(
        ["git", "-C", str(at), *arguments], check=True, capture_output=True
    ).stdout


DEFAULT: Final = Side("agilekit")
FAST: Final = Side("agilekit on fast")
HEARD: Final = Side("agilekit on fast, with a hook")
PLAIN: Final = Side("httpx")
RAW: Final = Side("aiohttp")


def on_trio(side: Side) -> Side:
    return evolve(side, loop="trio")


def at_once(concurrent: int) -> Side:
    return evolve(DEFAULT, concurrent=concurrent)


ROWS: Final = (
    Row(
        "typed GET on httpx, beside plain httpx, asyncio",
        at_least(3.0),
        compared(DEFAULT, PLAIN),
    ),
    Row(
        "typed GET on httpx, beside plain httpx, trio",
        at_least(2.6),
        compared(on_trio(DEFAULT), on_trio(PLAIN)),
    ),
    Row(f"typed GET on httpx, beside commit {BASELINE}", at_most(0.85), beside_baseline),
    Row(
        'typed GET, http="fast", beside raw aiohttp, asyncio',
        at_least(1.0),
        compared(FAST, RAW),
    ),
    Row(
        'typed GET, http="fast", beside raw aiohttp, asyncio, TLS',
        at_least(0.9),
        compared(FAST, RAW, tls=True),
    ),
    Row(
        'typed GET, http="fast", beside plain httpx, trio',
        at_least(9.0),
        compared(on_trio(FAST), on_trio(PLAIN)),
    ),
    Row(
        'CPU a call, http="fast", with a hook over without',
        at_most(1.25),
        compared(HEARD, FAST),
    ),
    Row(
        "CPU a call on httpx, 256 at once over 16",
        at_most(1.08),
        compared(at_once(256), at_once(16)),
    ),
    Row(
        "CPU a call on httpx, 1,024 at once over 16",
        at_most(1.2),
        compared(at_once(1024), at_once(16)),
    ),
)


def on_httpx2() -> None:
    """Prints what httpx2 costs more than httpx."""
    row = Row("typed GET on httpx2", at_most(1.0), compared(Side("agilekit on httpx2"), DEFAULT))
    result = measure(row, FULL)
    if result.why_not:
        print(f"httpx2: not measured: {result.why_not}")
        return
    print(
        f"typed GET on httpx2: {result.ours:.0f} µs, on httpx {result.other:.0f} µs, "
        f"{result.ratio:.2f} times as much ({min(result.ratios):.2f} to {max(result.ratios):.2f})"
    )
