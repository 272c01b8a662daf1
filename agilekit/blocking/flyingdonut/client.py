"""The client of one Flying Donut project: how it authenticates, its resources, views of it.

Generated from `agilekit.flyingdonut.client` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from typing import Literal, Self, Unpack

from agilekit.blocking.client import Client
from agilekit.blocking.flyingdonut.buckets import Buckets
from agilekit.blocking.flyingdonut.cards import Cards
from agilekit.blocking.flyingdonut.project import ProjectResource
from agilekit.blocking.flyingdonut.sprints import Sprints
from agilekit.blocking.flyingdonut.tasks import Tasks
from agilekit.blocking.wrapped import wrapped
from agilekit.flyingdonut.client import FlyingDonut as AsyncFlyingDonut
from agilekit.session.options import Options

__all__ = ["FlyingDonut"]


class FlyingDonut(Client[AsyncFlyingDonut]):
    """One project of Flying Donut; to be entered with ``with``.

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
        base_url: str = "https://www.flyingdonut.io/api",
        format: Literal["json"] = "json",
        override: Literal[False] = False,
        **options: Unpack[Options],
    ) -> None:
        client = AsyncFlyingDonut(
            project_id,
            secret=secret,
            username=username,
            base_url=base_url,
            format=format,
            override=override,
            **options,
        )
        super().__init__(client)

    @property
    def project_id(self) -> str:
        return self._client.project_id

    @property
    def project(self) -> ProjectResource:
        return ProjectResource(self._client.project, self._portal)

    @property
    def buckets(self) -> Buckets:
        return Buckets(self._client.buckets, self._portal)

    @property
    def cards(self) -> Cards:
        return Cards(self._client.cards, self._portal)

    @property
    def sprints(self) -> Sprints:
        return Sprints(self._client.sprints, self._portal)

    @property
    def tasks(self) -> Tasks:
        return Tasks(self._client.tasks, self._portal)

    @classmethod
    def from_env(cls, **options: Unpack[Options]) -> Self:
        """A client by the variables ``AGILEKIT_FLYINGDONUT_PROJECT``, ``…_SECRET`` and, if they
        are set, ``…_USERNAME`` and ``…_BASE_URL``. Raises InvalidInput if one is missing.
        """
        return wrapped(cls, AsyncFlyingDonut.from_env(**options))

    def using(self, *, username: str | None = None, deadline: float | None = None) -> Self:
        """A view of this client: in another member's name, or with less time for each call.

        username: the project member in whose name the view writes.
        deadline: seconds for a call of the view, with all its attempts and waits.

        It uses the connections and the rate limiter of this client, and its edits of a card wait
        for those of this client. It is open as long as this client is, and is not entered itself.

        Raises InvalidInput for arguments that cannot be right.
        """
        view = self._client.using(username=username, deadline=deadline)
        return wrapped(type(self), view, self._portal)
