"""The client of one Kanban Tool account: how it authenticates, its formats, its resources.

Generated from `agilekit.kanbantool.client` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from typing import Self, Unpack

from agilekit.blocking.client import Client
from agilekit.blocking.kanbantool.boards import Boards
from agilekit.blocking.kanbantool.comments import Comments
from agilekit.blocking.kanbantool.reports import Reports
from agilekit.blocking.kanbantool.subtasks import Subtasks
from agilekit.blocking.kanbantool.tasks import Tasks
from agilekit.blocking.kanbantool.timers import Timers
from agilekit.blocking.wrapped import wrapped
from agilekit.environment import TokenIn
from agilekit.kanbantool.client import KanbanTool as AsyncKanbanTool
from agilekit.session.options import Options
from agilekit.wire.dialect import Format

__all__ = ["KanbanTool"]


class KanbanTool(Client[AsyncKanbanTool]):
    """One account of Kanban Tool; to be entered with ``with``.

    account: the name before ``.kanbantool.com``. Not needed if `base_url` is given.
    token: the API token of a user's profile, whose permissions count. It is shown nowhere.
    token_in: whether the token goes in the header ``X-KanbanToolToken`` or in the query.
    format: what the service answers with. With ``"jsonp"``, every call is a GET with everything in
        its query, the token too, as a script element of a web page would send it.
    override: whether PUT and DELETE are sent as POST with the parameter ``_m``.
    base_url: everything before ``/boards``.
    options: `Options`, the same for every client.

    Raises InvalidInput for arguments that cannot be right.

    Source: KanbanTool API v1.1 Guide, "API Interface" and "Authentication".
    """

    def __init__(
        self,
        account: str | None = None,
        *,
        token: str,
        token_in: TokenIn = "header",  # noqa: S107 - not a token
        format: Format = "json",
        override: bool = False,
        base_url: str | None = None,
        **options: Unpack[Options],
    ) -> None:
        client = AsyncKanbanTool(
            account,
            token=token,
            token_in=token_in,
            format=format,
            override=override,
            base_url=base_url,
            **options,
        )
        super().__init__(client)

    @property
    def account(self) -> str | None:
        return self._client.account

    @property
    def boards(self) -> Boards:
        return Boards(self._client.boards, self._portal)

    @property
    def tasks(self) -> Tasks:
        return Tasks(self._client.tasks, self._portal)

    @property
    def subtasks(self) -> Subtasks:
        return Subtasks(self._client.subtasks, self._portal)

    @property
    def comments(self) -> Comments:
        return Comments(self._client.comments, self._portal)

    @property
    def timers(self) -> Timers:
        return Timers(self._client.timers, self._portal)

    @property
    def reports(self) -> Reports:
        return Reports(self._client.reports, self._portal)

    @classmethod
    def from_env(
        cls,
        *,
        token_in: TokenIn = "header",  # noqa: S107 - not a token
        format: Format = "json",
        override: bool = False,
        **options: Unpack[Options],
    ) -> Self:
        """A client by the variables ``AGILEKIT_KANBANTOOL_TOKEN`` and ``…_ACCOUNT``; the latter is
        not needed if ``…_BASE_URL`` is set. Raises InvalidInput if one is missing.
        """
        client = AsyncKanbanTool.from_env(
            token_in=token_in, format=format, override=override, **options
        )
        return wrapped(cls, client)
