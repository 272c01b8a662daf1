"""How much of a server's limit is used, and how much refused.

Each row is a server and those who call it as fast as they may, with nothing configured, in virtual
time. ``python -m tests.session.pace_table`` prints them, or those that hold the words given.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import anyio
from attrs import field, frozen

from agilekit.errors import CallError
from agilekit.session.session import Session
from agilekit.wire.credential import Credential
from agilekit.wire.json import JSON
from agilekit.wire.route import Route
from tests.session.limits import (
    FixedWindow,
    InFlight,
    LimitedServer,
    SlidingWindow,
    TokenBucket,
    Unlimited,
)
from tests.session.scripted import SECRET
from tests.virtual_time import in_virtual_time

READ: Final = Route[JSON]("Read", "GET", "/thing", lambda data: data)


@frozen
class Row:
    """A server, those who call it, and what is to come of it."""

    name: str
    server: Callable[[], LimitedServer]
    used: float
    """At least this part of what could be served is served,"""
    refused: float
    """and at most this part of all requests is refused,"""
    begin: float = field(default=5.0, kw_only=True)
    """counted from so many seconds after the first request"""
    end: float = field(default=65.0, kw_only=True)
    """to here."""
    callers: int = field(default=16, kw_only=True)

    def __str__(self) -> str:
        return self.name

    def run(self, backend: str = "asyncio") -> tuple[float, float]:
        """The part that was used, and the part that was refused."""
        random.seed(1)  # of the waits between attempts
        server = self.server()
        in_virtual_time(backend, lambda: self._load(server))
        return server.use(self.begin, self.end)

    async def _load(self, server: LimitedServer) -> None:
        credential = Credential.in_header("Authorization", "secret", SECRET, what="secret")
        session = Session(
            "https://host/api", credential, transport=server, concurrency=self.callers
        )

        async def call() -> None:
            while True:
                with suppress(CallError):
                    await session.call(READ, {})

        async with session, anyio.create_task_group() as tasks:
            for _ in range(self.callers):
                tasks.start_soon(call)
            await anyio.sleep(self.end)
            tasks.cancel_scope.cancel()


def _unlimited(seconds: float = 0.08, callers: int = 16, **faults: float) -> LimitedServer:
    server = LimitedServer(Unlimited(callers, seconds), seconds=seconds)
    server.stray = faults.get("stray", 0.0)
    server.early = int(faults.get("early", 0))
    return server


ROWS: Final = (
    Row("200/s, one early 429", lambda: _unlimited(early=5), 0.9, 0.002, begin=0, end=5),
    Row(
        "200/s, one early 429, Retry-After 1",
        lambda: LimitedServer(SlidingWindow(200), early=5, retry_after="1"),
        0.88,
        0.01,
    ),
    Row(
        "200/s limit, one early 429",
        lambda: LimitedServer(SlidingWindow(200), early=5),
        0.9,
        0.01,
        begin=2,
    ),
    Row(
        "200/s limit, one early 429, 64 callers",
        lambda: LimitedServer(SlidingWindow(200), early=5),
        0.9,
        0.01,
        begin=2,
        callers=64,
    ),
    Row("200/s, 3 % stray", lambda: _unlimited(stray=0.03), 0.8, 0.04),
    Row("200/s, 3 % stray, first 5 s", lambda: _unlimited(stray=0.03), 0.8, 0.06, begin=0, end=5),
    Row("200/s limit, 3 % stray", lambda: LimitedServer(SlidingWindow(200), stray=0.03), 0.8, 0.06),
    Row(
        "200/s limit, 0.3 % stray",
        lambda: LimitedServer(SlidingWindow(200), stray=0.003),
        0.85,
        0.02,
    ),
    Row(
        "200/s limit, 1 % stray", lambda: LimitedServer(SlidingWindow(200), stray=0.01), 0.85, 0.03
    ),
    Row(
        "200/s limit, 3 % stray, Retry-After 0",
        lambda: LimitedServer(SlidingWindow(200), stray=0.03, retry_after="0"),
        0.8,
        0.06,
    ),
    Row(
        "500/s, 2 % stray", lambda: _unlimited(0.128, 64, stray=0.02), 0.8, 0.03, callers=64, end=30
    ),
    Row("16/s, 5 % stray", lambda: _unlimited(1.0, 16, stray=0.05), 0.8, 0.08),
    Row(
        "50/s sliding, five minutes",
        lambda: LimitedServer(SlidingWindow(50)),
        0.9,
        0.005,
        begin=0,
        end=300,
    ),
    Row(
        "50/s fixed, five minutes",
        lambda: LimitedServer(FixedWindow(50)),
        0.9,
        0.005,
        begin=0,
        end=300,
    ),
    Row(
        "50/s bucket, five minutes",
        lambda: LimitedServer(TokenBucket(50, 50)),
        0.9,
        0.005,
        begin=0,
        end=300,
    ),
    Row(
        "50/s sliding, Retry-After 1",
        lambda: LimitedServer(SlidingWindow(50), retry_after="1"),
        0.88,
        0.005,
        end=300,
    ),
    Row(
        "50/s fixed, Retry-After 1",
        lambda: LimitedServer(FixedWindow(50), retry_after="1"),
        0.88,
        0.005,
        end=300,
    ),
    Row(
        "50/s sliding, Retry-After 0",
        lambda: LimitedServer(SlidingWindow(50), retry_after="0"),
        0.9,
        0.01,
    ),
    Row(
        "50/s sliding, 1 caller",
        lambda: LimitedServer(SlidingWindow(50), seconds=0.001),
        0.85,
        0.01,
        callers=1,
    ),
    Row(
        "50/s sliding, 256 callers",
        lambda: LimitedServer(SlidingWindow(50)),
        0.88,
        0.01,
        callers=256,
    ),
    Row(
        "50/s bucket of 5, 256 callers",
        lambda: LimitedServer(TokenBucket(50, 5)),
        0.8,
        0.02,
        callers=256,
    ),
    Row(
        "50/s fixed, 2 s each, 256 callers",
        lambda: LimitedServer(FixedWindow(50), seconds=2),
        0.8,
        0.02,
        callers=256,
    ),
    Row(
        "10/s bucket of 100",
        lambda: LimitedServer(TokenBucket(10, 100)),
        0.9,
        0.07,
        begin=15,
        end=120,
    ),
    Row("2/s bucket of 5", lambda: LimitedServer(TokenBucket(2, 5)), 0.9, 0.1, end=120),
    Row("2/s sliding", lambda: LimitedServer(SlidingWindow(2)), 0.8, 0.04, end=240),
    Row("2/s fixed", lambda: LimitedServer(FixedWindow(2)), 0.85, 0.05, end=240),
    Row(
        "10/s sliding, 1 caller of 10.6/s",
        lambda: LimitedServer(SlidingWindow(10), seconds=0.087),
        0.9,
        0.02,
        end=240,
        callers=1,
    ),
    Row(
        "10/s sliding, 429 after 5 s, 64 callers",
        lambda: LimitedServer(SlidingWindow(10), late=5),
        0.85,
        0.15,
        end=120,
        callers=64,
    ),
    Row(
        "50/s, 5 s of 429, Retry-After 1: after 10 s",
        lambda: LimitedServer(
            SlidingWindow(lambda now: 0 if 30 <= now < 35 else 50), retry_after="1"
        ),
        0.8,
        0.05,
        begin=45,
        end=65,
    ),
    Row(
        "100/s bucket of 50, 115/s come",
        lambda: LimitedServer(TokenBucket(100, 50), seconds=0.13),
        0.85,
        0.02,
    ),
    Row("60 a minute", lambda: LimitedServer(FixedWindow(60, 60)), 0.7, 0.3, begin=0, end=600),
    Row(
        "60 a minute, Retry-After 20",
        lambda: LimitedServer(FixedWindow(60, 60), retry_after="20"),
        0.7,
        0.3,
        begin=0,
        end=600,
    ),
    Row("1,200 a minute", lambda: LimitedServer(FixedWindow(1200, 60)), 0.7, 0.3, begin=0, end=600),
    Row(
        "100/s, 20/s, 100/s",
        lambda: LimitedServer(SlidingWindow(lambda now: 20 if 60 <= now < 120 else 100)),
        0.7,
        0.02,
        end=180,
    ),
    Row(
        "50/s, of which others take 0 to 40",
        lambda: LimitedServer(SlidingWindow(50, lambda now: 40 * (now // 10 % 2))),
        0.35,
        0.1,
        end=120,
    ),
    Row("8 in flight, 0.1 s each", lambda: LimitedServer(InFlight(8, 0.1), seconds=0.1), 0.7, 0.03),
    Row(
        "8 in flight, 2 s each", lambda: LimitedServer(InFlight(8, 2), seconds=2), 0.6, 0.1, end=120
    ),
    Row(
        "64 in flight, 0.1 s each, 256 callers",
        lambda: LimitedServer(InFlight(64, 0.1), seconds=0.1),
        0.7,
        0.03,
        callers=256,
        end=40,
    ),
)


def main(words: list[str]) -> None:
    print(f"{'server':<44} {'used':>6} {'goal':>6}   {'refused':>8} {'goal':>6}")
    for row in ROWS:
        if all(word in row.name for word in words):
            used, refused = row.run()
            kept = used >= row.used and refused <= row.refused
            print(
                f"{row.name:<44} {used:6.1%} {row.used:6.0%}   {refused:8.2%} {row.refused:6.1%}"
                f"{'' if kept else '  missed'}",
                flush=True,
            )


if __name__ == "__main__":
    main(sys.argv[1:])
