"""The client of one flow board: how it authenticates, its formats, its resources.

Generated from `agilekit.flow.client` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from typing import Literal, Self, Unpack

from agilekit.blocking.client import Client
from agilekit.blocking.flow.columns import Columns
from agilekit.blocking.flow.history import History
from agilekit.blocking.flow.keys import Keys
from agilekit.blocking.flow.members import Members
from agilekit.blocking.flow.projects import Projects
from agilekit.blocking.flow.task_types import TaskTypes
from agilekit.blocking.flow.tasks import Tasks
from agilekit.blocking.wrapped import wrapped
from agilekit.flow.client import Flow as AsyncFlow
from agilekit.session.options import Options

__all__ = ["Flow"]


class Flow(Client[AsyncFlow]):
    """One board of flow; to be entered with ``with``.

    The document knows only plain HTTP, so that is what the client speaks unless `base_url` says
    otherwise: everybody on the way to the server can read the key, and use it.

    board: the name of the board, which its address begins with.
    key: one of the authentication keys in the board's interactive console. It is shown nowhere.
    user_id: the id of the board member in whose name is written; only writes of tasks need one.
    base_url: everything before ``/members``, ``http://{board}.flow.io/api/v10.05`` by default. Any
        other one that is plain HTTP needs ``allow_http=True``, unless it is on this machine.
    format: what is asked for, and answered with.
    override: whether PUT and DELETE are sent as POST, for networks that let nothing else pass.
    options: `Options`, the same for every client.

    Raises InvalidInput for arguments that cannot be right.

    Source: flow API Reference, "API Location and Authentication" and "REST API Overview".
    """

    def __init__(
        self,
        board: str,
        *,
        key: str,
        user_id: int | str | None = None,
        base_url: str | None = None,
        format: Literal["json", "xml"] = "json",
        override: bool = False,
        **options: Unpack[Options],
    ) -> None:
        client = AsyncFlow(
            board,
            key=key,
            user_id=user_id,
            base_url=base_url,
            format=format,
            override=override,
            **options,
        )
        super().__init__(client)

    @property
    def board(self) -> str:
        return self._client.board

    @property
    def members(self) -> Members:
        return Members(self._client.members, self._portal)

    @property
    def projects(self) -> Projects:
        return Projects(self._client.projects, self._portal)

    @property
    def columns(self) -> Columns:
        return Columns(self._client.columns, self._portal)

    @property
    def task_types(self) -> TaskTypes:
        return TaskTypes(self._client.task_types, self._portal)

    @property
    def tasks(self) -> Tasks:
        return Tasks(self._client.tasks, self._portal)

    @property
    def history(self) -> History:
        return History(self._client.history, self._portal)

    @property
    def keys(self) -> Keys:
        return Keys(self._client.keys, self._portal)

    @classmethod
    def from_env(
        cls,
        *,
        format: Literal["json", "xml"] = "json",
        override: bool = False,
        **options: Unpack[Options],
    ) -> Self:
        """A client by the variables ``AGILEKIT_FLOW_BOARD``, ``…_KEY`` and, if they are set,
        ``…_USER_ID`` and ``…_BASE_URL``. Raises InvalidInput if one is missing or wrong.
        """
        return wrapped(cls, AsyncFlow.from_env(format=format, override=override, **options))
