"""A job writes alone into its container of easyBacklog, whose server computes without a lock."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any, Final

import anyio
import pytest

from agilekit import BulkReport, CallError, DeadlineExceeded, EasyBacklog, UnknownOutcome
from agilekit.bulk import Draft
from agilekit.easybacklog.params import StoryDraft
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


@pytest.mark.quick(2)
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


def test_two_jobs_and_single_creates_in_one_container_take_turns(anyio_backend: str) -> None:
    sandbox = racing()
    easy = sandbox.easybacklog
    theme = easy_theme(sandbox)
    before = set(easy.themes[theme].stories)
    reports: list[BulkReport[Any]] = []

    async def fill(client: EasyBacklog, name: str) -> None:
        drafts: list[StoryDraft] = [{"i_want_to": f"{name} {n}"} for n in range(COUNT)]
        reports.append(await client.stories.create_many(theme, drafts))

    async def one(client: EasyBacklog, number: int) -> None:
        await client.stories.create(theme, i_want_to=f"drift {number}")

    async def main() -> None:
        async with easy_backlog(sandbox) as client, anyio.create_task_group() as tasks:
            tasks.start_soon(fill, client, "sail")
            tasks.start_soon(fill, client, "row")
            for number in range(COUNT):
                tasks.start_soon(one, client, number)

    in_virtual_time(anyio_backend, main)
    assert [len(report.created) for report in reports] == [COUNT, COUNT]
    made = [easy.stories[id] for id in easy.themes[theme].stories if id not in before]
    assert sandbox.count("POST") == 3 * COUNT == len({story.unique_id for story in made})
    for name in ("sail", "row"):
        texts = [story.i_want_to for story in made if (story.i_want_to or "").startswith(name)]
        assert texts == [f"{name} {n}" for n in range(COUNT)]


def test_a_create_whose_turn_does_not_come_is_not_sent(anyio_backend: str) -> None:
    sandbox = racing()
    ends: list[type[CallError] | None] = []

    async def one(client: EasyBacklog) -> None:
        try:
            await client.stories.create(easy_theme(sandbox), i_want_to="drift")
        except CallError as error:
            ends.append(type(error))
        else:
            ends.append(None)

    async def main() -> None:
        async with easy_backlog(sandbox, deadline=1.5 * LATENCY) as client:
            async with anyio.create_task_group() as tasks:
                for _ in range(4):
                    tasks.start_soon(one, client)
            await one(client)

    in_virtual_time(anyio_backend, main)
    late = [UnknownOutcome, DeadlineExceeded, DeadlineExceeded]
    assert Counter(ends) == Counter([None, *late, None])
