"""Sprint stories: the stories that are assigned to a sprint, each with its status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agilekit.sandbox.easybacklog import serializers
from agilekit.sandbox.easybacklog.call import Call, Crash, identifier
from agilekit.sandbox.easybacklog.catalogue import STATUSES, TO_DO
from agilekit.sandbox.easybacklog.entities import insert_at
from agilekit.sandbox.messages import Refusal, Response

if TYPE_CHECKING:
    from agilekit.sandbox.easybacklog.state import Backlog, Sprint, SprintStory

_ATTRIBUTES: Final = ("sprint_story_status_id", "position")
_IGNORED: Final = (
    "sprint_id",
    "story_id",
    "theme_id",
    "sprint_statistics",
    "move_to_sprint_id",
    "created_at",
    "updated_at",
)
_ANY: Final = -(2**31)  # no status is refused: one that is unknown becomes "To do"


def list_sprint_stories(call: Call) -> Response:
    store = call.store
    assigned = [store.sprint_stories[one] for one in call.sprint().stories]
    values = [serializers.sprint_story(store, it) for it in assigned]
    return call.respond_list("sprint_stories", "sprint_story", values)


def retrieve_sprint_story(call: Call) -> Response:
    return call.respond("sprint_story", serializers.sprint_story(call.store, call.sprint_story()))


def create_sprint_story(call: Call) -> Response:
    """Assign a story to a sprint.

    A story that another sprint has, or that does not exist, makes the server fail with a 500.
    """
    store = call.store
    sprint = call.sprint()
    backlog = _require_open(call, sprint)
    params = call.permit(*_ATTRIBUTES, ignored=_IGNORED)
    named = call.parameters.get("story_id")
    story = store.stories.get(identifier(named) or 0)
    if story is None and named not in (None, ""):
        raise Crash("undefined method `score_50' for nil:NilClass")
    siblings = call.siblings("sprint story", sprint.id, sprint.stories)
    status = params.integer("sprint_story_status_id", least=_ANY)
    position = params.integer("position")
    assigned = store.sprint_stories.get(story.sprint_story_id or 0) if story else None
    if story is None or call.backlog_of(story) is not backlog:
        params.refuse("story_id", "can't be blank")
    elif assigned and assigned.id in siblings.visible:
        params.refuse("story_id", "has already been taken")
    params.check()
    # In another sprint, or in this one and unseen: only the database finds it.
    if story is None or assigned:
        raise Crash("PG::UniqueViolation: index_sprint_stories_on_story_id")
    status = status if status in STATUSES else TO_DO
    created = store.add_sprint_story(
        sprint, story, status=status or TO_DO, position=siblings.position(position)
    )
    siblings.stored(created.id)
    call.touch(backlog)
    return call.respond("sprint_story", serializers.sprint_story(store, created), 201)


def update_sprint_story(call: Call) -> Response:
    store = call.store
    it, sprint = call.sprint_story(), call.sprint()
    backlog = _require_open(call, sprint)
    params = call.permit(*_ATTRIBUTES, ignored=_IGNORED)
    status = params.integer("sprint_story_status_id", it.sprint_story_status_id, least=_ANY)
    position = params.integer("position")
    target = _target(call, it)
    if target is None:
        raise Crash("undefined method `completed?' for nil:NilClass")
    if target.is_completed:
        params.refuse("sprint_id", "cannot be assigned to a complete sprint")
    params.check()
    it.sprint_story_status_id = status if status in STATUSES else TO_DO
    if position is not None:
        insert_at(sprint.places, it.id, position)
    if target is not sprint:
        store.move_sprint_story(it, target)
        # It is assigned anew, with the scores that the story has by then.
        story = store.stories[it.story_id]
        it.score_50_when_assigned, it.score_90_when_assigned = story.score_50, story.score_90
    it.updated_at = store.clock()
    call.touch(backlog)
    return call.respond_empty()


def delete_sprint_story(call: Call) -> Response:
    it = call.sprint_story()
    backlog = _require_open(call, call.sprint())
    if call.store.has_accepted_story(it.id):
        raise Crash("RecordNotDestroyable: the story is accepted")
    call.store.remove_sprint_story(it)
    call.touch(backlog)
    return call.respond_empty()


def _require_open(call: Call, sprint: Sprint) -> Backlog:
    backlog = call.store.backlogs[sprint.backlog_id]
    if sprint.is_completed or not backlog.is_editable:
        reason = "This sprint story cannot be updated as the backlog or sprint is not editable"
        raise Refusal(403, reason)
    return call.require_editable(backlog, "sprint story", "readstatus")


def _target(call: Call, it: SprintStory) -> Sprint | None:
    """The sprint that the story goes to; None if the same backlog has no such sprint."""
    home = call.store.sprints[it.sprint_id]
    if "move_to_sprint_id" not in call.parameters:
        return home
    target = call.store.sprints.get(identifier(call.parameters["move_to_sprint_id"]) or 0)
    return target if target and target.backlog_id == home.backlog_id else None
