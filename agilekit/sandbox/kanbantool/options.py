"""What the document leaves open, or says twice, as options."""

from __future__ import annotations

from datetime import UTC, timedelta, tzinfo
from typing import TYPE_CHECKING, Literal

from agilekit.sandbox.kanbantool.serializers import Keys, Positions, Serializer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agilekit.sandbox.kanbantool.response_format import ErrorForm
    from agilekit.sandbox.kanbantool.state import User


class Options:
    """See :class:`agilekit.sandbox.kanbantool.KanbanTool`; each may be assigned at any time."""

    def __init__(self) -> None:
        self.envelopes: Literal["2013", "2017"] = "2017"
        self.keys: Keys | None = None
        self.positions: Positions = "place"
        self.siblings: bool = False
        self.errors: ErrorForm = "message"
        self.bad_token_status: Literal[401, 403] = 401
        self.created_status: Literal[200, 201] = 200
        self.custom_fields: Literal[5, 10, 15] = 10
        self.timezone: tzinfo = UTC
        self.changelog_limit: int = 50
        self.comments_recent_for: timedelta = timedelta(minutes=15)
        self.shift_pages: bool = False

    @property
    def has_bare_lists(self) -> bool:
        """Whether JSON has tasks and timers without an object of their own around each."""
        return self.envelopes == "2017"

    def serializer(self, users: Mapping[int, User]) -> Serializer:
        """How entities are written under the options of now."""
        keys = self.keys or ("2017" if self.envelopes == "2017" else "documented")
        custom_fields = 5 if keys == "2013" else self.custom_fields
        return Serializer(users, self.timezone, keys, custom_fields, self.positions)
