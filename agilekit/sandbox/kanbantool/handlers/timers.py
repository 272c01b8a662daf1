"""Working with Time Tracking: the calls under this heading of the document, JSON only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agilekit.sandbox.kanbantool.response_format import Invalid
from agilekit.sandbox.messages import Refusal, Response

if TYPE_CHECKING:
    from datetime import datetime

    from agilekit.sandbox.kanbantool.call import Call
    from agilekit.sandbox.kanbantool.params import Params
    from agilekit.sandbox.kanbantool.serializers import Form
    from agilekit.sandbox.kanbantool.state import TimeTracker


def require_json(call: Call) -> None:
    if call.format.suffix != "json":
        raise Refusal(406, "Time tracking supports responses in JSON format only")


def list_timers(call: Call) -> Response:
    """The timers of the caller, on all boards."""
    require_json(call)
    tasks, active = call.numbers("task_id"), call.parameter("active")
    listed, expand = call.parameter("listed"), call.parameter("expand") == "1"
    rows = [
        {**serialized(call, tracker), **(_expanded(call, tracker) if expand else {})}
        for tracker in call.account.time_trackers.values()
        if tracker.user_id == call.user.id
        and (tasks is None or tracker.task_id in tasks)
        and (active is None or (tracker.ended_at is None) == (active == "1"))
        and (listed is None or tracker.listed == (listed == "1"))
    ]
    return call.format.many("time_tracker", rows, bare=call.options.has_bare_lists)


def create_timer(call: Call) -> Response:
    require_json(call)
    params, account = call.params("time_tracker"), call.account
    board_id = params.integer("board_id", account.boards)
    board = account.boards.get(board_id or 0)
    if board:
        call.permitted(board, "read")
    task_id = params.integer("task_id", board.tasks if board else ())
    started_at = params.moment("started_at", call.options.timezone) or account.clock()
    ended_at = params.moment("ended_at", call.options.timezone)
    _check(params, started_at, ended_at)
    task = board.tasks.get(task_id or 0) if board else None
    if task is None:
        raise Invalid(422, {"task_id" if board else "board_id": "can't be blank"})
    tracker = account.add_time_tracker(task, started_at=started_at, ended_at=ended_at, by=call.user)
    return _one(call, tracker, status=call.options.created_status)


def update_timer(call: Call) -> Response:
    require_json(call)
    tracker, params, account = call.time_tracker(), call.params("time_tracker"), call.account
    started_at, ended_at = tracker.started_at, tracker.ended_at
    if "started_at" in params:
        started_at = params.moment("started_at", call.options.timezone) or started_at
    if "ended_at" in params:
        ended_at = params.moment("ended_at", call.options.timezone)
    _check(params, started_at, ended_at)
    tracker.started_at, tracker.ended_at = started_at, ended_at
    tracker.updated_at = account.clock()
    _log(call, tracker, "time_tracker_updated", "has changed tracked time")
    return _one(call, tracker)


def delete_timer(call: Call) -> Response:
    """The answer is the previous timer of the same user for the same task, or null."""
    require_json(call)
    tracker = call.time_tracker()
    del call.account.time_trackers[tracker.id]
    if task := call.account.task_of(tracker):
        task.time_trackers.remove(tracker)
    _log(call, tracker, "time_tracker_deleted", "has deleted tracked time")
    earlier = [
        one
        for one in call.account.time_trackers.values()
        if (one.user_id, one.task_id) == (tracker.user_id, tracker.task_id)
        and one.started_at <= tracker.started_at
    ]
    if not earlier:
        return call.format.one("time_tracker", None, bare=True)
    return _one(call, max(earlier, key=lambda one: one.started_at))


def _check(params: Params, started_at: datetime, ended_at: datetime | None) -> None:
    if ended_at and ended_at < started_at:
        params.errors["ended_at"] = "is before the start"
    params.check(422)


def _one(call: Call, tracker: TimeTracker, *, status: int = 200) -> Response:
    form = serialized(call, tracker)
    return call.format.one("time_tracker", form, status=status, bare=call.options.has_bare_lists)


def serialized(call: Call, tracker: TimeTracker) -> Form:
    related = call.account.time_trackers_beside(tracker)
    return call.serializer.time_tracker(tracker, related)


def _expanded(call: Call, tracker: TimeTracker) -> Form:
    task, board = call.account.task_of(tracker), call.account.boards[tracker.board_id]
    if task is None:
        return {}
    return {
        "task": call.serializer.task(task, board),
        "workflow_stage": call.serializer.stage(board.workflow_stages[task.workflow_stage_id]),
        "card_type": call.serializer.card_type(board.card_types[task.card_type_id]),
    }


def _log(call: Call, tracker: TimeTracker, what: str, did: str) -> None:
    """Note it in the changelog of the task, unless that was deleted."""
    if task := call.account.task_of(tracker):
        call.log(task, what, did)
