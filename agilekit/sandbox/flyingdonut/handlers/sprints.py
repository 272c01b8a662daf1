"""Sprints, which the API calls iterations, with their cards and their burndown charts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agilekit.sandbox.flyingdonut import serializers
from agilekit.sandbox.messages import Refusal, Response

if TYPE_CHECKING:
    from agilekit.sandbox.flyingdonut.call import Call


def fetch_sprints(call: Call) -> Response:
    project = call.project
    return Response.json([serializers.sprint(project, it) for it in project.sprints.values()])


def fetch_sprint(call: Call) -> Response:
    return Response.json(serializers.sprint(call.project, call.sprint()))


def fetch_sprint_cards(call: Call) -> Response:
    """Each card is followed by its tasks; ``_order`` counts the positions in this mixed list."""
    project, shown = call.project, call.project.recorded.sprint_cards
    items: list[serializers.Form] = []
    for card in project.cards_in(call.sprint()):
        tasks = [serializers.sprint_task(project, task) for task in project.tasks_of(card)]
        inline: serializers.Form = {"tasks": [*tasks]} if shown == "inline" else {}
        items.append({**serializers.card(project, card), **inline})
        items.extend(tasks if shown == "mixed" else ())
    return Response.json([{**item, "_order": position} for position, item in enumerate(items)])


def fetch_sprint_burndown_chart(call: Call) -> Response:
    sprint = call.sprint()
    burndown = call.project.burndowns.get(sprint.id)
    if burndown is None:
        raise Refusal(404, "This iteration has no burndown chart")
    return Response.json(serializers.burndown(sprint.id, burndown))
