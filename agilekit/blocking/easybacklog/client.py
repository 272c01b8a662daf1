"""The client of an easyBacklog server: how it authenticates, its formats, its resources.

Generated from `agilekit.easybacklog.client` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from typing import Literal, Self, Unpack

from agilekit.blocking.client import Client
from agilekit.blocking.easybacklog.accounts import Accounts
from agilekit.blocking.easybacklog.backlogs import Backlogs
from agilekit.blocking.easybacklog.companies import Companies
from agilekit.blocking.easybacklog.criteria import Criteria
from agilekit.blocking.easybacklog.locales import Locales
from agilekit.blocking.easybacklog.scoring_rules import ScoringRules
from agilekit.blocking.easybacklog.snapshots import Snapshots
from agilekit.blocking.easybacklog.sprint_stories import SprintStories
from agilekit.blocking.easybacklog.sprints import Sprints
from agilekit.blocking.easybacklog.statuses import Statuses
from agilekit.blocking.easybacklog.stories import Stories
from agilekit.blocking.easybacklog.themes import Themes
from agilekit.blocking.wrapped import wrapped
from agilekit.easybacklog.client import EasyBacklog as AsyncEasyBacklog
from agilekit.environment import TokenIn
from agilekit.session.options import Options

__all__ = ["EasyBacklog"]


class EasyBacklog(Client[AsyncEasyBacklog]):
    """The accounts of one user at an easyBacklog server; to be entered with ``with``.

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
        client = AsyncEasyBacklog(
            base_url,
            token=token,
            user_id=user_id,
            key=key,
            token_in=token_in,
            format=format,
            override=override,
            **options,
        )
        super().__init__(client)

    @property
    def accounts(self) -> Accounts:
        return Accounts(self._client.accounts, self._portal)

    @property
    def companies(self) -> Companies:
        return Companies(self._client.companies, self._portal)

    @property
    def backlogs(self) -> Backlogs:
        return Backlogs(self._client.backlogs, self._portal)

    @property
    def snapshots(self) -> Snapshots:
        return Snapshots(self._client.snapshots, self._portal)

    @property
    def themes(self) -> Themes:
        return Themes(self._client.themes, self._portal)

    @property
    def sprints(self) -> Sprints:
        return Sprints(self._client.sprints, self._portal)

    @property
    def stories(self) -> Stories:
        return Stories(self._client.stories, self._portal)

    @property
    def criteria(self) -> Criteria:
        return Criteria(self._client.criteria, self._portal)

    @property
    def sprint_stories(self) -> SprintStories:
        return SprintStories(self._client.sprint_stories, self._portal)

    @property
    def locales(self) -> Locales:
        return Locales(self._client.locales, self._portal)

    @property
    def scoring_rules(self) -> ScoringRules:
        return ScoringRules(self._client.scoring_rules, self._portal)

    @property
    def statuses(self) -> Statuses:
        return Statuses(self._client.statuses, self._portal)

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
        client = AsyncEasyBacklog.from_env(
            token_in=token_in, format=format, override=override, **options
        )
        return wrapped(cls, client)

    def exact(self) -> Self | None:
        """A view of this client in XML, which shows each character as it is stored; None if this
        client reads XML itself.

        The published server's JSON shows the lower 16 bits of a character: U+1F389 as U+F389. Its
        XML shows a line end as LF, and U+FFFD for a control character.

        It uses the connections and the rate limiter of this client. It is open as long as this
        client is, and is not entered itself.
        """
        view = self._client.exact()
        return None if view is None else wrapped(type(self), view, self._portal)
