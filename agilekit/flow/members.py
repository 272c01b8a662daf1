"""The members of the board."""

from __future__ import annotations

from attrs import frozen

from agilekit.flow.models import Member
from agilekit.flow.routes import GET_MEMBERS
from agilekit.flow.scope import Scope
from agilekit.session.listing import Listing

__all__ = ["Members"]


@frozen
class Members:
    """``flow.members``"""

    _scope: Scope

    def all(self) -> Listing[Member]:
        """Lists the members of the board.

        Source: flow API Reference, "GET /members.format".
        """
        return self._scope.session.listing(GET_MEMBERS, {})
