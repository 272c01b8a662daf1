"""What the resources of one Flying Donut project share."""

from __future__ import annotations

from typing import Final

from attrs import field, frozen

from agilekit.errors import InvalidInput
from agilekit.flyingdonut.models import Bucket, Card, Oid, Project, Sprint, Task
from agilekit.session.session import Session
from agilekit.versioned import Edits

__all__ = ["Scope", "id_of"]


@frozen
class Scope:
    """One project, through one session, in one member's name."""

    session: Session
    project_id: str
    username: str | None
    edits: Edits = field(factory=Edits)

    def ids(self, **ids: str) -> dict[str, str]:
        """The ids of a call, by the document's names."""
        return {"projectId": self.project_id, **ids}

    def author(self) -> str:
        """The member in whose name is written. Raises InvalidInput where none was named."""
        # Source: Flying Donut API, "Create Backlog Bucket Card": a write names a project member.
        if self.username is None:
            raise InvalidInput(
                "a write needs the name of a project member: FlyingDonut(…, username='jane.smith')"
            )
        return self.username


_ENTITIES: Final = (Bucket, Card, Project, Sprint, Task)


def id_of(entity: object, kind: type[Bucket | Card | Sprint | Task]) -> str:
    """The id of a `kind`, or an id as it is. Raises InvalidInput for another entity."""
    if isinstance(entity, kind):
        return entity.id
    name = kind.__name__.lower()
    if isinstance(entity, _ENTITIES):
        raise InvalidInput(f"expected a {name} or its id, not a {type(entity).__name__.lower()}")
    if not isinstance(entity, str):
        raise InvalidInput(f"expected a {name} or its id, not {entity!r:.60}")
    return Oid(entity)
