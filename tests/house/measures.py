"""``python -m tests.house.measures``: the size of the code, as a table in Markdown."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles

import agilekit
from tests.house.frames import frames
from tests.house.syntax import measured

__all__ = ["table"]


def table() -> str:
    """What is measured of the package, a line for each."""
    files = [measured(path) for path in Path(agilekit.__file__).parent.rglob("*.py")]
    lines = [file.lines for file in files]
    functions = [length for file in files for length in file.functions]
    nesting = [depth for file in files for depth in file.nesting]
    comments = 100 * sum(file.comments for file in files) / sum(lines)
    rows = {
        "files": f"{len(files)}",
        "lines of a file: median, 90th percentile, longest": _spread(lines),
        "lines of a function: median, 90th percentile, longest": _spread(functions),
        "nesting of a function: median, 90th percentile, deepest": _spread(nesting),
        "imports of a file: median, 90th percentile, most": _spread(
            [file.imports for file in files]
        ),
        "comments per 100 lines": f"{comments:.1f}",
        **{f"frames from the verb to the wire: {call}": str(n) for call, n in frames().items()},
    }
    return "\n".join(["| measured | |", "|-|-|", *(f"| {k} | {v} |" for k, v in rows.items()), ""])


def _spread(values: Sequence[int]) -> str:
    return f"{median(values):g}, {quantiles(values, n=10)[-1]:.0f}, {max(values)}"


if __name__ == "__main__":
    sys.stdout.write(table())
