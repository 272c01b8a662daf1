"""A program that is interrupted at any moment, over and over; it prints what is left in the end."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from random import Random
from threading import Event, Thread
from typing import Final

from agilekit.blocking import FlyingDonut, rows
from agilekit.flyingdonut import CardDraft
from agilekit.sandbox import Sandbox
from tests.blocking.clients import donut_of, loop_threads

TIMES: Final = 200


def drafts() -> Iterator[CardDraft]:
    for number in range(20):
        yield {"title": f"Card {number}"}


CALLS: Final[tuple[Callable[[FlyingDonut], object], ...]] = (
    lambda donut: donut.project.get(),
    lambda donut: list(donut.buckets.all()),
    lambda donut: donut.cards.create_many(next(iter(donut.buckets.all())), drafts(), batch_size=4),
    lambda donut: list(rows([donut])),
)


def hammer(over: Event, random: Random) -> None:
    while not over.is_set():
        time.sleep(random.uniform(0.0005, 0.02))
        os.kill(os.getpid(), signal.SIGINT)


def main() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # it may be ignored in a background
    sandbox, random, over, caught = Sandbox(), Random(7), Event(), 0
    hammering = Thread(target=hammer, args=(over, Random(11)))
    hammering.start()
    while caught < TIMES:
        try:
            with donut_of(sandbox) as donut:
                for _ in range(100):
                    try:
                        random.choice(CALLS)(donut)
                    except KeyboardInterrupt:
                        caught += 1
        except KeyboardInterrupt:
            caught += 1
    while hammering.is_alive():
        with suppress(KeyboardInterrupt):
            over.set()
            hammering.join()
    with suppress(KeyboardInterrupt):
        time.sleep(0.01)  # for the last one
    with donut_of(sandbox) as donut:
        sys.stdout.write(f"{donut.project.get().id == donut.project_id}, {loop_threads()}\n")
    sys.stdout.write(f"{loop_threads()}\n")


if __name__ == "__main__":
    main()
