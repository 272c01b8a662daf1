"""Reports of the time that was spent.

Generated from `agilekit.kanbantool.reports` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from agilekit.blocking.wrapped import WrappedResource
from agilekit.kanbantool.models import Board, CardType, Task
from agilekit.kanbantool.params import User
from agilekit.kanbantool.reports import GroupBy, ReportType
from agilekit.kanbantool.reports import Reports as AsyncReports
from agilekit.wire.json import JSON

__all__ = ["Reports"]


class Reports(WrappedResource[AsyncReports]):
    """``kanban.reports``; the service answers this call only in JSON."""

    def time(
        self,
        *,
        report_type: ReportType,
        board_id: Iterable[Board | int | str],
        since: date | str | None = None,
        until: date | str | None = None,
        group_by: Iterable[GroupBy] | None = None,
        expand: bool = False,
        include_filter_options: bool = False,
        user_id: Iterable[User] | None = None,
        task_id: Iterable[Task | int | str] | None = None,
        card_type_id: Iterable[CardType | int | str] | None = None,
        tags: Iterable[str] | None = None,
    ) -> JSON:
        """Sums up the time that was spent on the tasks of some boards.

        The form of a report is not documented: it is plain data, as it comes.

        report_type: ``"summary"`` or ``"detailed"``.
        board_id: the boards, all of which the user must be able to read.
        since: a date or an aware datetime, or one in ISO 8601; the document does not say which of
            them the service takes.
        until: the same.
        group_by: in this order.
        expand: whether what the report is grouped by comes as objects with id and name.
        include_filter_options: whether the report comes with all valid filters.
        user_id: only the time of these people.
        task_id: only the time of these tasks.
        card_type_id: only the time of tasks of these types.
        tags: only the time of tasks with these tags.

        Source: KanbanTool API v1.1 Guide, "Generating time report".
        """
        return self._run(
            self._resource.time,
            report_type=report_type,
            board_id=board_id,
            since=since,
            until=until,
            group_by=group_by,
            expand=expand,
            include_filter_options=include_filter_options,
            user_id=user_id,
            task_id=task_id,
            card_type_id=card_type_id,
            tags=tags,
        )
