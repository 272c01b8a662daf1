"""The results as lines of a terminal, and as the page docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Final

from benchmarks.table import Result, figure

_LIBRARIES: Final = (
    *("agilekit", "anyio", "attrs", "cattrs", "h11", "httpcore", "httpx", "xmltodict"),
    *("httptools", "msgspec", "httpx2", "aiohttp", "pydantic", "trio", "sniffio"),
)
_ABOUT: Final = """\
# Benchmarks

Written by `python -m benchmarks`, which measures what it says; its figures are of one machine.

{machine}

Each row compares two sides in one run: at least seven rounds, both sides by turns, CPU time of the
client's process, and the median of the ratios of the rounds. Memory is measured once, and the share
used of 200/s by the clock on the wall. The server is a process of its own, on the loopback
interface; that of the typed GETs is known to take more than 20,000 requests a second. "≥" is how
many times ours the other side's cost must be, "≤" how much of it ours may be; in brackets stand
the smallest and the largest ratio. [Performance](performance.md) says where the time goes.

| | goal | result | ours | the other | |
|---|---|---|---|---|---|
{rows}

{verdict}
"""


def line(result: Result, *, judged: bool) -> str:
    """For a terminal."""
    row = result.row
    if not result.samples:
        return f"{row.name:58} {row.goal!s:>7}  not measured: {result.why_not}"
    sides = f"{_ours(result)}, the other {figure(result.other)}"
    verdict = _verdict(result) if judged else ""
    return f"{row.name:58} {row.goal!s:>7}  {_ratios(result):22} {verdict:11} {sides}"


def text(results: Sequence[Result]) -> str:
    """The whole page."""
    rows = "\n".join(map(_row, results))
    return _ABOUT.format(machine=_machine(), rows=rows, verdict=_missed(results))


def put_into(page: Path, name: str, table: str) -> None:
    """Replaces what stands between the two marks of this name."""
    begin, end = f"<!-- {name}: begin -->\n", f"\n<!-- {name}: end -->"
    text = page.read_text(encoding="utf-8")
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{page} has no place marked {name!r}")
    page.write_text(f"{before}{begin}{table}{end}{after}", encoding="utf-8")


def _row(result: Result) -> str:
    row = result.row
    if not result.samples:
        return f"| {row.name} | {row.goal} | not measured: {result.why_not} | | | |"
    sides = f"{_ours(result)} | {figure(result.other)} {row.unit}"
    return f"| {row.name} | {row.goal} | {_ratios(result)} | {sides} | {_verdict(result)} |"


def _ours(result: Result) -> str:
    rate = result.by_the_wall
    wall = f" ({figure(rate)}/s by the wall)" if rate is not None else ""
    return f"{figure(result.ours)} {result.row.unit}{wall}"


def _ratios(result: Result) -> str:
    low, high = figure(min(result.ratios)), figure(max(result.ratios))
    return f"{figure(result.ratio)} ({low} to {high})"


def _verdict(result: Result) -> str:
    return "reached" if result.is_reached() else "not reached"


def _missed(results: Sequence[Result]) -> str:
    measured = [result for result in results if result.samples]
    missed = [result for result in measured if not result.is_reached()]
    unknown = len(results) - len(measured)
    lines = [f"{len(measured) - len(missed)} of {len(results)} goals are reached."]
    if missed:
        lines += ["Not reached:", "", *(f"- {result.row.name}" for result in missed)]
    if unknown:
        lines += ["", f"{unknown} could not be measured here."]
    return "\n".join(lines)


def _machine() -> str:
    versions = (f"{name} {found}" for name in _LIBRARIES if (found := _version(name)))
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores of {platform.machine()}, "
        f"{platform.system()}, {platform.python_implementation()} {platform.python_version()}; "
        f"{', '.join(versions)}."
    )


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
