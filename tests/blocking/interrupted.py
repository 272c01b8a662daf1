"""A program whose blocking calls are interrupted by signals; it prints what came of each.

A request that is to be interrupted sends the signal itself, while the thread that calls waits for
it, and gets no answer. In the end a client is left open.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread, current_thread, main_thread
from typing import Final, NoReturn

import anyio
import httpx

from agilekit import BulkInterrupted
from agilekit.blocking import FlyingDonut, export, rows
from agilekit.flyingdonut import CardDraft
from agilekit.sandbox import Sandbox
from tests.blocking.clients import donut_of

Scene = Callable[[FlyingDonut, list[str]], object]


class Interrupting(httpx.AsyncBaseTransport):
    """Answers so many requests more, and then sends signals in place of answers."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._inner = sandbox.transport()
        self.answers = inf
        self.signal = signal.SIGINT
        self.is_stubborn = False
        """Whether a request goes on after it was cancelled, and sends a second signal then."""
        self.sent_at = 0.0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.answers -= 1
        if self.answers >= 0:
            return await self._inner.handle_async_request(request)
        self._send()
        try:
            await anyio.sleep_forever()
        finally:
            if self.is_stubborn:
                with anyio.CancelScope(shield=True):
                    await anyio.sleep(0.02)  # the thread is to wait again by then
                    self._send()
                    await anyio.sleep(0.5)
        raise AssertionError

    def _send(self) -> None:
        self.sent_at = time.monotonic()
        os.kill(os.getpid(), self.signal)


def one_call(donut: FlyingDonut, _: list[str]) -> object:
    return donut.project.get()


def a_listing(donut: FlyingDonut, _: list[str]) -> object:
    return list(donut.buckets.all())


def pages(donut: FlyingDonut, seen: list[str]) -> object:
    with donut.buckets.all().pages(prefetch=3) as read_ahead:
        try:
            return list(read_ahead)
        finally:
            seen.append("the context is left")


def a_job(donut: FlyingDonut, seen: list[str]) -> object:
    return donut.cards.create_many(_bucket(donut), _drafts(seen), batch_size=2)


def a_job_of_a_list(donut: FlyingDonut, _: list[str]) -> object:
    listed: list[CardDraft] = [{"title": f"Listed {number}"} for number in range(9)]
    return donut.cards.create_many(_bucket(donut), listed, batch_size=2)


def its_drafts(donut: FlyingDonut, seen: list[str]) -> object:
    return donut.cards.create_many(_bucket(donut), _interrupted_drafts(seen), batch_size=2)


def a_job_twice(donut: FlyingDonut, seen: list[str]) -> object:
    return donut.cards.create_many(_bucket(donut), _drafts_that_end_badly(seen), batch_size=2)


def an_export(donut: FlyingDonut, _: list[str]) -> object:
    with TemporaryDirectory() as folder:
        return export([donut], to=Path(folder, "export.jsonl"))


def some_rows(donut: FlyingDonut, _: list[str]) -> object:
    return list(rows([donut]))


def _bucket(donut: FlyingDonut) -> str:
    return next(iter(donut.buckets.all())).id


def _drafts(seen: list[str]) -> Iterator[CardDraft]:
    try:
        for number in range(1000):
            yield {"title": f"Card {number}"}
    finally:
        seen.append("closed here" if current_thread() is main_thread() else "closed elsewhere")


def _drafts_that_end_badly(seen: list[str]) -> Iterator[CardDraft]:
    try:
        yield from _drafts(seen)
    finally:
        signal.raise_signal(signal.SIGINT)


def _interrupted_drafts(seen: list[str]) -> Iterator[CardDraft]:
    yield {"title": "The first"}
    yield {"title": "The second"}
    try:
        signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt:
        seen.append("raised in the generator")
        raise


SCENES: Final[dict[str, tuple[float, Scene]]] = {
    "one call": (0, one_call),
    "a listing": (0, a_listing),
    "pages": (0, pages),
    "a job": (6, a_job),
    "a job of a list": (6, a_job_of_a_list),
    "its drafts": (inf, its_drafts),
    "a job, twice": (6, a_job_twice),
    "an export": (3, an_export),
    "rows": (3, some_rows),
    "another signal": (0, one_call),
    "a stubborn call": (0, one_call),
}
"""By their names: how many requests are answered first, and what is called."""


LATE: Final = "after the main thread"


class Hurry(Exception):
    """What the handler of another signal raises."""


def main() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # it may be ignored in a background
    signal.signal(signal.SIGUSR1, _hurry)
    sandbox = Sandbox()
    transport = Interrupting(sandbox)
    with donut_of(sandbox, transport=transport, concurrency=3) as donut:
        for name, (answers, scene) in SCENES.items():
            transport.answers = answers
            transport.signal = signal.SIGUSR1 if name == "another signal" else signal.SIGINT
            transport.is_stubborn = name == "a stubborn call"
            played = {"scene": name, **_played(scene, donut, transport)}
            sys.stdout.write(f"{json.dumps(played)}\n")
    Thread(target=_late, args=[donut_of(sandbox).__enter__()]).start()


def _late(donut: FlyingDonut) -> None:
    """A thread that goes on when the main one has ended."""
    main_thread().join()
    sys.stdout.write(json.dumps({"scene": LATE, "raised": None, "after": _answers(donut)}))


def _answers(donut: FlyingDonut) -> bool:
    return donut.project.get().id == donut.project_id


def _hurry(*_: object) -> NoReturn:
    raise Hurry


def _played(scene: Scene, donut: FlyingDonut, transport: Interrupting) -> dict[str, object]:
    seen: list[str] = []
    try:
        scene(donut, seen)
    except (KeyboardInterrupt, Hurry) as error:
        raised, seconds = error, time.monotonic() - transport.sent_at
    else:
        sys.exit("nothing was raised")
    transport.answers = inf
    cause = raised.__cause__
    return {
        "raised": type(raised).__name__,
        "context": type(raised.__context__).__name__,
        "created": len(cause.report.created) if isinstance(cause, BulkInterrupted) else None,
        "unknown": len(cause.report.unknown) if isinstance(cause, BulkInterrupted) else None,
        "seen": seen,
        "after": _answers(donut),
        "ms": round(seconds * 1000, 1),
    }


if __name__ == "__main__":
    main()
