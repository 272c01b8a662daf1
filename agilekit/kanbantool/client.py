"""The client of one Kanban Tool account: how it authenticates, its formats, its resources."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Final, Self, Unpack

from agilekit.checks import check_choice, check_flag
from agilekit.environment import TOKEN_IN, Settings, TokenIn
from agilekit.errors import InvalidInput
from agilekit.kanbantool.boards import Boards
from agilekit.kanbantool.comments import Comments
from agilekit.kanbantool.reports import Reports
from agilekit.kanbantool.subtasks import Subtasks
from agilekit.kanbantool.tasks import Tasks
from agilekit.kanbantool.timers import Timers
from agilekit.session.client import Client
from agilekit.session.options import Options, with_variables
from agilekit.session.session import Session
from agilekit.wire.credential import Credential
from agilekit.wire.dialect import Dialect, Format, Override

__all__ = ["SETTINGS", "KanbanTool"]


def _check_settings(given: Container[str]) -> None:
    if "account" not in given and "base_url" not in given:
        raise InvalidInput("account is missing, or base_url")


SETTINGS: Final = Settings(
    "kanbantool",
    first="account",
    required=(),
    optional=("account", "token_in"),
    secrets=("token",),
    formats=("json", "xml", "jsonp"),
    check=_check_settings,
)

# Source: KanbanTool API v1.1 Guide, "API Interface".
_BASE_URL: Final = "https://{account}.kanbantool.com/api/v1"
_OVERRIDE: Final = Override("_m", in_query=True)
_HOST_LABEL: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


class KanbanTool(Client):
    """One account of Kanban Tool; to be entered with ``async with``.

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
        _check(token_in, format, override)
        credential = Credential.in_header("X-KanbanToolToken", "", token, what="token")
        # A script element, which JSONP is for, sends no header.
        if format == "jsonp" or token_in == "query":  # noqa: S105 - not a token
            credential = credential.in_query("api_token", token, writes=True)
        dialect = Dialect(
            format=format,
            has_suffix=True,
            sends_form=True,
            override=_OVERRIDE if override or format == "jsonp" else None,
        )
        self.account: Final[str | None] = account
        self._session = Session(
            _base_url(account, base_url), credential, dialect, service=SETTINGS.service, **options
        )
        self.boards: Final[Boards] = Boards(self._session)
        self.tasks: Final[Tasks] = Tasks(self._session)
        self.subtasks: Final[Subtasks] = Subtasks(self._session)
        self.comments: Final[Comments] = Comments(self._session)
        self.timers: Final[Timers] = Timers(self._session)
        self.reports: Final[Reports] = Reports(self._session)

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
        base_url = SETTINGS.get("base_url")
        find_account = SETTINGS.get if base_url else SETTINGS.require
        return cls(
            find_account("account"),
            token=SETTINGS.require("token"),
            token_in=token_in,
            format=format,
            override=override,
            base_url=base_url,
            **with_variables(options),
        )

    def __repr__(self) -> str:
        return f"KanbanTool({self.account!r}, base_url={self.base_url!r})"


def _check(token_in: object, format: object, override: object) -> None:
    check_choice("token_in", token_in, TOKEN_IN)
    check_choice("format", format, SETTINGS.formats)
    check_flag("override", override)


def _base_url(account: object, base_url: str | None) -> str:
    if account is not None and not (isinstance(account, str) and _HOST_LABEL.fullmatch(account)):
        raise InvalidInput(
            f"account must be the name before .kanbantool.com, such as 'mycompany', "
            f"not {account!r:.60}"
        )
    if base_url is not None:
        return base_url
    if account is None:
        raise InvalidInput("an account is needed: KanbanTool('mycompany', token=…)")
    return _BASE_URL.format(account=account)
