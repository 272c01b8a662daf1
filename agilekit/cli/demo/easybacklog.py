"""Act 5: a sprint that is completed, and a copy that takes its time."""

from __future__ import annotations

from datetime import date
from time import perf_counter
from typing import Final

from agilekit import EasyBacklog, Unprocessable
from agilekit.cli.demo.witness import Witness
from agilekit.easybacklog import Backlog, Story
from agilekit.sandbox import Sandbox

__all__ = ["play"]

_SCORES: Final = (1, 2, 3, 5, 8, 1, 2, 3, 5, 8, 2, 3)
_IN_SPRINT: Final = 4


async def play(sandbox: Sandbox, url: str, witness: Witness) -> None:
    fake = sandbox.easybacklog
    client = EasyBacklog(
        f"{url}{fake.base_path}",
        token=fake.token,
        on_event=witness.see,
    )
    async with client as easy:
        witness.say("\n5. easyBacklog: complete a sprint, and duplicate a backlog")
        backlog = await easy.backlogs.get(fake.account_id, fake.backlog_id)
        stories = await _write(easy, backlog)
        witness.say(f"   {len(stories)} stories of {sum(_SCORES)} points in all")
        await _sprint(easy, backlog, stories[:_IN_SPRINT], witness)
        await _duplicate(easy, fake.account_id, backlog, witness)


async def _write(easy: EasyBacklog, backlog: Backlog) -> list[Story]:
    theme = await easy.themes.create(backlog, name="Lamp")
    stories: list[Story] = []
    for number, score in enumerate(_SCORES, 1):
        wish = f"have wish {number}"
        story = await easy.stories.create(theme, as_a="keeper", i_want_to=wish, score=score)
        await easy.criteria.create(story, criterion=f"Wish {number} is had")
        stories.append(story)
    return stories


async def _sprint(
    easy: EasyBacklog, backlog: Backlog, stories: list[Story], witness: Witness
) -> None:
    statuses = {one.code: one.id for one in await easy.statuses.all()}
    sprint = await easy.sprints.create(
        backlog, start_on=date(2026, 3, 2), duration_days=5, explicit_velocity=12
    )
    assigned = [await easy.sprint_stories.create(sprint, story_id=one.id) for one in stories]
    witness.say(f"   {len(stories)} of them in a sprint, to be accepted before it is complete")
    try:
        await easy.sprints.complete(backlog, sprint)
    except Unprocessable as error:
        status = error.status
    else:
        status = 200
    witness.check("status of completing it too early", status, 422)
    for one in assigned:
        await easy.sprint_stories.update(sprint, one, sprint_story_status_id=statuses["D"])
    await easy.sprints.complete(backlog, sprint)
    sprint = await easy.sprints.get(backlog, sprint)
    points = sprint.total_completed_points
    witness.say(f"   Completed too early: {status}; when all are accepted: {points or 0:g} points")
    witness.check("whether the sprint is complete", sprint.completed, True)
    witness.check("points of the sprint", points, float(sum(_SCORES[:_IN_SPRINT])))


async def _duplicate(
    easy: EasyBacklog, account_id: int, backlog: Backlog, witness: Witness
) -> None:
    early = await easy.backlogs.duplicate(account_id, backlog, name="Not awaited")
    early = await easy.backlogs.get(account_id, early, associated=True)
    there, total = len(_content(early)), len(_SCORES)
    witness.say(f"   A duplicate     {there} of {total} stories are there when the service answers")
    witness.check("stories of a copy that was not waited for", there, 0)
    begun, began = witness.requests, perf_counter()
    copy = await easy.backlogs.duplicate(account_id, backlog, name="Awaited", wait=True)
    seconds, looks = perf_counter() - began, witness.requests - begun - 1
    found = _content(await easy.backlogs.get(account_id, copy, associated=True))
    wanted = _content(await easy.backlogs.get(account_id, backlog, associated=True))
    witness.say(
        f"   With wait=True  {len(found)} of {total}, after {looks} looks in {seconds:.1f} s"
    )
    witness.check("stories of the copy", len(found), total)
    witness.check(
        "stories that are not as they were", len([x for x in wanted if x not in found]), 0
    )


def _content(backlog: Backlog) -> list[tuple[object, ...]]:
    """What its stories say, in their order."""
    return [
        (
            theme.name,
            story.i_want_to,
            story.score,
            [one.criterion for one in story.acceptance_criteria or ()],
        )
        for theme in backlog.themes or ()
        for story in theme.stories or ()
    ]
