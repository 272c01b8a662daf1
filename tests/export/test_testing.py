"""The kit for targets: what it finds right, and what it finds wrong."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from agilekit.export.target.sqlite import SQLite
from agilekit.export.testing import CHECKS, NotConforming, conforms
from tests.export.broken_targets import BROKEN, broken
from tests.export.conforming import ENDINGS, made
from tests.sizes import FULL

KILLS = "a_writer_that_is_killed_leaves_each_project_old_or_new"
# One of ten, and those that are not found quickly.
TOLD = [
    kind
    for number, (kind, check) in enumerate(BROKEN.items())
    if FULL or check == KILLS or number % 10 == 0
]


@pytest.mark.parametrize("check", [name for name in CHECKS if name != KILLS])
@pytest.mark.parametrize("ending", [".sqlite", ".jsonl"])
def test_sqlite_and_folders_conform(ending: str, check: str, tmp_path: Path) -> None:
    CHECKS[check](partial(made, tmp_path, ending))


@pytest.mark.slow
@pytest.mark.parametrize("ending", ENDINGS)
def test_every_target_conforms(ending: str, tmp_path: Path) -> None:
    conforms(partial(made, tmp_path, ending))


@pytest.mark.parametrize("kind", [kind for kind, check in BROKEN.items() if check != KILLS])
def test_a_broken_target_is_found_by_its_check(kind: type[SQLite], tmp_path: Path) -> None:
    with pytest.raises(NotConforming):
        CHECKS[BROKEN[kind]](partial(broken, tmp_path, kind))


@pytest.mark.slow
@pytest.mark.parametrize("kind", TOLD)
def test_what_is_wrong_with_a_target_is_told_by_a_sentence(
    kind: type[SQLite], tmp_path: Path
) -> None:
    with pytest.raises(NotConforming) as caught:
        conforms(partial(broken, tmp_path, kind))
    assert f"{BROKEN[kind]}: " in str(caught.value)
