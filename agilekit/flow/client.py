"""The client of one flow board: how it authenticates, its formats, its resources."""

from __future__ import annotations

import re
from typing import Final, Literal, Self, Unpack

from agilekit.checks import check_choice, check_flag, check_id
from agilekit.environment import Settings
from agilekit.errors import InvalidInput
from agilekit.flow.columns import Columns
from agilekit.flow.history import History
from agilekit.flow.keys import Keys
from agilekit.flow.members import Members
from agilekit.flow.projects import Projects
from agilekit.flow.task_types import TaskTypes
from agilekit.flow.tasks import Tasks
from agilekit.session.client import Client, user_id_in
from agilekit.session.options import Options, with_variables
from agilekit.session.session import Session
from agilekit.wire.credential import Credential
from agilekit.wire.dialect import Dialect, Override

__all__ = ["SETTINGS", "Flow"]

SETTINGS: Final = Settings(
    "flow",
    first="board",
    required=("board",),
    optional=("user_id",),
    secrets=("key",),
    formats=("json", "xml"),
)

# Source: flow API Reference, "API Location and Authentication".
_BASE_URL: Final = "http://{board}.flow.io/api/v10.05"
_HEADER: Final = "X-Flow-Authentication"
# Source: flow API Reference, "REST API Overview", notes.
_OVERRIDE: Final = Override("method", in_query=False)

_HOST_LABEL: Final = re.compile(r"[0-9A-Za-z]([0-9A-Za-z-]{0,61}[0-9A-Za-z])?")


class Flow(Client):
    """One board of flow; to be entered with ``async with``.

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
        _check(board, format, override)
        if base_url is None:
            base_url = _BASE_URL.format(board=board)
            options["allow_http"] = True
        credential = Credential.in_header(_HEADER, "", key, what="key")
        dialect = Dialect(
            format=format,
            has_suffix=True,
            sends_form=True,
            override=_OVERRIDE if override else None,
        )
        self.board: Final[str] = board
        self._session = Session(base_url, credential, dialect, service=SETTINGS.service, **options)
        author = None if user_id is None else check_id("user_id", user_id)
        self.members: Final[Members] = Members(self._session)
        self.projects: Final[Projects] = Projects(self._session)
        self.columns: Final[Columns] = Columns(self._session)
        self.task_types: Final[TaskTypes] = TaskTypes(self._session)
        self.tasks: Final[Tasks] = Tasks(self._session, author)
        self.history: Final[History] = History(self._session)
        self.keys: Final[Keys] = Keys(self._session)

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
        return cls(
            SETTINGS.require("board"),
            key=SETTINGS.require("key"),
            user_id=user_id_in(SETTINGS.variable("user_id")),
            base_url=SETTINGS.get("base_url"),
            format=format,
            override=override,
            **with_variables(options),
        )

    def __repr__(self) -> str:
        return f"Flow({self.board!r}, base_url={self.base_url!r})"


def _check(board: object, format: object, override: object) -> None:
    if not isinstance(board, str) or not _HOST_LABEL.fullmatch(board):
        raise InvalidInput(f"board must be what its address begins with, not {board!r:.60}")
    check_choice("format", format, SETTINGS.formats)
    check_flag("override", override)
