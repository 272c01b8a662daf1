"""What ``import agilekit`` costs beside the libraries that it stands on."""

from __future__ import annotations

import subprocess
import sys
from statistics import median

ROUNDS = 15
TIMED = "import time; t = time.process_time(); {}; print(time.process_time() - t)"


def cost(statement: str) -> float:
    """Seconds of CPU time, in a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", TIMED.format(statement)], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def main() -> None:
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(ROUNDS):
        theirs.append(cost("import httpx, attrs, cattrs"))
        ours.append(cost("import agilekit"))
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    print(f"import httpx, attrs, cattrs  {median(theirs) * 1000:6.1f} ms")
    print(f"import agilekit              {median(ours) * 1000:6.1f} ms")
    print(f"  ratio                      {median(ratios):.2f}")


if __name__ == "__main__":
    main()
