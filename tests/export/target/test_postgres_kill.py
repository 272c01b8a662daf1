"""A writer that is killed at any moment leaves each project as it was, or as it was to be."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Final

import pytest

from agilekit.export.tables import BY_NAME
from agilekit.export.target.postgres import Postgres
from agilekit.export.verify import verify_target
from tests.export.target.postgres_writer import CARDS
from tests.postgres_server import PostgresServer
from tests.sizes import FULL

ROOT: Final = Path(__file__).parents[3]
# The measuring of coverage would outlive none of the kills.
ENVIRONMENT: Final = {name: at for name, at in os.environ.items() if "COVERAGE" not in name}
LONGEST: Final = 0.1  # second: several commits


@pytest.mark.parametrize("kills", [1, pytest.param(50 if FULL else 8, marks=pytest.mark.slow)])
def test_a_writer_that_is_killed_leaves_each_project_old_or_new(
    kills: int, postgres: PostgresServer
) -> None:
    url, random = postgres.new_schema(), Random(kills)
    target = Postgres(url)
    for _ in range(kills):
        program = [sys.executable, "-m", "tests.export.target.postgres_writer", url]
        with subprocess.Popen(
            program, cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            for _ in range(random.randint(2, 4)):
                assert process.stdout.readline()
            time.sleep(random.random() * LONGEST)
            process.kill()
        assert verify_target(target).problems == ()
        for project in ("1", "2"):
            titles = [
                row[table.index("title")]
                for table in (BY_NAME["projects"], BY_NAME["cards"])
                for row in target.rows(table)
                if row[table.index("project_id")] == project
            ]
            assert len(titles) == 1 + CARDS
            assert len({*titles}) == 1
    target.close()
