"""``python -m benchmarks``: the table of goals and results; it writes docs/benchmarks.md.

python -m benchmarks                 the whole table
python -m benchmarks reading drafts  the rows of these subjects; nothing is written
python -m benchmarks paging          a measurement without a goal
python -m benchmarks profile         where the time goes, into docs/performance.md
python -m benchmarks --gate          fails if a ratio is worse than its goal by more than 15 %; it
                                     writes nothing
python -m benchmarks --quick         runs every row once with tiny numbers and judges nothing
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from benchmarks import page, time_spent
from benchmarks.rows import SUBJECTS, WITHOUT_GOAL
from benchmarks.table import FULL, QUICK, Result, Size, measure, missed_by_far

DOCS: Final = Path(__file__).parent.parent / "docs"
PROFILE: Final = "profile"


class Arguments(argparse.Namespace):
    subjects: list[str]
    quick: bool
    gate: bool
    docs: Path


def arguments() -> Arguments:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    names = [*SUBJECTS, *WITHOUT_GOAL, PROFILE]
    parser.add_argument("subjects", nargs="*", metavar="subject", help=f"of {', '.join(names)}")
    parser.add_argument("--quick", action="store_true", help="run every row once, judge nothing")
    parser.add_argument("--gate", action="store_true", help="fail if a goal is missed by far")
    parser.add_argument("--docs", type=Path, default=DOCS, help="the folder of the pages")
    given = parser.parse_args(namespace=Arguments())
    unknown = [name for name in given.subjects if name not in names]
    if unknown:
        parser.error(f"no subject {unknown[0]!r}; there are {', '.join(names)}")
    return given


def results(subjects: Iterable[str], size: Size) -> Iterator[Result]:
    """Measures row after row, and prints each when it is there."""
    for subject in subjects:
        for row in SUBJECTS.get(subject, ()):
            result = measure(row, size)
            print(page.line(result, judged=not size.is_quick), flush=True)
            yield result


def main() -> int:
    given = arguments()
    measured = list(results(given.subjects or SUBJECTS, QUICK if given.quick else FULL))
    for name in given.subjects:
        if name in WITHOUT_GOAL:
            WITHOUT_GOAL[name]()
    if PROFILE in given.subjects:
        time_spent.main(given.docs, quick=given.quick)
    if given.quick:
        return 0
    if not (given.subjects or given.gate):
        written = given.docs / "benchmarks.md"
        written.write_text(page.text(measured), encoding="utf-8")
        print(f"written: {written}")
    missed = missed_by_far(measured) if given.gate else []
    for result in missed:
        print(f"worse than its goal by more than 15 %: {result.row.name}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
