"""The client of an easyBacklog server: how it authenticates, its formats, its resources."""

from __future__ import annotations

from collections.abc import Container
from typing import Final, Literal, Self, Unpack

from agilekit.checks import check_choice, check_flag, check_id
from agilekit.easybacklog.accounts import Accounts
from agilekit.easybacklog.backlogs import Backlogs
from agilekit.easybacklog.companies import Companies
from agilekit.easybacklog.criteria import Criteria
from agilekit.easybacklog.locales import Locales
from agilekit.easybacklog.scoring_rules import ScoringRules
from agilekit.easybacklog.snapshots import Snapshots
from agilekit.easybacklog.sprint_stories import SprintStories
from agilekit.easybacklog.sprints import Sprints
from agilekit.easybacklog.statuses import Statuses
from agilekit.easybacklog.stories import Stories
from agilekit.easybacklog.themes import Themes
from agilekit.environment import TOKEN_IN, Settings, TokenIn
from agilekit.errors import InvalidInput
from agilekit.session.client import Client, user_id_in
from agilekit.session.options import Options, with_variables
from agilekit.session.session import Session
from agilekit.wire.credential import Credential
from agilekit.wire.dialect import Dialect, Format, Override

__all__ = ["SETTINGS", "EasyBacklog"]


def _check_settings(given: Container[str]) -> None:
    if ("key" in given) != ("user_id" in given):
        raise InvalidInput("key and user_id belong together; a token needs neither")
    if "token" in given and "key" in given:
        raise InvalidInput("there may be token, or key and user_id, not all of them")


SETTINGS: Final = Settings(
    "easybacklog",
    first="base_url",
    required=("base_url",),
    optional=("user_id", "token_in"),
    secrets=("token", "key"),
    formats=("json", "xml"),
    check=_check_settings,
)

# Source: easyBacklog API documentation, "Content types and API versioning". The published server
# knows these types to the letter, and takes several at once for a browser.
_ACCEPTED: Final[dict[Format, str]] = {
    "json": "application/vnd.easybacklog+json; version=1.0",
    "xml": "application/vnd.easybacklog+xml; version=1.0",
}
# Beside the API, the same server has the pages that people see.
_LACKS_API: Final = "the base_url does not end in /api, which may be missing"


class EasyBacklog(Client):
    """The accounts of one user at an easyBacklog server; to be entered with ``async with``.

    base_url: everything before ``/accounts``, such as ``https://localhost:3000/api``.
    token: an API key, by itself; or else both of the following. None of them is shown anywhere.
    user_id: the number of the user on the API access page, for HTTP Basic authentication.
    key: an API key of that user.
    token_in: where the token goes. In the query it can end up in logs of servers on the way, and
        a write still carries it in the header: a server would take it for an attribute.
    format: the format of the answers. What is written goes as form fields.
    override: whether PUT and DELETE go as a POST with the header ``X-HTTP-Method-Override``.
    options: `Options`, the same for every client.

    Raises InvalidInput for arguments that cannot be right.

    Source: easyBacklog API documentation, "Authentication".
    """

    def __init__(
        self,
        base_url: str,
        *,
        token: str | None = None,
        user_id: int | str | None = None,
        key: str | None = None,
        token_in: TokenIn = "header",  # noqa: S107 - not a token
        format: Literal["json", "xml"] = "json",
        override: bool = False,
        **options: Unpack[Options],
    ) -> None:
        credential = _credential(token, user_id, key, token_in)
        dialect = _dialect(base_url, format, override)
        self._session = Session(base_url, credential, dialect, service=SETTINGS.service, **options)
        self.accounts: Final[Accounts] = Accounts(self._session)
        self.companies: Final[Companies] = Companies(self._session)
        self.backlogs: Final[Backlogs] = Backlogs(self._session)
        self.snapshots: Final[Snapshots] = Snapshots(self._session)
        self.themes: Final[Themes] = Themes(self._session)
        self.sprints: Final[Sprints] = Sprints(self._session)
        self.stories: Final[Stories] = Stories(self._session)
        self.criteria: Final[Criteria] = Criteria(self._session)
        self.sprint_stories: Final[SprintStories] = SprintStories(self._session)
        self.locales: Final[Locales] = Locales(self._session)
        self.scoring_rules: Final[ScoringRules] = ScoringRules(self._session)
        self.statuses: Final[Statuses] = Statuses(self._session)

    @classmethod
    def from_env(
        cls,
        *,
        token_in: TokenIn = "header",  # noqa: S107 - not a token
        format: Literal["json", "xml"] = "json",
        override: bool = False,
        **options: Unpack[Options],
    ) -> Self:
        """A client by the variables ``AGILEKIT_EASYBACKLOG_BASE_URL`` and ``…_TOKEN``, or
        ``…_USER_ID`` and ``…_KEY`` instead. Raises InvalidInput if one is missing.
        """
        base_url = SETTINGS.require("base_url")
        user_id = user_id_in(SETTINGS.variable("user_id"))
        key = SETTINGS.get("key")
        # Half of user_id and key is a mistake, which is told by the variable that is missing.
        by_token = user_id is None and key is None
        find_token = SETTINGS.require if by_token else SETTINGS.get
        return cls(
            base_url,
            token=find_token("token"),
            user_id=None if by_token else user_id or SETTINGS.require("user_id"),
            key=None if by_token else SETTINGS.require("key"),
            token_in=token_in,
            format=format,
            override=override,
            **with_variables(options),
        )

    def exact(self) -> Self | None:
        """A view of this client in XML, which shows each character as it is stored; None if this
        client reads XML itself.

        The published server's JSON shows the lower 16 bits of a character: U+1F389 as U+F389. Its
        XML shows a line end as LF, and U+FFFD for a control character.

        It uses the connections and the rate limiter of this client. It is open as long as this
        client is, and is not entered itself.
        """
        session = self._session.exact() if self._session.dialect.format == "json" else None
        if session is None:
            return None
        return self._view(_RESOURCES, session, _session=session)

    def __repr__(self) -> str:
        return f"EasyBacklog({self.base_url!r})"


_RESOURCES: Final = (
    *(Accounts, Companies, Backlogs, Snapshots, Themes, Sprints, Stories, Criteria),
    *(SprintStories, Locales, ScoringRules, Statuses),
)


def _credential(token: object, user_id: object, key: object, token_in: object) -> Credential:
    check_choice("token_in", token_in, TOKEN_IN)
    if token is not None and user_id is None and key is None:
        header = Credential.in_header("Authorization", "token", token, what="token")
        if token_in == "query" and isinstance(token, str):  # noqa: S105 - not a token
            return header.in_query("api_key", token, writes=False)
        return header
    # By now it has to be HTTP Basic, for which a token is one too many.
    if token is not None or user_id is None or key is None:
        raise InvalidInput("easyBacklog needs either token=, or user_id= and key=")
    if token_in == "query":  # noqa: S105 - not a token
        raise InvalidInput("only a token can go in the query")
    return Credential.basic(str(check_id("user_id", user_id)), key, what="key")


def _dialect(base_url: object, format: object, override: object) -> Dialect:
    check_choice("format", format, SETTINGS.formats)
    check_flag("override", override)
    return Dialect(
        format="xml" if format == "xml" else "json",
        accepted=_ACCEPTED,
        sends_form=True,
        asked_to_sign_in="" if str(base_url).rstrip("/").endswith("/api") else _LACKS_API,
        json_is_bmp_only=True,  # of the published server: it answers U+1F389 as U+F389
        # The published server takes a form field _method for an attribute, and refuses it.
        override=Override("X-HTTP-Method-Override", in_header=True) if override else None,
    )
