"""Working with Boards: the calls under this heading of the document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agilekit.sandbox.kanbantool.params import parse_int, parse_time
from agilekit.sandbox.messages import Refusal, Response

if TYPE_CHECKING:
    from datetime import datetime

    from agilekit.sandbox.kanbantool.call import Call
    from agilekit.sandbox.kanbantool.state import Change

MAX_CHANGES: Final = 1000


def list_boards(call: Call) -> Response:
    serializer, folders = call.serializer, call.account.folders
    rows = [
        {
            **serializer.board(board),
            **({"folder": serializer.folder(folders[board.folder_id])} if board.folder_id else {}),
        }
        for board in call.account.boards.values()
        if call.user.id in board.shares
    ]
    return call.format.many("board", rows)


def view_board(call: Call) -> Response:
    return call.format.one("board", call.serializer.structure(call.board()))


def list_users(call: Call) -> Response:
    """The caller first, then the active users, then the suspended ones."""
    users, serializer = call.account.users, call.serializer
    shares = [share for share in call.board().shares.values() if share.user_id in users]
    shares.sort(key=lambda it: (it.user_id != call.user.id, users[it.user_id].is_suspended))
    rows = [serializer.share(share, users[share.user_id]) for share in shares]
    return call.format.many("shared_item_user", rows)


def list_changes(call: Call) -> Response:
    board = call.board("read")
    first, last, user = _time(call, "from"), _time(call, "to"), call.parameter("user_id")
    before, offset = _natural(call, "before"), _natural(call, "offset") or 0
    asked = _natural(call, "limit")
    limit = call.options.changelog_limit if asked is None else min(asked, MAX_CHANGES)

    def wanted(change: Change) -> bool:
        return (
            (first is None or change.created_at >= first)
            and (last is None or change.created_at <= last)
            and (user is None or change.user_id == parse_int(user))
            and (before is None or change.id < before)
        )

    found = [change for change in reversed(board.changelog) if wanted(change)]
    serializer = call.serializer
    rows = [serializer.change(change) for change in found[offset : offset + limit]]
    return call.format.many("changelog", rows)


def _time(call: Call, name: str) -> datetime | None:
    text = call.parameter(name)
    found = parse_time(text, call.options.timezone) if text else None
    if text and found is None:
        raise Refusal(400, f"{name} is not a date in YY-MM-DDThh:mm format")
    return found


def _natural(call: Call, name: str) -> int | None:
    text = call.parameter(name)
    found = parse_int(text) if text else None
    if text and (found is None or found < 0):
        raise Refusal(400, f"{name} is not a number from 0 up")
    return found
