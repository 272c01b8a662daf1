"""Reports of the time that was spent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Final, Literal, TypeAlias, cast, get_args

from agilekit.checks import parse_id
from agilekit.kanbantool.models import Board, CardType, Task
from agilekit.kanbantool.params import User, parse_user_id
from agilekit.kanbantool.routes import REPORT_TIME
from agilekit.session.resource import Resource
from agilekit.wire.encode import (
    Encode,
    boolean,
    encode_draft,
    iso_date,
    iso_time,
    non_empty,
    one_of,
)
from agilekit.wire.json import JSON

__all__ = ["GroupBy", "ReportType", "Reports"]

ReportType: TypeAlias = Literal["summary", "detailed"]
GroupBy: TypeAlias = Literal["board_id", "task_id", "user_id", "sprint_id"]


class Reports(Resource):
    """``kanban.reports``; the service answers this call only in JSON."""

    async def time(
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
        given: dict[str, object] = {
            "report_type": report_type,
            "board_id": board_id,
            "since": since,
            "until": until,
            "group_by": group_by,
            # What is false is the default, and not sent.
            "expand": expand or None,
            "include_filter_options": include_filter_options or None,
            "user_id": user_id,
            "task_id": task_id,
            "card_type_id": card_type_id,
            "tags": tags,
        }
        asked = {name: value for name, value in given.items() if value is not None}
        fields = encode_draft(asked, _FIELDS, required=("report_type", "board_id"))
        query = {_NAMES.get(name, name): value for name, value in fields.items()}
        return await self._session.call(REPORT_TIME, {}, query=query)


def _comma_separated(one: Callable[[object], object]) -> Encode:
    """Values with commas between them."""

    def write(value: object) -> JSON:
        if not isinstance(value, Iterable) or isinstance(value, str | bytes | Mapping):
            raise ValueError(f"must be a list, not {value!r:.60}")
        parts = [str(one(part)) for part in cast("Iterable[object]", value)]
        if not parts:
            raise ValueError("must not be empty")
        return ",".join(parts)

    return write


def _ids(kind: type[object]) -> Encode:
    return _comma_separated(lambda value: parse_id(value, kind))


def _tag(value: object) -> str:
    # A comma would make two tags of it.
    if "," in (tag := non_empty(value)):
        raise ValueError(f"must be tags without commas, not {tag!r:.60}")
    return tag


def _day_or_moment(value: object) -> JSON:
    is_day = isinstance(value, date) and not isinstance(value, datetime)
    return (
        iso_date(value)
        if is_day or (isinstance(value, str) and len(value) <= _DAY)
        else iso_time(value)
    )


_DAY: Final = len("2010-02-09")
_FIELDS: Final[Mapping[str, Encode]] = {
    "report_type": one_of(*get_args(ReportType)),
    "board_id": _ids(Board),
    "since": _day_or_moment,
    "until": _day_or_moment,
    "group_by": _comma_separated(one_of(*get_args(GroupBy))),
    "expand": lambda value: int(boolean(value)),
    "include_filter_options": lambda value: int(boolean(value)),
    "user_id": _comma_separated(parse_user_id),
    "task_id": _ids(Task),
    "card_type_id": _ids(CardType),
    "tags": _comma_separated(_tag),
}
_NAMES: Final = {
    "since": "from",
    "until": "to",
    "card_type_id": "tasks.card_type_id",
    "tags": "tasks.tags",
}
