"""The boards, who may do what on them, and what happened there."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from agilekit.checks import check_count, id_of
from agilekit.errors import InvalidInput
from agilekit.kanbantool.models import Board, BoardUser, Change
from agilekit.kanbantool.params import User, user_id_of
from agilekit.kanbantool.routes import LIST_BOARDS, LIST_CHANGES, LIST_USERS, VIEW_BOARD
from agilekit.session.listing import Listing
from agilekit.session.resource import Resource
from agilekit.wire.json import JSON
from agilekit.wire.paginators import BeforeId
from agilekit.wire.paging import FilteredPages, Paginator

__all__ = ["Boards", "board_id_from_url"]

_LARGEST_PAGE: Final = 1000
_ADDRESS: Final = re.compile(r"/(boards|b)/([0-9]{1,18})(?:-[^/]*)?(?:/.*)?")
# How far the number in an address is above the id.
_SHIFT: Final = {"boards": 20, "b": 0}
_ANY_ZONE: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)


class Boards(Resource):
    """``kanban.boards``"""

    def all(self) -> Listing[Board]:
        """Lists the boards that the user may read, with their folders.

        Source: KanbanTool API v1.1 Guide, "Listing accessible boards".
        """
        return self._session.listing(LIST_BOARDS, {})

    async def get(self, board: Board | int | str) -> Board:
        """Reads one board with its swimlanes, workflow stages and card types.

        Source: KanbanTool API v1.1 Guide, "Viewing board structure and settings".
        """
        return await self._session.call(VIEW_BOARD, {"board_id": id_of(board, Board)})

    def users(self, board: Board | int | str) -> Listing[BoardUser]:
        """Lists the users and what each may do: the user of the token first, suspended users last.

        Source: KanbanTool API v1.1 Guide, "Listing users and permissions for given board".
        """
        return self._session.listing(LIST_USERS, {"board_id": id_of(board, Board)})

    def changes(
        self,
        board: Board | int | str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        user: User | None = None,
        offset: int = 0,
        limit: int | None = None,
        before: Change | int | str | None = None,
    ) -> Listing[Change]:
        """Lists what happened on a board, the latest first.

        since: an aware time: only what happened in its second or later.
        until: an aware time: only what happened then or before.
        user: only what this user did.
        offset: how many of the matching changes to skip.
        limit: how many changes at most; None for all.
        before: only what happened before this change.

        No document says in which time zone the service reads `since` and `until`. So it is asked
        for a day more on each side, and what is beyond them is left out here. A change without a
        time is not left out.

        Source: KanbanTool API v1.1 Guide, "Listing recent activity for board".
        """
        check_count("offset", offset, least=0)
        if limit is not None:
            check_count("limit", limit, least=1)
        filters: dict[str, JSON] = {}
        if since is not None:
            filters["from"] = _minute("since", since, -_ANY_ZONE)
        if until is not None:
            filters["to"] = _minute("until", until, _ANY_ZONE)
        if user is not None:
            filters["user_id"] = user_id_of(user)
        if before is not None:
            filters["before"] = id_of(before, Change, name="before")
        return self._session.listing(
            LIST_CHANGES,
            {"board_id": id_of(board, Board)},
            filters,
            paginator=lambda: _changes(since, until, offset=offset, limit=limit),
        )


# Source: KanbanTool API v1.1 Guide, "Board, Task and User ID mapping warning".
def board_id_from_url(url: str) -> int:
    """The API's id of a board, from its address in a browser.

    The number in ``https://mycompany.kanbantool.com/boards/123-some-board`` is 20 above the id;
    the one in the newer ``https://mycompany.kanbantool.com/b/103`` is the id itself.

    Raises InvalidInput for an address of anything else.
    """
    try:
        found = _ADDRESS.fullmatch(urlsplit(url).path)
        id = int(found[2]) - _SHIFT[found[1]] if found else 0
    except (ValueError, TypeError, AttributeError):
        id = 0
    if id <= 0:
        raise InvalidInput(f"expected the web address of a board, not {url!r:.60}")
    return id


def _changes(
    since: datetime | None, until: datetime | None, *, offset: int, limit: int | None
) -> Paginator[Change]:
    if since is None and until is None:
        return BeforeId(_LARGEST_PAGE, _id, most=limit, offset=offset)

    def is_wanted(change: Change) -> bool:
        at = change.created_at
        after = since is None or at is None or _is_not_before(since, at)
        return after and (until is None or at is None or at <= until)

    # The service is asked for more than is wanted, so offset and limit are counted here.
    every = BeforeId(_LARGEST_PAGE, _id, most=None, offset=0)
    return FilteredPages(every, is_wanted, most=limit, offset=offset)


def _is_not_before(since: datetime, at: datetime) -> bool:
    """A time in whole seconds may be of any moment in its second."""
    return since <= at or (not at.microsecond and since.replace(microsecond=0) <= at)


def _id(change: Change) -> int:
    return change.id


def _minute(name: str, moment: object, beyond: timedelta) -> str:
    """A time and what is beyond it, away from it to a whole minute."""
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise InvalidInput(f"{name} must be a datetime with a time zone, not {moment!r:.60}")
    try:
        found = moment.astimezone(UTC)
        whole = found.replace(second=0, microsecond=0)
        if whole < found and beyond > timedelta():  # a minute that has begun counts
            whole += _MINUTE
    except OverflowError:
        raise InvalidInput(f"{name} is out of range") from None
    with suppress(OverflowError):  # beyond the first or the last day of all calendars
        whole += beyond
    return whole.strftime("%Y-%m-%dT%H:%M")
