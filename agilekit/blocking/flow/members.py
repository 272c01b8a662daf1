"""The members of the board.

Generated from `agilekit.flow.members` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from agilekit.blocking.listing import Listing
from agilekit.blocking.wrapped import WrappedResource
from agilekit.flow.members import Members as AsyncMembers
from agilekit.flow.models import Member

__all__ = ["Members"]


class Members(WrappedResource[AsyncMembers]):
    """``flow.members``"""

    def all(self) -> Listing[Member]:
        """Lists the members of the board.

        Source: flow API Reference, "GET /members.format".
        """
        return self._list(self._resource.all())
