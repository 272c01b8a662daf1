"""The time that was spent on tasks.

Generated from `agilekit.kanbantool.timers` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from agilekit.blocking.drafts import taken_here
from agilekit.blocking.listing import Listing
from agilekit.blocking.wrapped import WrappedResource
from agilekit.first_use import FirstUse
from agilekit.kanbantool.models import Task, TimeTracker
from agilekit.kanbantool.params import TimerChanges, TimerDraft
from agilekit.kanbantool.timers import Timers as AsyncTimers

if TYPE_CHECKING:
    from agilekit import bulk
else:
    bulk = FirstUse("agilekit.bulk")

__all__ = ["Timers"]


class Timers(WrappedResource[AsyncTimers]):
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
        listing = self._resource.all(task=task, active=active, listed=listed, expand=expand)
        return self._list(listing)

    def create(self, **draft: Unpack[TimerDraft]) -> TimeTracker:
        """Adds a time tracker for the token's user; without ``ended_at`` it runs.

        Raises UnknownOutcome if nothing tells whether it was added; it is never sent twice.

        Source: KanbanTool API v1.1 Guide, "Creating new time entries for current user".
        """
        return self._run(self._resource.create, **draft)

    def create_many(
        self, drafts: bulk.Drafts[TimerDraft], **options: Unpack[bulk.BulkOptions]
    ) -> bulk.BulkReport[TimeTracker]:
        """Adds a time tracker for each draft, exactly once, and reports what became of each.

        A journal does not know one user of a server from another: continue it with the same token.

        Source: KanbanTool API v1.1 Guide, "Creating new time entries for current user".
        """
        return self._run(self._resource.create_many, taken_here(drafts), **options)

    def update(
        self, timer: TimeTracker | int | str, **changes: Unpack[TimerChanges]
    ) -> TimeTracker:
        """Changes when a time tracker began or ended.

        Source: KanbanTool API v1.1 Guide, "Updating existing time entries".
        """
        return self._run(self._resource.update, timer, **changes)

    def delete(self, timer: TimeTracker | int | str) -> TimeTracker | None:
        """Deletes a time tracker, and returns the previous one of the same user and task.

        None if there is no previous one, and if a first attempt got no answer and a second
        found the time tracker gone.

        Source: KanbanTool API v1.1 Guide, "Deleting time entries".
        """
        return self._run(self._resource.delete, timer)
