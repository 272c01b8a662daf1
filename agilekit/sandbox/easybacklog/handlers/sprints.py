"""Sprints and the stories assigned to them, one function a call."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from attrs import frozen

from agilekit.sandbox.easybacklog import serializers
from agilekit.sandbox.easybacklog.call import Call, Crash, identifier
from agilekit.sandbox.easybacklog.catalogue import STATUSES, TO_DO
from agilekit.sandbox.easybacklog.entities import place
from agilekit.sandbox.easybacklog.params import Invalid
from agilekit.sandbox.messages import Refusal, Response
from agilekit.sandbox.renderer import Hash, Items

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from agilekit.sandbox.easybacklog.params import Written
    from agilekit.sandbox.easybacklog.state import Backlog, Sprint, SprintStory

_ATTRIBUTES: Final = ("start_on", "duration_days", "number_team_members", "explicit_velocity")
_UNSEEN: Final = ("backlog_id", "iteration")
_ASSIGNED: Final = ("sprint_story_status_id", "position")
_ASSIGNED_UNSEEN: Final = (
    "sprint_id",
    "story_id",
    "theme_id",
    "sprint_statistics",
    "move_to_sprint_id",
    "created_at",
    "updated_at",
)
_YEARS: Final = range(1900, 3000)
_LONGEST: Final = 1000  # days
_ANY: Final = -(2**31)  # no status is refused: one that is unknown becomes "To do"


def list_sprints(call: Call) -> Response:
    store = call.store
    form = serializers.sprint_with_stories if call.with_associated_data else serializers.sprint
    sprints = [form(store, store.sprints[one], xml=call.xml) for one in call.backlog().sprints]
    # The server says the name of this list itself, so that it has it even when it is empty.
    return call.record("sprints", Items("sprint", [Hash(it) for it in sprints]))


def retrieve_sprint(call: Call) -> Response:
    form = serializers.sprint_with_stories if call.with_associated_data else serializers.sprint
    sprint = form(call.store, call.sprint_of_backlog(), xml=call.xml)
    return call.record("hash", Hash(sprint))


def create_sprint(call: Call) -> Response:
    backlog = call.editable(call.backlog(), "sprint")
    plan = _judged(call, backlog, None, call.written(*_ATTRIBUTES, ignored=_UNSEEN))
    sprint = call.store.add_sprint(
        backlog,
        start_on=plan.start_on,
        duration_days=plan.duration_days,
        number_team_members=plan.number_team_members,
        explicit_velocity=plan.explicit_velocity,
    )
    call.touched(backlog)
    return call.record("hash", Hash(serializers.sprint(call.store, sprint, xml=call.xml)), 201)


def update_sprint(call: Call) -> Response:
    """Update a sprint, or complete it, or take that back; the latter two by the string alone.

    Any other ``completed``, and the document's own slip ``complete``, is a protected field.
    """
    backlog = call.editable(call.backlog(), "sprint")
    sprint = call.sprint_of_backlog()
    completed = call.parameters.get("completed")
    unseen = (*_UNSEEN, "completed") if completed in ("true", "false") else _UNSEEN
    given = call.written(*_ATTRIBUTES, ignored=unseen)
    match completed:
        case "true":
            _complete(call, backlog, sprint)
        case "false":
            _reopen(call, backlog, sprint)
        case _:
            if any(name in given for name in _ATTRIBUTES):
                _change(call, backlog, sprint, given)
    call.touched(backlog)
    return call.done()


def delete_sprint(call: Call) -> Response:
    backlog = call.editable(call.backlog(), "sprint")
    sprint = call.sprint_of_backlog()
    if sprint.is_completed:
        raise Refusal(403, "A completed sprint cannot be deleted")
    if backlog.sprints[-1] != sprint.id:
        raise Refusal(403, "Only the latest sprint can be deleted")
    if any(_is_accepted(call, one) for one in sprint.stories):
        raise Refusal(403, "A sprint with accepted stories cannot be deleted")
    call.store.remove_sprint(sprint)
    call.touched(backlog)
    return call.done()


def list_sprint_stories(call: Call) -> Response:
    store = call.store
    assigned = [store.sprint_stories[one] for one in call.sprint().stories]
    values = [serializers.sprint_story(store, it) for it in assigned]
    return call.listing("sprint_stories", "sprint_story", values)


def retrieve_sprint_story(call: Call) -> Response:
    return call.record("sprint_story", serializers.sprint_story(call.store, call.sprint_story()))


def create_sprint_story(call: Call) -> Response:
    """Assign a story to a sprint. One that another sprint has, or none, makes the server fail."""
    store = call.store
    sprint = call.sprint()
    backlog = _open(call, sprint)
    given = call.written(*_ASSIGNED, ignored=_ASSIGNED_UNSEEN)
    named = call.parameters.get("story_id")
    story = store.stories.get(identifier(named) or 0)
    if story is None and named not in (None, ""):
        raise Crash("undefined method `score_50' for nil:NilClass")
    siblings = call.siblings("sprint story", sprint.id, sprint.stories)
    status = given.integer("sprint_story_status_id", least=_ANY)
    position = given.integer("position")
    assigned = store.sprint_stories.get(story.sprint_story_id or 0) if story else None
    if story is None or call.backlog_of(story) is not backlog:
        given.refuse("story_id", "can't be blank")
    elif assigned and assigned.id in siblings.seen:
        given.refuse("story_id", "has already been taken")
    given.check()
    if story is None or assigned:
        raise Crash("PG::UniqueViolation: index_sprint_stories_on_story_id")
    status = status if status in STATUSES else TO_DO
    made = store.add_sprint_story(
        sprint, story, status=status or TO_DO, position=siblings.position(position)
    )
    siblings.stored(made.id)
    call.touched(backlog)
    return call.record("sprint_story", serializers.sprint_story(store, made), 201)


def update_sprint_story(call: Call) -> Response:
    store = call.store
    it, sprint = call.sprint_story(), call.sprint()
    backlog = _open(call, sprint)
    given = call.written(*_ASSIGNED, ignored=_ASSIGNED_UNSEEN)
    status = given.integer("sprint_story_status_id", it.sprint_story_status_id, least=_ANY)
    position = given.integer("position")
    target = _target(call, it)
    if target is None:
        raise Crash("undefined method `completed?' for nil:NilClass")
    if target.is_completed:
        given.refuse("sprint_id", "cannot be assigned to a complete sprint")
    given.check()
    it.sprint_story_status_id = status if status in STATUSES else TO_DO
    if position is not None:
        place(sprint.places, it.id, position)
    if target is not sprint:
        store.move_sprint_story(it, target)
        story = store.stories[it.story_id]
        it.score_50_when_assigned, it.score_90_when_assigned = story.score_50, story.score_90
    it.updated_at = store.clock()
    call.touched(backlog)
    return call.done()


def delete_sprint_story(call: Call) -> Response:
    it = call.sprint_story()
    backlog = _open(call, call.sprint())
    if _is_accepted(call, it.id):
        raise Crash("RecordNotDestroyable: the story is accepted")
    call.store.remove_sprint_story(it)
    call.touched(backlog)
    return call.done()


@frozen
class _Plan:
    start_on: date
    duration_days: int
    number_team_members: Decimal | None
    explicit_velocity: Decimal | None


def _change(call: Call, backlog: Backlog, sprint: Sprint, given: Written) -> None:
    if sprint.is_completed:
        raise Invalid(["Can't modify a sprint if it is completed"])
    plan = _judged(call, backlog, sprint, given)
    sprint.start_on = plan.start_on
    sprint.duration_days = plan.duration_days
    sprint.number_team_members = plan.number_team_members
    sprint.explicit_velocity = plan.explicit_velocity
    call.store.match_snapshot(sprint)
    sprint.updated_at = call.store.clock()


def _judged(call: Call, backlog: Backlog, now: Sprint | None, given: Written) -> _Plan:
    start = given.day("start_on", now.start_on if now else None)
    days = given.integer("duration_days", now.duration_days if now else None)
    team = given.decimal("number_team_members", now.number_team_members if now else None)
    velocity = given.decimal("explicit_velocity", now.explicit_velocity if now else None)
    if start is None or start.year not in _YEARS:
        given.refuse("start_on", "can't be blank")
    if days is None:
        given.refuse("duration_days", "can't be blank")
        given.refuse("duration_days", "must be a number from 1 up")
    elif days > _LONGEST:
        given.refuse("duration_days", "is too long")
    if velocity is None and team is None:
        given.refuse("number_team_members", "can't be blank")
    if velocity is None and backlog.velocity is None:
        given.refuse("explicit_velocity", "can't be blank")
    if team is not None and backlog.velocity is None:
        given.refuse("number_team_members", "is not editable with this backlog")
    given.check()
    if start is None or days is None:
        raise Invalid(["Sprint is not complete"])
    for one in backlog.sprints:
        other = call.store.sprints[one]
        if now is None or other.id != now.id:
            _apart(start, days, now.iteration if now else None, other)
    return _Plan(start, days, team, velocity)


def _apart(start: date, days: int, iteration: int | None, other: Sprint) -> None:
    """Raises Invalid if a sprint overlaps another, or is before one with a lower number."""
    end = start + timedelta(days=days - 1)
    if start <= other.start_on + timedelta(days=other.duration_days - 1) and end >= other.start_on:
        raise Invalid([f"Start date and duration overlaps with sprint {other.iteration}"])
    if start < other.start_on and (iteration is None or iteration > other.iteration):
        raise Invalid([f"Start date is before sprint {other.iteration}"])


def _complete(call: Call, backlog: Backlog, sprint: Sprint) -> None:
    number, errors = sprint.iteration, list[str]()
    if number > 1 and not call.store.sprints[backlog.sprints[number - 2]].is_completed:
        errors.append(f"Completed at Sprint {number - 1} is not complete")
    if not all(_is_accepted(call, one) for one in sprint.stories):
        errors.append("Sprint contains stories that are not accepted")
    if errors:
        raise Invalid(errors)
    call.store.complete_sprint(sprint)


def _reopen(call: Call, backlog: Backlog, sprint: Sprint) -> None:
    after = backlog.sprints[sprint.iteration :]
    if after and call.store.sprints[after[0]].is_completed:
        raise Invalid([f"Sprint {sprint.iteration + 1} is complete"])
    sprint.completed_at = None
    sprint.updated_at = call.store.clock()
    call.store.match_snapshot(sprint)


def _open(call: Call, sprint: Sprint) -> Backlog:
    backlog = call.store.backlogs[sprint.backlog_id]
    if sprint.is_completed or not backlog.is_editable:
        reason = "This sprint story cannot be updated as the backlog or sprint is not editable"
        raise Refusal(403, reason)
    return call.editable(backlog, "sprint story", "readstatus")


def _target(call: Call, it: SprintStory) -> Sprint | None:
    """The sprint that the story shall be in; None if it is none of the same backlog."""
    home = call.store.sprints[it.sprint_id]
    if "move_to_sprint_id" not in call.parameters:
        return home
    target = call.store.sprints.get(identifier(call.parameters["move_to_sprint_id"]) or 0)
    return target if target and target.backlog_id == home.backlog_id else None


def _is_accepted(call: Call, sprint_story_id: int) -> bool:
    story = call.store.stories[call.store.sprint_stories[sprint_story_id].story_id]
    return call.store.is_accepted(story)
