"""What the resources of a client, such as ``kanban.tasks``, have in common."""

from __future__ import annotations

from attrs import frozen

from agilekit.session.session import Session

__all__ = ["Resource"]


@frozen
class Resource:
    """It makes its calls through one session.

    Only this is a class of attrs, as the import of each costs as much as that of a module.
    """

    _session: Session
