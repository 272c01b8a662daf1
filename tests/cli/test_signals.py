"""Signals at any moment of ``agilekit create``: it ends soon and in order, and can be continued.

The command and the sandbox are processes of their own. Every job has a card of its own to create
tasks in, so that they do not see each other.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

import anyio
import pytest
from attrs import frozen

from agilekit import FlyingDonut
from tests.cli.shell import INTERRUPTIBLE, environment
from tests.cli.test_sandbox import running, variables_in
from tests.sizes import FULL

COUNT: Final = 100 if FULL else 4
DRAFTS: Final = 1500
LONGEST: Final = 5.0  # seconds from the first signal to the end, on a machine that is not busy
LONGEST_START: Final = 0.2  # seconds of a processor, before the interpreter runs anything of ours
REPEATS_AT_ONCE: Final = 4
CONNECTION: Final = """
[connections.it]
service = "flyingdonut"
project = "{AGILEKIT_FLYINGDONUT_PROJECT}"
username = "{AGILEKIT_FLYINGDONUT_USERNAME}"
base_url = "{AGILEKIT_FLYINGDONUT_BASE_URL}"
secret = {{ env = "AGILEKIT_FLYINGDONUT_SECRET" }}
concurrency = 3
timeout = 1.0
settle_after = 11.0
"""

# A process that was started by nohup ignores SIGHUP, and hands that on.
NOT_IGNORING: Final = [
    *INTERRUPTIBLE[:2],
    f"import signal\nsignal.signal(signal.SIGHUP, signal.SIG_DFL)\n{INTERRUPTIBLE[2]}",
]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


class Server:
    """A sandbox, a file of drafts, and a file with the connection."""

    def __init__(self, variables: dict[str, str], folder: Path) -> None:
        self.variables = variables
        self.folder = folder
        self.drafts = folder / "tasks.csv"
        self.drafts.write_text("".join(f"{line}\n" for line in ["title", *titles()]))
        connections = folder / "agilekit.toml"
        connections.write_text(CONNECTION.format(**variables))
        self.environment = environment(**variables, AGILEKIT_CONNECTIONS=str(connections))

    def client(self) -> FlyingDonut:
        return FlyingDonut(
            self.variables["AGILEKIT_FLYINGDONUT_PROJECT"],
            secret=self.variables["AGILEKIT_FLYINGDONUT_SECRET"],
            username=self.variables["AGILEKIT_FLYINGDONUT_USERNAME"],
            base_url=self.variables["AGILEKIT_FLYINGDONUT_BASE_URL"],
        )

    def command(self, card: str) -> list[str]:
        journal = self.folder / f"{card}.journal"
        what = ["create", "--to", "it", "--kind", "tasks", "--into", card, str(self.drafts)]
        return [*NOT_IGNORING, *what, "--journal", str(journal)]


def titles() -> list[str]:
    return [f"Task {number}" for number in range(DRAFTS)]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with running("--seed", "empty", "--latency", "0.05") as (_, text):
        yield Server(variables_in(text), tmp_path)


@frozen
class End:
    """How an interrupted command ended."""

    card: str
    noted: bool
    """Whether the first signal met the program, and not yet the interpreter that starts it."""
    late: bool
    """Whether it had ended by itself before."""
    code: int
    seconds: float
    out: str
    err: str


def interrupt(server: Server, card: str, number: int, moment: float, gaps: Sequence[float]) -> End:
    """Runs the command and sends it a signal at a moment, and more, each so much later.

    moment: when it has had so many seconds of a processor, however busy the machine is.
    """
    with subprocess.Popen(
        server.command(card),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=server.environment,
    ) as process:
        clock = Clock(process.pid)
        while clock.spent < moment and process.poll() is None:
            time.sleep(0.001)
            clock = Clock(process.pid)
        late = process.poll() is not None
        noted = late or clock.spent > LONGEST_START or is_caught(process.pid, signal.SIGTERM)
        process.send_signal(number)
        for gap in gaps:
            time.sleep(gap)
            process.send_signal(number)
        seconds = clock.seconds()
        while process.poll() is None and seconds < LONGEST:
            time.sleep(0.02)
            seconds = clock.seconds()
        process.kill()
        out, err = process.communicate()
    return End(card, noted, late, process.returncode, seconds, out, err)


class Clock:
    """Counts the seconds of a process, but for those in which it had to wait for a processor."""

    def __init__(self, process: int) -> None:
        self._statistics = Path(f"/proc/{process}/schedstat")
        self._last = self._read()
        self.spent, waited = self._last
        """The seconds of a processor that it has had."""
        self._began = time.monotonic() - waited

    def seconds(self) -> float:
        """Since the clock was made."""
        _, waited = self._read()
        return time.monotonic() - waited - self._began

    def _read(self) -> tuple[float, float]:
        try:
            spent, waited, _ = self._statistics.read_text().split()
        except OSError:  # it has ended, and was waited for
            return self._last
        self._last = int(spent) / 1e9, int(waited) / 1e9
        return self._last


def is_caught(process: int, number: int) -> bool:
    """Whether a process has a handler for a signal."""
    status = Path(f"/proc/{process}/status").read_text()
    (caught,) = [line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:")]
    return bool(int(caught, 16) >> number - 1 & 1)


def wrong(end: End, number: int) -> list[str]:
    """What is wrong with an end."""
    found: list[str] = []
    if end.seconds > LONGEST:
        found.append(f"took {end.seconds:.1f} s")
    if not end.noted:  # by the interpreter, which the program cannot help
        return found
    if end.code not in (128 + number, 0):
        found.append(f"exit code {end.code}")
    if end.code == 0 and "1,500" not in end.out:  # it may be that nothing was left to be ended
        found.append(f"took no notice: {end.out}")
    if "Traceback" in end.err or "Fatal" in end.err or "Exception ignored" in end.err:
        found.append(end.err)
    if end.code and "The same command continues" not in end.err and "Aborted!" not in end.err:
        found.append(f"does not tell: {end.err!r}")
    return found


def undisturbed(server: Server, card: str) -> float:
    """How many seconds of a processor a run takes."""
    before = os.times()
    assert repeat(server, card).returncode == 0
    after = os.times()
    used = after.children_user - before.children_user
    return used + after.children_system - before.children_system


def repeat(server: Server, card: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        server.command(card),
        capture_output=True,
        text=True,
        timeout=120,
        env=server.environment,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "second"), [(signal.SIGINT, True), (signal.SIGTERM, False), (signal.SIGHUP, False)]
)
def test_a_signal_at_any_moment_ends_it_soon_and_it_can_be_continued(
    server: Server, number: signal.Signals, second: bool
) -> None:
    random, count = Random(number), COUNT if number != signal.SIGHUP else 2
    whole, *cards = anyio.run(make_cards, server, count + 1)
    longest = undisturbed(server, whole)
    ends: list[End] = []
    for card in cards:
        gaps = [random.uniform(0.01, 0.3)] if second else []
        # Half of the moments are anywhere, half where modules are loaded and the job is under way.
        first = random.choice([0, 0.65 * longest])
        ends.append(interrupt(server, card, number, random.uniform(first, 0.95 * longest), gaps))
    assert {end.card: found for end in ends if (found := wrong(end, number))} == {}
    with ThreadPoolExecutor(REPEATS_AT_ONCE) as threads:
        repeated = list(threads.map(partial(repeat, server), cards))
    assert [(done.returncode, done.stderr[-300:]) for done in repeated if done.returncode] == []
    there = anyio.run(tasks_of, server, cards)
    assert [card for card in cards if there[card] != Counter(titles())] == []
    print(number.name, count_of(ends), f"longest {max(end.seconds for end in ends):.1f} s")  # noqa: T201


def count_of(ends: Sequence[End]) -> Counter[str]:
    """How many signals came when."""
    return Counter(
        "after the end"
        if end.late
        else "before the program"
        if not end.noted
        else f"in the job: {end.code}"
        if "Interrupted" in end.err
        else f"elsewhere: {end.code}"
        for end in ends
    )


async def make_cards(server: Server, count: int) -> list[str]:
    async with server.client() as donut:
        bucket, *_ = await donut.buckets.all()
        return [(await donut.cards.create(bucket, title=f"Card {n}")).id for n in range(count)]


async def tasks_of(server: Server, cards: Sequence[str]) -> dict[str, Counter[str | None]]:
    async with server.client() as donut:
        return {
            card: Counter(task.title.value for task in await donut.tasks.of(card)) for card in cards
        }


@pytest.mark.slow
def test_a_signal_is_ignored_if_the_command_was_started_to_ignore_it(server: Server) -> None:
    (card,) = anyio.run(make_cards, server, 1)
    command = server.command(card)
    command[2] = command[2].replace("SIG_DFL", "SIG_IGN")
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=server.environment
    ) as process:
        assert process.stderr is not None
        process.stderr.readline()
        process.send_signal(signal.SIGHUP)
        process.communicate(timeout=60)
    assert process.returncode == 0


@pytest.mark.slow
def test_a_signal_while_standard_input_is_read_ends_it(server: Server) -> None:
    (card,) = anyio.run(make_cards, server, 1)
    command = [*server.command(card), "--format", "csv"]
    command[command.index(str(server.drafts))] = "-"
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=server.environment,
    ) as process:
        assert process.stdin is not None
        process.stdin.write("title\nTask 0\n")
        process.stdin.flush()
        spent = 0.0
        while (now := Clock(process.pid).spent) > spent or now < LONGEST_START:
            spent = now
            time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)
        err = process.stderr.read() if process.stderr else ""
    assert (process.returncode, err) == (143, "Aborted!\n")
