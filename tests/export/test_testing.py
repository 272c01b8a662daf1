"""The kit for targets: what it finds right, and what it finds wrong."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from agilekit.export.testing import CHECKS, conforms
from tests.export.conforming import ENDINGS, made

KILLS = "a_writer_that_is_killed_leaves_each_project_old_or_new"


@pytest.mark.parametrize("check", [name for name in CHECKS if name != KILLS])
@pytest.mark.parametrize("ending", [".sqlite", ".jsonl"])
def test_sqlite_and_folders_conform(ending: str, check: str, tmp_path: Path) -> None:
    CHECKS[check](partial(made, tmp_path, ending))


@pytest.mark.slow
@pytest.mark.parametrize("ending", ENDINGS)
def test_every_target_conforms(ending: str, tmp_path: Path) -> None:
    conforms(partial(made, tmp_path, ending))
