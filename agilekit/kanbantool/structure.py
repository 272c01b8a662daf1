"""What a board is made of, and who works on it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, TypeAlias

from attrs import frozen

from agilekit.wire.json import JSON
from agilekit.wire.model import Model, raw_field

__all__ = [
    "Board",
    "BoardUser",
    "CardType",
    "Folder",
    "Id",
    "Swimlane",
    "UserSummary",
    "WorkflowStage",
]

# Always a number, so that it can be handed on to the next call as it is.
Id: TypeAlias = Annotated[int, "0 where the answer held none"]


@frozen(repr=False)
class UserSummary(Model):
    """Somebody, as boards, tasks and comments name them."""

    id: int | None = None
    """Sent with the users of a board alone."""
    initials: str | None = None
    name: str | None = None
    is_suspended: bool | None = None
    raw: Mapping[str, JSON] = raw_field()


@frozen(repr=False)
class Folder(Model):
    """What boards are kept in."""

    id: Id = 0
    name: str | None = None
    description: str | None = None
    position: int | None = None
    created_at: datetime | None = None
    raw: Mapping[str, JSON] = raw_field()


@frozen(repr=False)
class Swimlane(Model):
    """A row of a board."""

    id: Id = 0
    name: str | None = None
    board_id: int | None = None
    limit: int | None = None
    """The most tasks that should be in it."""
    position: int | None = None
    """From 1, top to bottom."""
    raw: Mapping[str, JSON] = raw_field()


@frozen(repr=False)
class WorkflowStage(Model):
    """A column of a board, or a part of one."""

    id: Id = 0
    name: str | None = None
    """None for the root of all stages."""
    board_id: int | None = None
    parent_id: int | None = None
    """The stage that it is a part of."""
    lane_width: int | None = None
    limit: int | None = None
    """The most tasks that should be in it."""
    position: int | None = None
    """From 1, left to right."""
    raw: Mapping[str, JSON] = raw_field()


@frozen(repr=False)
class CardType(Model):
    """A kind of task, with its colour."""

    id: Id = 0
    name: str | None = None
    board_id: int | None = None
    color_ref: str | None = None
    is_default: bool | None = None
    is_disabled: bool | None = None
    position: int | None = None
    raw: Mapping[str, JSON] = raw_field()


@frozen(repr=False)
class Board(Model):
    """Source: KanbanTool API v1.1 Guide, "Listing accessible boards" and
    "Viewing board structure and settings".

    The list has the folder, the view of one board has what follows it.
    """

    id: Id = 0
    """20 less than the number in its web address."""
    name: str | None = None
    description: str | None = None
    folder_id: int | None = None
    position: int | None = None
    version: int | None = None
    """Counts its changes."""
    last_activity_on: date | None = None
    created_at: datetime | None = None
    folder: Folder | None = None
    swimlanes: tuple[Swimlane, ...] | None = None
    workflow_stages: tuple[WorkflowStage, ...] | None = None
    card_types: tuple[CardType, ...] | None = None
    raw: Mapping[str, JSON] = raw_field()


@frozen(repr=False)
class BoardUser(Model):
    """What somebody may do on a board.

    Source: KanbanTool API v1.1 Guide, "Listing users and permissions for given board".
    """

    id: Id = 0
    """Of the permission; the person's own is `user_id`."""
    user_id: int | None = None
    user: UserSummary | None = None
    can_read_tasks: bool | None = None
    can_create_tasks: bool | None = None
    can_update_tasks: bool | None = None
    can_move_tasks: bool | None = None
    can_delete_tasks: bool | None = None
    updated_at: datetime | None = None
    raw: Mapping[str, JSON] = raw_field()
