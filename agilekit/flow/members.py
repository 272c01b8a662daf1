"""The members of the board."""

from __future__ import annotations

from agilekit.flow.models import Member
from agilekit.flow.routes import GET_MEMBERS
from agilekit.session.listing import Listing
from agilekit.session.resource import Resource

__all__ = ["Members"]


class Members(Resource):
    """``flow.members``"""

    def all(self) -> Listing[Member]:
        """Lists the members of the board.

        Source: flow API Reference, "GET /members.format".
        """
        return self._session.listing(GET_MEMBERS, {})
