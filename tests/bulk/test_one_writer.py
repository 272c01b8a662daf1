"""A job writes alone into its container of easyBacklog, whose server computes without a lock."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import anyio
import pytest

from agilekit import BulkReport, EasyBacklog
from agilekit.bulk import Draft
from agilekit.easybacklog.writing import StoryDraft
from agilekit.sandbox import Faults, Sandbox
from agilekit.sandbox.easybacklog import Race
from tests.bulk.clients import TRIALS, Trial, easy_theme
from tests.contract.clients import easy_backlog
from tests.virtual_time import in_virtual_time

COUNT: Final = 12
LATENCY: Final = 0.5
KINDS: Final = [trial for trial in TRIALS if trial.name.startswith("easyBacklog ")]
PLAIN: Final[dict[str, list[Draft]]] = {
    "easyBacklog companies": [{"name": f"Home {n}"} for n in range(COUNT)],
    "easyBacklog backlogs": [{"name": f"Home {n}"} for n in range(COUNT)],
    "easyBacklog themes": [{"name": f"Home page {n}"} for n in range(COUNT)],
    "easyBacklog sprints": [
        {
            "start_on": date(2040, 1, 2) + timedelta(weeks=n),
            "duration_days": 5,
            "number_team_members": 1,
        }
        for n in range(COUNT)
    ],
    "easyBacklog stories": [{"i_want_to": f"sail {n}"} for n in range(COUNT)],
    "easyBacklog criteria": [{"criterion": f"Sails {n}"} for n in range(COUNT)],
}
"""Drafts that leave to the server whatever it computes itself."""


def racing() -> Sandbox:
    """Creates that are under way at once never see each other."""
    sandbox = Sandbox("demo", faults=Faults(latency=LATENCY))
    sandbox.easybacklog.race = Race(odds=1)
    return sandbox


def drafts_of(trial: Trial, sandbox: Sandbox) -> list[Draft]:
    found = PLAIN.get(trial.name)
    return found if found is not None else trial.drafts(sandbox, COUNT)


@pytest.mark.parametrize("trial", KINDS, ids=str)
def test_a_job_gets_distinct_numbers_and_keeps_the_order(trial: Trial, anyio_backend: str) -> None:
    sandbox = racing()
    drafts = drafts_of(trial, sandbox)

    async def main() -> BulkReport[Any]:
        return await trial.job(sandbox, "json", drafts, {})

    report = in_virtual_time(anyio_backend, main)
    assert [created.position for created in report.created] == list(range(COUNT))
    assert sandbox.count("POST") == COUNT
    ids = [trial.id_of(item) for item in report.items]
    assert ids == sorted(set(ids))
    for name in ("code", "position", "unique_id", "iteration"):
        given = [getattr(item, name) for item in report.items if hasattr(item, name)]
        assert len(set(given)) == len(given)
        if name != "code":
            assert given == sorted(given)


def test_jobs_of_two_containers_go_on_side_by_side(anyio_backend: str) -> None:
    sandbox = racing()
    easy = sandbox.easybacklog
    other = easy.add_theme(easy.backlogs[easy.backlog_id], "Other").id
    reports: list[BulkReport[Any]] = []

    drafts: list[StoryDraft] = [{"i_want_to": f"sail {n}"} for n in range(COUNT)]

    async def fill(client: EasyBacklog, theme: int) -> None:
        reports.append(await client.stories.create_many(theme, drafts))

    async def main() -> float:
        async with easy_backlog(sandbox) as client:
            began = anyio.current_time()
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(fill, client, easy_theme(sandbox))
                tasks.start_soon(fill, client, other)
            return anyio.current_time() - began

    seconds = in_virtual_time(anyio_backend, main)
    assert [len(report.created) for report in reports] == [COUNT, COUNT]
    # Each request takes the latency once: a listing to begin with, and one for each draft.
    assert seconds == pytest.approx((COUNT + 1) * LATENCY)
    for theme in (easy_theme(sandbox), other):
        stories = [easy.stories[id] for id in easy.themes[theme].stories][-COUNT:]
        assert [story.i_want_to for story in stories] == [f"sail {n}" for n in range(COUNT)]
