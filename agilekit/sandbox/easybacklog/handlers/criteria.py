"""Acceptance criteria of stories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agilekit.sandbox.easybacklog import serializers
from agilekit.sandbox.easybacklog.call import Call, Crash
from agilekit.sandbox.easybacklog.entities import insert_at
from agilekit.sandbox.easybacklog.params import Invalid

if TYPE_CHECKING:
    from agilekit.sandbox.easybacklog.state import Criterion, Story
    from agilekit.sandbox.messages import Response

_IGNORED: Final = ("story_id", "created_at", "updated_at")


def list_criteria(call: Call) -> Response:
    store = call.store
    criteria = [store.criteria[one] for one in call.story().criteria]
    values = [serializers.criterion(store, it) for it in criteria]
    return call.respond_list("acceptance_criteria", "acceptance_criterion", values)


def retrieve_criterion(call: Call) -> Response:
    return call.respond("acceptance_criterion", serializers.criterion(call.store, call.criterion()))


def create_criterion(call: Call) -> Response:
    story = call.story()
    backlog = call.require_editable(call.backlog_of(story), "acceptance criterion")
    text, position = _validated(call, story, None)
    siblings = call.siblings("criterion", story.id, story.criteria)
    criterion = call.store.add_criterion(story, text, position=siblings.position(position))
    siblings.stored(criterion.id)
    call.touch(backlog)
    value = serializers.criterion(call.store, criterion)
    location = f"/stories/{story.id}/acceptance_criteria.{criterion.id}"
    return call.respond("acceptance_criterion", value, 201, location=location)


def update_criterion(call: Call) -> Response:
    story, criterion = call.story(), call.criterion()
    backlog = call.require_editable(call.backlog_of(story), "acceptance criterion")
    criterion.criterion, position = _validated(call, story, criterion)
    if position is not None:
        insert_at(story.criteria, criterion.id, position)
    call.touch(backlog)
    return call.respond_empty()


def delete_criterion(call: Call) -> Response:
    story, criterion = call.story(), call.criterion()
    backlog = call.require_editable(call.backlog_of(story), "acceptance criterion")
    if call.store.is_accepted(story):
        raise Crash("RecordNotDestroyable: the story of this criterion is accepted")
    call.store.remove_criterion(criterion)
    call.touch(backlog)
    return call.respond_empty()


def _validated(
    call: Call, story: Story, current: Criterion | None
) -> tuple[str | None, int | None]:
    params = call.permit("criterion", "position", ignored=_IGNORED)
    text = params.text("criterion", current.criterion if current else None)
    position = params.integer("position")
    params.check()
    if call.store.is_accepted(story):
        raise Invalid(["Cannot edit as story is marked as accepted and therefore locked"])
    return text, position
