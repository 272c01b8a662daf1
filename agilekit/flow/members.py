"""The members of the board."""

from __future__ import annotations

from attrs import frozen

from agilekit.flow.models import Member
from agilekit.flow.routes import GET_MEMBERS
from agilekit.session.listing import Listing
from agilekit.session.session import Session

__all__ = ["Members"]


@frozen
class Members:
    """``flow.members``"""

    _session: Session

    def all(self) -> Listing[Member]:
        """Lists the members of the board.

        Source: flow API Reference, "GET /members.format".
        """
        return self._session.listing(GET_MEMBERS, {})
