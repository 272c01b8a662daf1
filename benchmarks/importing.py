"""What importing costs, beside the libraries that agilekit stands on."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from statistics import median
from tempfile import TemporaryDirectory

ROUNDS = 15
TIMED = "import time; t = time.process_time(); {}; print(time.process_time() - t)"
BASE = "import httpx, attrs, cattrs, anyio"
OURS = ("import agilekit", "from agilekit import FlyingDonut")


def cost(statement: str) -> float:
    """Seconds of CPU time, in a fresh interpreter that finds everything compiled."""
    _compile(statement)
    return _run(statement)


@cache
def _compile(statement: str) -> None:
    _run(statement)


def _run(statement: str) -> float:
    done = subprocess.run(
        [sys.executable, "-c", TIMED.format(statement)],
        capture_output=True,
        text=True,
        check=True,
        env=_environment(_compiled().name),
    )
    return float(done.stdout)


@cache
def _compiled() -> TemporaryDirectory[str]:
    """Where compiled modules are kept until this process ends."""
    return TemporaryDirectory()


def _environment(compiled: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": compiled}


def main() -> None:
    costs: dict[str, list[float]] = {statement: [] for statement in (BASE, *OURS)}
    for _ in range(ROUNDS):
        for statement, seconds in costs.items():
            seconds.append(cost(statement))
    for statement, seconds in costs.items():
        ratio = median(a / b for a, b in zip(seconds, costs[BASE], strict=True))
        print(f"{statement:34} {median(seconds) * 1000:6.1f} ms  ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
