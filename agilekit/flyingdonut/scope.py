"""What the resources of one Flying Donut project share: session, project, author and edits."""

from __future__ import annotations

from attrs import field, frozen

from agilekit.errors import InvalidInput
from agilekit.session.session import Session
from agilekit.versioned import Edits

__all__ = ["Scope", "ScopedResource"]


@frozen
class Scope:
    """One project, through one session, in one member's name."""

    session: Session
    project_id: str
    username: str | None
    edits: Edits = field(factory=Edits, repr=False)

    def ids(self, **ids: str) -> dict[str, str]:
        """The ids of a call, by the document's names."""
        return {"projectId": self.project_id, **ids}

    def author(self) -> str:
        """The member in whose name is written. Raises InvalidInput if none was named."""
        # Source: Flying Donut API, "Create Backlog Bucket Card": a write names a project member.
        if self.username is None:
            raise InvalidInput(
                "a write needs the name of a project member: FlyingDonut(…, username='jane.smith')"
            )
        return self.username


@frozen
class ScopedResource:
    """A resource of the project."""

    _scope: Scope
