"""Cards: those of the backlog and of one of its buckets, and one by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agilekit.sandbox.flyingdonut import drafts, params, serializers
from agilekit.sandbox.flyingdonut.edits import (
    AnyEdit,
    Edit,
    answer_update,
    apply_edits,
    edit_of_draft,
)
from agilekit.sandbox.messages import Json, Refusal, Response

if TYPE_CHECKING:
    from agilekit.sandbox.flyingdonut.call import Call
    from agilekit.sandbox.flyingdonut.project import Project
    from agilekit.sandbox.flyingdonut.state import Bucket, Card

ATTRIBUTES: Final = drafts.ATTRIBUTES | {"iteration", "state"}


def fetch_backlog_cards(call: Call) -> Response:
    return Response.json(
        [
            {**serializers.bucket(bucket), "items": _cards_in(call.project, bucket)}
            for bucket in call.project.buckets.values()
        ]
    )


def fetch_backlog_bucket_cards(call: Call) -> Response:
    return Response.json(_cards_in(call.project, call.bucket()))


def create_backlog_bucket_card(call: Call) -> Response:
    bucket, project = call.bucket(), call.project

    def add(draft: drafts.Draft) -> Json:
        card = project.add_card(
            draft.title, bucket=bucket, summary=draft.summary, estimate=draft.estimate
        )
        return serializers.card(project, card)

    return drafts.create(call, add)


def fetch_card(call: Call) -> Response:
    return Response.json(serializers.card(call.project, call.card()))


def update_card(call: Call) -> Response:
    card, project = call.card(), call.project
    attributes = params.attributes(project, params.decode(call.request.body), ATTRIBUTES)
    if card.is_placeholder:
        raise Refusal(400, "The placeholder for tasks without a card cannot be changed")
    params.check_containers(attributes)
    edits = [_edit(call, card, name, attribute) for name, attribute in attributes.items()]
    source, version = card.container, card.version
    conflict = apply_edits(edits, call.locking, storm=call.request.storm)
    if card.version != version:
        project.moved(card, source)
        card.operations += 1
        project.activity += 1
    form = serializers.updated_card(project, card)
    return answer_update(call.locking, form, conflict=conflict)


def _cards_in(project: Project, bucket: Bucket) -> list[Json]:
    return [serializers.card(project, card) for card in project.cards_in(bucket)]


def _edit(call: Call, card: Card, name: str, attribute: Json) -> AnyEdit:
    value, version = params.value_of(name, attribute), params.version_of(name, attribute)
    project = call.project
    match name:
        case "iteration":
            sprint = None if value is None else params.reference(name, value, project.sprints)
            others = [one for one in (*project.sprints, None) if one != card.iteration.value]
            rival = others[0] if others else None
            return Edit(name, card.iteration, sprint, version, rival)
        case "state":
            bucket = None if value is None else params.reference(name, value, project.buckets)
            others = [one for one in project.buckets if one != card.state.value]
            return Edit(name, card.state, bucket, version, others[0] if others else bucket)
        case _:
            return edit_of_draft(call, card, name, value, version)
