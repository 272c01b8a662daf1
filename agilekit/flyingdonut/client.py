"""The client of one Flying Donut project: how it authenticates, its resources, views of it."""

from __future__ import annotations

from typing import Final, Literal, Self, Unpack

from attrs import evolve

from agilekit.checks import check_choice
from agilekit.environment import Settings
from agilekit.errors import InvalidInput
from agilekit.flyingdonut.buckets import Buckets
from agilekit.flyingdonut.cards import Cards
from agilekit.flyingdonut.project import ProjectResource
from agilekit.flyingdonut.scope import Scope
from agilekit.flyingdonut.sprints import Sprints
from agilekit.flyingdonut.tasks import Tasks
from agilekit.session.client import Client
from agilekit.session.options import Options, with_variables
from agilekit.session.session import Session
from agilekit.wire.credential import Credential
from agilekit.wire.urls import quoted_id

__all__ = ["SETTINGS", "FlyingDonut"]

SETTINGS: Final = Settings(
    "flyingdonut",
    first="project",
    required=("project",),
    optional=("username",),
    secrets=("secret",),
    formats=("json",),
)

# Source: Flying Donut API, "Authentication"; "Schema" writes another host, by mistake.
_BASE_URL: Final = "https://www.flyingdonut.io/api"


class FlyingDonut(Client):
    """One project of Flying Donut; to be entered with ``async with``.

    project_id: the id in the API endpoint URL of the project's integration settings.
    secret: the secret of that integration. It is shown nowhere.
    username: the project member in whose name is written; only writes need one.
    base_url: everything before ``/projects``.
    format: the service knows only JSON.
    override: the service documents no override of methods, so this can only be False.
    options: `Options`, the same for every client.

    Raises InvalidInput for arguments that cannot be right.

    Source: Flying Donut API, "Authentication".
    """

    def __init__(
        self,
        project_id: str,
        *,
        secret: str,
        username: str | None = None,
        base_url: str = _BASE_URL,
        format: Literal["json"] = "json",
        override: Literal[False] = False,
        **options: Unpack[Options],
    ) -> None:
        _check(project_id, username, format, override)
        credential = Credential.in_header("Authorization", "secret", secret, what="secret")
        self.project_id: Final[str] = project_id
        self._session = Session(base_url, credential, service=SETTINGS.service, **options)
        self._below = f"/projects/{quoted_id(project_id, of='project_id')}"
        self._scope = scope = Scope(self._session, project_id, username)
        self.project: Final[ProjectResource] = ProjectResource(scope)
        self.buckets: Final[Buckets] = Buckets(scope)
        self.cards: Final[Cards] = Cards(scope)
        self.sprints: Final[Sprints] = Sprints(scope)
        self.tasks: Final[Tasks] = Tasks(scope)

    @classmethod
    def from_env(cls, **options: Unpack[Options]) -> Self:
        """A client by the variables ``AGILEKIT_FLYINGDONUT_PROJECT``, ``…_SECRET`` and, if they
        are set, ``…_USERNAME`` and ``…_BASE_URL``. Raises InvalidInput if one is missing.
        """
        return cls(
            SETTINGS.require("project"),
            secret=SETTINGS.require("secret"),
            username=SETTINGS.get("username"),
            base_url=SETTINGS.get("base_url") or _BASE_URL,
            **with_variables(options),
        )

    def using(self, *, username: str | None = None, deadline: float | None = None) -> Self:
        """A view of this client: in another member's name, or with less time for each call.

        username: the project member in whose name the view writes.
        deadline: seconds for a call of the view, with all its attempts and waits.

        It uses the connections and the rate limiter of this client, and its edits of a card wait
        for those of this client. It is open as long as this client is, and is not entered itself.

        Raises InvalidInput for arguments that cannot be right.
        """
        _check_username(username)
        session = self._session if deadline is None else self._session.view(deadline=deadline)
        scope = evolve(self._scope, session=session, username=username or self._scope.username)
        return self._view(_RESOURCES, scope, _session=session, _scope=scope)

    def __repr__(self) -> str:
        return f"FlyingDonut({self.project_id!r}, base_url={self.base_url!r})"


_RESOURCES: Final = (ProjectResource, Buckets, Cards, Sprints, Tasks)


def _check(project_id: object, username: object, format: object, override: object) -> None:
    quoted_id(project_id, of="project_id")
    _check_username(username)
    check_choice("format", format, SETTINGS.formats)
    if override is not False:
        raise InvalidInput("Flying Donut documents no override of methods")


def _check_username(username: object) -> None:
    if username is not None and (not isinstance(username, str) or not username.strip()):
        raise InvalidInput(f"username must be the name of a project member, not {username!r:.60}")
