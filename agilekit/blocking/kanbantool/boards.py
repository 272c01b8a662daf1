"""The boards, who may do what on them, and what happened there.

Generated from `agilekit.kanbantool.boards` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from datetime import datetime

from agilekit.blocking.listing import Listing
from agilekit.blocking.wrapped import WrappedResource
from agilekit.kanbantool.boards import Boards as AsyncBoards
from agilekit.kanbantool.models import Board, BoardUser, Change
from agilekit.kanbantool.params import User

__all__ = ["Boards"]


class Boards(WrappedResource[AsyncBoards]):
    """``kanban.boards``"""

    def all(self) -> Listing[Board]:
        """Lists the boards that the user may read, with their folders.

        Source: KanbanTool API v1.1 Guide, "Listing accessible boards".
        """
        return self._list(self._resource.all())

    def get(self, board: Board | int | str) -> Board:
        """Reads one board with its swimlanes, workflow stages and card types.

        Source: KanbanTool API v1.1 Guide, "Viewing board structure and settings".
        """
        return self._run(self._resource.get, board)

    def users(self, board: Board | int | str) -> Listing[BoardUser]:
        """Lists the users and what each may do: the user of the token first, suspended users last.

        Source: KanbanTool API v1.1 Guide, "Listing users and permissions for given board".
        """
        return self._list(self._resource.users(board))

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
        listing = self._resource.changes(
            board, since=since, until=until, user=user, offset=offset, limit=limit, before=before
        )
        return self._list(listing)
