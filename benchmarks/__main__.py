"""``python -m benchmarks``: the table of goals and results; it writes docs/benchmarks.md.

python -m benchmarks                 the whole table
python -m benchmarks reading drafts  the rows of these subjects; nothing is written
python -m benchmarks paging          a measurement without a goal
python -m benchmarks --gate          fails if a ratio is worse than its goal by more than 15 %
python -m benchmarks --quick         runs every row once with tiny numbers and judges nothing
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from benchmarks import page
from benchmarks.rows import SUBJECTS, WITHOUT_GOAL
from benchmarks.table import FULL, LENIENCY, QUICK, Result, Size, measure

PAGE: Final = Path(__file__).parent.parent / "docs" / "benchmarks.md"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    names = [*SUBJECTS, *WITHOUT_GOAL]
    parser.add_argument("subjects", nargs="*", metavar="subject", help=f"of {', '.join(names)}")
    parser.add_argument("--quick", action="store_true", help="run every row once, judge nothing")
    parser.add_argument("--gate", action="store_true", help="fail if a goal is missed by far")
    given = parser.parse_args()
    unknown = [name for name in given.subjects if name not in names]
    if unknown:
        parser.error(f"no subject {unknown[0]!r}; there are {', '.join(names)}")
    return given


def results(subjects: Iterable[str], size: Size) -> Iterator[Result]:
    """Measures row after row, and prints each when it is there."""
    for subject in subjects:
        for row in SUBJECTS[subject]:
            result = measure(row, size)
            print(page.line(result, judged=not size.is_quick), flush=True)
            yield result


def main() -> int:
    given = arguments()
    size = QUICK if given.quick else FULL
    measured = list(
        results([name for name in given.subjects or SUBJECTS if name in SUBJECTS], size)
    )
    for name in given.subjects:
        if name in WITHOUT_GOAL:
            WITHOUT_GOAL[name]()
    if given.quick:
        return 0
    if not given.subjects:
        PAGE.write_text(page.text(measured), encoding="utf-8")
        print(f"written: {PAGE}")
    missed = [result for result in measured if not result.is_reached(LENIENCY)]
    return 1 if given.gate and missed else 0


if __name__ == "__main__":
    sys.exit(main())
