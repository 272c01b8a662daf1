"""Sprints of a backlog: planned, completed, and taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from attrs import frozen

from agilekit.sandbox.easybacklog import serializers
from agilekit.sandbox.easybacklog.call import Call
from agilekit.sandbox.easybacklog.params import Invalid
from agilekit.sandbox.messages import Refusal, Response
from agilekit.sandbox.renderer import Hash, Items

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from agilekit.sandbox.easybacklog.params import Params
    from agilekit.sandbox.easybacklog.state import Backlog, Sprint

_ATTRIBUTES: Final = ("start_on", "duration_days", "number_team_members", "explicit_velocity")
_IGNORED: Final = ("backlog_id", "iteration")
_YEARS: Final = range(1900, 3000)
_MAX_DAYS: Final = 1000


def list_sprints(call: Call) -> Response:
    store = call.store
    form = serializers.sprint_with_stories if call.with_associated_data else serializers.sprint
    sprints = [form(store, store.sprints[one], xml=call.xml) for one in call.backlog().sprints]
    # The server says the name of this list itself, so that it has it even when it is empty.
    return call.respond("sprints", Items("sprint", [Hash(it) for it in sprints]))


def retrieve_sprint(call: Call) -> Response:
    form = serializers.sprint_with_stories if call.with_associated_data else serializers.sprint
    sprint = form(call.store, call.sprint_of_backlog(), xml=call.xml)
    return call.respond("hash", Hash(sprint))


def create_sprint(call: Call) -> Response:
    backlog = call.require_editable(call.backlog(), "sprint")
    values = _validated(call, backlog, None, call.permit(*_ATTRIBUTES, ignored=_IGNORED))
    sprint = call.store.add_sprint(
        backlog,
        start_on=values.start_on,
        duration_days=values.duration_days,
        number_team_members=values.number_team_members,
        explicit_velocity=values.explicit_velocity,
    )
    call.touch(backlog)
    return call.respond("hash", Hash(serializers.sprint(call.store, sprint, xml=call.xml)), 201)


def update_sprint(call: Call) -> Response:
    """Update a sprint, or complete it, or take that back; the latter two only by the string.

    Any other ``completed``, and the document's own slip ``complete``, is a protected field.
    """
    backlog = call.require_editable(call.backlog(), "sprint")
    sprint = call.sprint_of_backlog()
    completed = call.parameters.get("completed")
    ignored = (*_IGNORED, "completed") if completed in ("true", "false") else _IGNORED
    params = call.permit(*_ATTRIBUTES, ignored=ignored)
    match completed:
        case "true":
            _complete(call, backlog, sprint)
        case "false":
            _reopen(call, backlog, sprint)
        case _:
            if any(name in params for name in _ATTRIBUTES):
                _change(call, backlog, sprint, params)
    call.touch(backlog)
    return call.respond_empty()


def delete_sprint(call: Call) -> Response:
    backlog = call.require_editable(call.backlog(), "sprint")
    sprint = call.sprint_of_backlog()
    if sprint.is_completed:
        raise Refusal(403, "A completed sprint cannot be deleted")
    if backlog.sprints[-1] != sprint.id:
        raise Refusal(403, "Only the latest sprint can be deleted")
    if any(map(call.store.has_accepted_story, sprint.stories)):
        raise Refusal(403, "A sprint with accepted stories cannot be deleted")
    call.store.remove_sprint(sprint)
    call.touch(backlog)
    return call.respond_empty()


@frozen
class _SprintValues:
    """All of a sprint that a create or an update may set."""

    start_on: date
    duration_days: int
    number_team_members: Decimal | None
    explicit_velocity: Decimal | None


def _change(call: Call, backlog: Backlog, sprint: Sprint, params: Params) -> None:
    if sprint.is_completed:
        raise Invalid(["Can't modify a sprint if it is completed"])
    values = _validated(call, backlog, sprint, params)
    sprint.start_on = values.start_on
    sprint.duration_days = values.duration_days
    sprint.number_team_members = values.number_team_members
    sprint.explicit_velocity = values.explicit_velocity
    call.store.match_snapshot(sprint)
    sprint.updated_at = call.store.clock()


def _validated(
    call: Call, backlog: Backlog, current: Sprint | None, params: Params
) -> _SprintValues:
    start = params.day("start_on", current.start_on if current else None)
    days = params.integer("duration_days", current.duration_days if current else None)
    team = params.decimal("number_team_members", current.number_team_members if current else None)
    velocity = params.decimal("explicit_velocity", current.explicit_velocity if current else None)
    if start is None or start.year not in _YEARS:
        params.refuse("start_on", "can't be blank")
    if days is None:
        params.refuse("duration_days", "can't be blank")
        params.refuse("duration_days", "must be a number from 1 up")
    elif days > _MAX_DAYS:
        params.refuse("duration_days", "is too long")
    if velocity is None and team is None:
        params.refuse("number_team_members", "can't be blank")
    if velocity is None and backlog.velocity is None:
        params.refuse("explicit_velocity", "can't be blank")
    if team is not None and backlog.velocity is None:
        params.refuse("number_team_members", "is not editable with this backlog")
    params.check()
    if start is None or days is None:  # only for type checkers: both were refused above
        raise Invalid(["Sprint is not complete"])
    for one in backlog.sprints:
        other = call.store.sprints[one]
        if current is None or other.id != current.id:
            _check_apart(start, days, current.iteration if current else None, other)
    return _SprintValues(start, days, team, velocity)


def _check_apart(start: date, days: int, iteration: int | None, other: Sprint) -> None:
    """Raises :class:`Invalid` if a sprint overlaps another, or is before one of a lower number.

    ``iteration`` is None for a new sprint, which comes after all others.
    """
    end = start + timedelta(days=days - 1)
    if start <= other.start_on + timedelta(days=other.duration_days - 1) and end >= other.start_on:
        raise Invalid([f"Start date and duration overlaps with sprint {other.iteration}"])
    if start < other.start_on and (iteration is None or iteration > other.iteration):
        raise Invalid([f"Start date is before sprint {other.iteration}"])


def _complete(call: Call, backlog: Backlog, sprint: Sprint) -> None:
    number, errors = sprint.iteration, list[str]()
    if number > 1 and not call.store.sprints[backlog.sprints[number - 2]].is_completed:
        errors.append(f"Completed at Sprint {number - 1} is not complete")
    if not all(map(call.store.has_accepted_story, sprint.stories)):
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
