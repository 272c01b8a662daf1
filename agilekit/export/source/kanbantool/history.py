"""What the changes of one task tell: since when it is done, and when its stays on the board end.

Changes are in the order of their times; those of one second, of their ids.

| the task is | its stay ends | if no change says so |
|---|---|---|
| on the board | never | the first change after the last end resumes it |
| in the archive | with "archived" | when it was archived, which its row says |
| nowhere | with "deleted" | with its last change |
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from agilekit.export.project import Stay
from agilekit.kanbantool import Change

__all__ = ["completed_at", "in_order", "stays"]

_STAYS: Final[Mapping[str | None, Stay]] = {
    "archived": "ends",
    "deleted": "ends",
    "unarchived": "resumes",
    "undeleted": "resumes",
    "restored": "resumes",
}
_ENTERS: Final = ("created", "moved")


def in_order(changes: Iterable[Change]) -> list[Change]:
    """Those whose time is known, the earliest first."""
    known = [(one.created_at, one.id, one) for one in changes if one.created_at is not None]
    return [one for _, _, one in sorted(known, key=lambda found: found[:2])]


def completed_at(
    changes: Sequence[Change], done: Collection[int], archived_at: datetime | None
) -> datetime | None:
    """When a task that is done was done: when it last came to the done columns, or was archived.

    changes: those of the task, in order.

    None if neither is known: a change that only shows it there does not tell when it came.
    """
    since: datetime | None = None
    was_done: bool | None = None
    for change in changes:
        if change.workflow_stage_id is None:
            continue
        is_done = change.workflow_stage_id in done
        enters = was_done is False or (change.what or "").startswith(_ENTERS)
        if not is_done:
            since = None
        elif not was_done and enters:
            since = change.created_at
        was_done = is_done
    known = [moment for moment in (since, archived_at) if moment is not None]
    return min(known, default=None)


def stays(changes: Sequence[Change], *, on_board: bool, archived: bool) -> dict[int, Stay]:
    """By the ids of those changes of a task that end a stay on the board or resume it."""
    found: dict[int, Stay] = {one.id: _STAYS[one.what] for one in changes if one.what in _STAYS}
    ids = [one.id for one in changes]
    marked = [id for id in ids if id in found]
    ended = bool(marked) and found[marked[-1]] == "ends"
    if on_board and ended:
        later = ids[ids.index(marked[-1]) + 1 :]
        if later:
            found[later[0]] = "resumes"
        else:
            del found[marked[-1]]
    elif ids and not (on_board or archived or ended):
        found[ids[-1]] = "ends"
    return found
