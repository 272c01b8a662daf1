"""Milestones, which no document knows: see ``RecordedForms.milestones``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agilekit.sandbox.flyingdonut import serializers
from agilekit.sandbox.messages import Response

if TYPE_CHECKING:
    from agilekit.sandbox.flyingdonut.call import Call


def fetch_milestones(call: Call) -> Response:
    project = call.project
    return Response.json([serializers.milestone(project, it) for it in project.milestones.values()])


def fetch_milestone_cards(call: Call) -> Response:
    project = call.project
    cards = project.cards_before(call.milestone())
    return Response.json(
        [serializers.card(project, card) for card in cards if not card.is_placeholder]
    )
