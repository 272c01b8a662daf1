"""What the resources of one flow board share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from attrs import frozen

from agilekit.checks import number_of
from agilekit.errors import InvalidInput
from agilekit.flow.models import Column, Member, Project, Task, TaskType
from agilekit.session.session import Session

__all__ = ["ID_NAMES", "Entity", "Scope", "id_of"]

Entity: TypeAlias = Column | Member | Project | Task | TaskType

ID_NAMES: Final[Mapping[type[Entity], str]] = {
    Column: "col_id",
    Member: "user_id",
    Project: "project_id",
    Task: "task_id",
    TaskType: "task_type_id",
}


@frozen
class Scope:
    """One board, through one session, in one member's name."""

    session: Session
    user_id: int | None

    def author(self) -> int:
        """The member in whose name is written. Raises InvalidInput where none was named."""
        # Source: flow API Reference, "POST /task.format": a write names a board member.
        if self.user_id is None:
            raise InvalidInput("a write needs the id of a board member: Flow(…, user_id=1)")
        return self.user_id


def id_of(entity: object, kind: type[Entity]) -> int:
    """The id of a `kind`, or an id as it is. Raises InvalidInput for anything else."""
    return number_of(entity, kind, attribute=ID_NAMES[kind])
