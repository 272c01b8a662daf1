"""Working with Time Tracking: the calls under this heading of the document, JSON only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agilekit.sandbox.kanbantool.response_format import Invalid
from agilekit.sandbox.messages import Refusal, Response

if TYPE_CHECKING:
    from datetime import datetime

    from agilekit.sandbox.kanbantool.call import Call
    from agilekit.sandbox.kanbantool.params import Fields
    from agilekit.sandbox.kanbantool.serializers import Form
    from agilekit.sandbox.kanbantool.state import Task, TimeTracker


def json_only(call: Call) -> None:
    if call.dress.suffix != "json":
        raise Refusal(406, "Time tracking supports responses in JSON format only")


def list_timers(call: Call) -> Response:
    """Those of the caller, whichever board they are on."""
    json_only(call)
    tasks, active = call.numbers("task_id"), call.parameter("active")
    listed, expand = call.parameter("listed"), call.parameter("expand") == "1"
    rows = [
        {**form_of(call, tracker), **(_expanded(call, tracker) if expand else {})}
        for tracker in call.service.time_trackers.values()
        if tracker.user_id == call.user.id
        and (tasks is None or tracker.task_id in tasks)
        and (active is None or (tracker.ended_at is None) == (active == "1"))
        and (listed is None or tracker.listed == (listed == "1"))
    ]
    return call.dress.many("time_tracker", rows, bare=_bare(call))


def create_timer(call: Call) -> Response:
    json_only(call)
    fields, service = call.fields("time_tracker"), call.service
    board_id = fields.number("board_id", service.boards)
    board = service.boards.get(board_id or 0)
    if board:
        call.permitted(board, "read")
    task_id = fields.number("task_id", board.tasks if board else ())
    started_at = fields.moment("started_at", service.timezone) or service.clock()
    ended_at = fields.moment("ended_at", service.timezone)
    _check(fields, started_at, ended_at)
    task = board.tasks.get(task_id or 0) if board else None
    if task is None:
        raise Invalid(422, {"task_id" if board else "board_id": "can't be blank"})
    tracker = service.add_time_tracker(task, started_at=started_at, ended_at=ended_at, by=call.user)
    return _one(call, tracker, status=service.created_status)


def update_timer(call: Call) -> Response:
    json_only(call)
    tracker, fields, service = call.time_tracker(), call.fields("time_tracker"), call.service
    started_at, ended_at = tracker.started_at, tracker.ended_at
    if "started_at" in fields:
        started_at = fields.moment("started_at", service.timezone) or started_at
    if "ended_at" in fields:
        ended_at = fields.moment("ended_at", service.timezone)
    _check(fields, started_at, ended_at)
    tracker.started_at, tracker.ended_at = started_at, ended_at
    tracker.updated_at = service.clock()
    _log(call, tracker, "time_tracker_updated", "has changed tracked time")
    return _one(call, tracker)


def delete_timer(call: Call) -> Response:
    """The answer is the previous timer of the same user for the same task, or null."""
    json_only(call)
    tracker = call.time_tracker()
    del call.service.time_trackers[tracker.id]
    if task := _task(call, tracker):
        task.time_trackers.remove(tracker)
    _log(call, tracker, "time_tracker_deleted", "has deleted tracked time")
    earlier = [
        one
        for one in call.service.time_trackers.values()
        if (one.user_id, one.task_id) == (tracker.user_id, tracker.task_id)
        and one.started_at <= tracker.started_at
    ]
    if not earlier:
        return call.dress.one("time_tracker", None, bare=True)
    return _one(call, max(earlier, key=lambda one: one.started_at))


def _check(fields: Fields, started_at: datetime, ended_at: datetime | None) -> None:
    if ended_at and ended_at < started_at:
        fields.faults["ended_at"] = "is before the start"
    fields.check(422)


def _bare(call: Call) -> bool:
    return call.service.envelopes == "2017"


def _one(call: Call, tracker: TimeTracker, *, status: int = 200) -> Response:
    form = form_of(call, tracker)
    return call.dress.one("time_tracker", form, status=status, bare=_bare(call))


def form_of(call: Call, tracker: TimeTracker) -> Form:
    task = _task(call, tracker)
    related = task.time_trackers if task else call.service.time_trackers.values()
    return call.forms.time_tracker(tracker, related)


def _expanded(call: Call, tracker: TimeTracker) -> Form:
    task, board = _task(call, tracker), call.service.boards[tracker.board_id]
    if task is None:
        return {}
    return {
        "task": call.forms.task(task, board),
        "workflow_stage": call.forms.stage(board.workflow_stages[task.workflow_stage_id]),
        "card_type": call.forms.card_type(board.card_types[task.card_type_id]),
    }


def _task(call: Call, tracker: TimeTracker) -> Task | None:
    return call.service.boards[tracker.board_id].tasks.get(tracker.task_id)


def _log(call: Call, tracker: TimeTracker, what: str, did: str) -> None:
    if task := _task(call, tracker):
        call.service.log(task, what, f"{call.user.initials} {did}", by=call.user)
