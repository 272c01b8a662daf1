"""Whether a client that has made 200,000 calls is as cheap and as small as at its beginning.

The CPU time of its calls is measured by turns with that of a new client in a process of its own, so
that what else the machine does meets both.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from statistics import mean
from typing import Final

from benchmarks.reading import DEFAULT, calling
from benchmarks.serving import serving
from benchmarks.table import Round, Row, Sample, Size, at_most

_BEGINNING: Final = 20
"""The part of all calls, one in so many, after which every cache is full."""


@contextmanager
def cpu(size: Size) -> Generator[Round]:
    with serving() as server, calling(DEFAULT, server) as aged:
        aged.calls(size.calls_in_all)

        def one_round() -> Sample:
            with calling(DEFAULT, server) as new:
                new.calls(size.calls)
                turns = [(aged.calls(size.calls), new.calls(size.calls)) for _ in range(2)]
            return Sample(
                mean(old["cpu"] for old, _ in turns), mean(new["cpu"] for _, new in turns)
            )

        yield one_round


@contextmanager
def memory(size: Size) -> Generator[Round]:
    """The most memory that the process ever took, in MB."""

    def one_round() -> Sample:
        with serving() as server, calling(DEFAULT, server) as caller:
            beginning = caller.calls(size.calls_in_all // _BEGINNING)["memory"]
            end = caller.calls(size.calls_in_all - size.calls_in_all // _BEGINNING)["memory"]
        return Sample(end / 1024, beginning / 1024)

    sample = one_round()  # the calls are many enough to take no second look
    yield lambda: sample


ROWS: Final = (
    Row("CPU a call after 200,000 calls, beside a new client", at_most(1.02), cpu),
    Row("memory after 200,000 calls, beside after 10,000", at_most(1.02), memory, unit="MB"),
)
