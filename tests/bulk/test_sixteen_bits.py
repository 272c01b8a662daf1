"""Texts of whose characters the answers show only 16 bits: each is created once all the same."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import pytest

from agilekit import BulkReport
from agilekit.bulk import Draft
from agilekit.sandbox import Faults, Sandbox
from tests.bulk.clients import TRIALS, Trial
from tests.bulk.donut import POST
from tests.sizes import FULL
from tests.virtual_time import in_virtual_time

COUNT: Final = 12
NAMES: Final = {"easyBacklog stories": "i_want_to", "easyBacklog themes": "name"}
STORIES, THEMES = (
    next(trial for trial in TRIALS if trial.name == f"easyBacklog {kind}")
    for kind in ("stories", "themes")
)


@pytest.mark.quick(4)
@pytest.mark.parametrize(  # the names of themes are unique
    ("trial", "alike"), [(STORIES, 1), (STORIES, 2), (THEMES, 1)], ids=str
)
@pytest.mark.parametrize("seed", range(50 if FULL else 5))
def test_twelve_drafts_with_emoji_are_there_once_and_at_most_two_are_unknown(
    trial: Trial, alike: int, seed: int, anyio_backend: str
) -> None:
    sandbox, name = Sandbox("demo"), NAMES[trial.name]
    sandbox.easybacklog.sixteen_bits = True
    drafts: list[Draft] = [
        {name: f"\U0001f389 at buoy {n // alike} \U00020bb7"} for n in range(COUNT)
    ]
    before = set(trial.there(sandbox))
    sandbox.faults = Faults(latency=0.02, drop_after=0.4, seed=seed, methods=POST)

    async def main() -> BulkReport[Any]:
        return await trial.job(sandbox, "json", drafts, {})

    report = in_virtual_time(anyio_backend, main)
    new = {
        id: str(getattr(item, name))
        for id, item in trial.there(sandbox).items()
        if id not in before
    }
    assert Counter(new.values()) == Counter(str(draft[name]) for draft in drafts)
    assert len(report.created) >= 10
    assert len(report.created) + len(report.unknown) == COUNT
    assert all(new[trial.id_of(created.item)] == created.draft[name] for created in report.created)
    assert len({trial.id_of(created.item) for created in report.created}) == len(report.created)
