"""What the resources of one Flying Donut project share: session, project, author and edits."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from attrs import field, frozen

from agilekit.errors import InvalidInput
from agilekit.first_use import FirstUse
from agilekit.session.session import Session

if TYPE_CHECKING:
    from agilekit.versioned import edits
    from agilekit.versioned.edits import Edits
else:
    edits = FirstUse("agilekit.versioned.edits")

__all__ = ["Scope", "ScopedResource"]


def _made_once() -> Callable[[], Edits]:
    """Makes the edits when they are first asked for: few programs edit."""
    return cache(lambda: edits.Edits())


@frozen(eq=False)
class Scope:
    """One project, through one session, in one member's name."""

    session: Session
    project_id: str
    username: str | None
    edits: Callable[[], Edits] = field(factory=_made_once, repr=False)

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
