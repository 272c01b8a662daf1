"""The time that was spent on tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from agilekit.checks import check_flag, id_of
from agilekit.first_use import FirstUse
from agilekit.kanbantool.models import Task, TimeTracker
from agilekit.kanbantool.params import (
    TIMER_CHANGES,
    TimerChanges,
    TimerDraft,
)
from agilekit.kanbantool.routes import CREATE_TIMER, DELETE_TIMER, LIST_TIMERS, UPDATE_TIMER
from agilekit.session.listing import Listing
from agilekit.session.resource import Resource
from agilekit.wire.encode import encode_changes
from agilekit.wire.json import JSON

if TYPE_CHECKING:
    from agilekit import bulk
    from agilekit.kanbantool import specs
else:
    bulk = FirstUse("agilekit.bulk")
    specs = FirstUse("agilekit.kanbantool.specs")

__all__ = ["Timers"]


class Timers(Resource):
    """``kanban.timers``; the service answers these calls only in JSON."""

    def all(
        self,
        *,
        task: Task | int | str | None = None,
        active: bool | None = None,
        listed: bool | None = None,
        expand: bool = False,
    ) -> Listing[TimeTracker]:
        """Lists the time trackers of the token's user.

        task: only those of this task.
        active: only running ones, or only finished ones.
        listed: only those that the side panel shows, or only the others.
        expand: with the task, the workflow stage and the card type of each.

        Source: KanbanTool API v1.1 Guide, "Listing timers for current user".
        """
        filters: dict[str, JSON] = {}
        if task is not None:
            filters["task_id"] = id_of(task, Task)
        for name, wanted in (("active", active), ("listed", listed), ("expand", expand or None)):
            if wanted is not None:
                filters[name] = int(check_flag(name, wanted))
        return self._session.listing(LIST_TIMERS, {}, filters)

    async def create(self, **draft: Unpack[TimerDraft]) -> TimeTracker:
        """Adds a time tracker for the token's user; without ``ended_at`` it runs.

        Raises UnknownOutcome if nothing tells whether it was added; it is never sent twice.

        Source: KanbanTool API v1.1 Guide, "Creating new time entries for current user".
        """
        fields = specs.TIMERS.encode(draft)
        return await self._session.call(CREATE_TIMER, {}, {"time_tracker": fields})

    async def create_many(
        self, drafts: bulk.Drafts[TimerDraft], **options: Unpack[bulk.BulkOptions]
    ) -> bulk.BulkReport[TimeTracker]:
        """Adds a time tracker for each draft, exactly once, and reports what became of each.

        A journal does not know one user of a server from another: continue it with the same token.

        Source: KanbanTool API v1.1 Guide, "Creating new time entries for current user".
        """
        creation = specs.TIMERS.within(self._session, {})
        return await bulk.create_many(creation, drafts, **options)

    async def update(
        self, timer: TimeTracker | int | str, **changes: Unpack[TimerChanges]
    ) -> TimeTracker:
        """Changes when a time tracker began or ended.

        Source: KanbanTool API v1.1 Guide, "Updating existing time entries".
        """
        ids, fields = _ids(timer), encode_changes(changes, TIMER_CHANGES)
        return await self._session.call(UPDATE_TIMER, ids, {"time_tracker": fields})

    async def delete(self, timer: TimeTracker | int | str) -> TimeTracker | None:
        """Deletes a time tracker, and returns the previous one of the same user and task.

        None if there is no previous one, and if a first attempt got no answer and a second
        found the time tracker gone.

        Source: KanbanTool API v1.1 Guide, "Deleting time entries".
        """
        return await self._session.call(DELETE_TIMER, _ids(timer))


def _ids(timer: TimeTracker | int | str) -> dict[str, int]:
    return {"time_tracker_id": id_of(timer, TimeTracker, name="timer")}
