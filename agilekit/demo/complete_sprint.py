"""Writes stories, puts some of them into a sprint, and completes it once they are accepted."""

from __future__ import annotations

from datetime import date

from agilekit import EasyBacklog, Unprocessable
from agilekit.demo.checks import check
from agilekit.easybacklog import Backlog, Sprint, Story

SCORES = (1, 2, 3, 5, 8, 1, 2, 3, 5, 8, 2, 3)
IN_SPRINT = 4


async def main(easy: EasyBacklog) -> None:
    account, *_ = await easy.accounts.all()
    backlog, *_ = await easy.backlogs.all(account)
    stories = await write(easy, backlog)
    print(f"{len(stories)} stories of {sum(SCORES)} points in all, {IN_SPRINT} of them in a sprint")

    sprint = await easy.sprints.create(
        backlog, start_on=date(2026, 3, 2), duration_days=5, explicit_velocity=12
    )
    assigned = [
        await easy.sprint_stories.create(sprint, story_id=story.id) for story in stories[:IN_SPRINT]
    ]
    check("status of completing it too early", await complete(easy, backlog, sprint), 422)

    (accepted,) = [one for one in await easy.statuses.all() if one.code == "D"]
    for one in assigned:
        await easy.sprint_stories.update(sprint, one, sprint_story_status_id=accepted.id)
    check("status of completing it", await complete(easy, backlog, sprint), 200)

    sprint = await easy.sprints.get(backlog, sprint)
    points = sprint.total_completed_points
    check("whether the sprint is complete", sprint.completed, True)
    check("points of the sprint", points, float(sum(SCORES[:IN_SPRINT])))
    print(f"completed too early: 422; when all are accepted: {points:g} points")


async def write(easy: EasyBacklog, backlog: Backlog) -> list[Story]:
    theme = await easy.themes.create(backlog, name="Lamp")
    stories: list[Story] = []
    for number, score in enumerate(SCORES, 1):
        wish = f"have wish {number}"
        story = await easy.stories.create(theme, as_a="keeper", i_want_to=wish, score=score)
        await easy.criteria.create(story, criterion=f"Wish {number} is had")
        stories.append(story)
    return stories


async def complete(easy: EasyBacklog, backlog: Backlog, sprint: Sprint) -> int:
    """The status that the service answers."""
    try:
        await easy.sprints.complete(backlog, sprint)
    except Unprocessable as error:
        return error.status
    return 200
