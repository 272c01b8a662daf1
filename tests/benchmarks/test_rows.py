"""Every benchmark runs. What it measures is of the machine, so that nothing of that is tested."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.rows import SUBJECTS
from benchmarks.serving import capacity, serving
from benchmarks.table import QUICK, measure

ROWS = [row for rows in SUBJECTS.values() for row in rows]
TREE = Path(__file__).parent.parent.parent


def run(*arguments: str) -> str:
    program = [sys.executable, "-m", "benchmarks", *arguments]
    done = subprocess.run(program, cwd=TREE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_no_two_rows_have_one_name() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS)


def test_a_typed_read_is_measured_beside_a_plain_one() -> None:
    result = measure(SUBJECTS["reading"][0], QUICK)
    assert all(sample.ours > 0 and sample.other > 0 for sample in result.samples)
    assert result.samples


def test_the_capacity_of_the_server_is_known() -> None:
    with serving() as server:
        assert capacity(server) > 0


@pytest.mark.slow
def test_a_quick_run_makes_every_row_once_and_says_of_each_what_it_came_to_or_why_not() -> None:
    lines = run("--quick").splitlines()
    assert len(lines) == len(ROWS)
    for row, line in zip(ROWS, lines, strict=True):
        assert line.startswith(row.name)
        assert " the other " in line or " not measured: " in line


@pytest.mark.slow
def test_the_profile_names_the_parts_of_a_call() -> None:
    printed = run("profile", "--quick")
    assert "| sockets, event loop, anyio |" in printed
    assert "| **together** |" in printed


def test_a_subject_that_is_not_there_is_named_with_those_that_are() -> None:
    program = [sys.executable, "-m", "benchmarks", "wrong"]
    done = subprocess.run(program, cwd=TREE, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no subject 'wrong'; there are reading, decoding" in done.stderr
