"""The service as the application mounts it: authentication, reads that lag, the call."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final

from agilekit.sandbox.flyingdonut import seed as seeds
from agilekit.sandbox.flyingdonut.call import Call
from agilekit.sandbox.flyingdonut.project import Project
from agilekit.sandbox.flyingdonut.replica import Replica
from agilekit.sandbox.flyingdonut.routes import ROUTES, UNDOCUMENTED
from agilekit.sandbox.flyingdonut.state import ObjectIds
from agilekit.sandbox.flyingdonut.versioned import Versioned
from agilekit.sandbox.messages import Refusal, Request, Response
from agilekit.sandbox.routing import find
from agilekit.sandbox.service import ClientArguments, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from agilekit.sandbox.flyingdonut.batches import Batches
    from agilekit.sandbox.flyingdonut.locking import Locking
    from agilekit.sandbox.flyingdonut.recorded import RecordedForms
    from agilekit.sandbox.options import Seed
    from agilekit.sandbox.transport import SandboxTransport


class FlyingDonutArguments(ClientArguments):
    """The arguments of :class:`agilekit.FlyingDonut`."""

    project_id: str
    secret: str
    username: str


class FlyingDonut(Service):
    """The Flying Donut of a sandbox, with its projects by id.

    ``project_id``, ``secret`` and ``username`` (a member with write permission) are those of the
    project that the seed made. ``locking``, ``batches``, ``rewriting`` and ``recorded`` are what
    its document leaves open; each can be assigned at any time.
    """

    def __init__(
        self,
        seed: Seed,
        transport: Callable[[], SandboxTransport],
        *,
        locking: Locking,
        recorded: RecordedForms,
        batches: Batches,
    ) -> None:
        super().__init__("/flyingdonut/api", transport)
        self.projects: Final[dict[str, Project]] = {}
        self.batches: Batches = batches
        self._ids = ObjectIds()
        self._locking = locking
        self._recorded = recorded
        self._replica = Replica()
        project = self.add_project(title=seeds.title(seed))
        seeds.fill(seed, project)
        self.project_id: Final = project.id
        self.secret: Final = project.secret
        self.username: Final = project.owner

    def __repr__(self) -> str:
        projects = self.projects.values()
        cards = sum(len(project.cards) for project in projects)
        tasks = sum(len(project.tasks) for project in projects)
        return f"<FlyingDonut of a sandbox: projects={len(projects)}, cards={cards}, tasks={tasks}>"

    def arguments(self, url: str | None = None) -> FlyingDonutArguments:
        """What a client needs to reach it: ``FlyingDonut(**fake.arguments())``.

        ``url`` is that of a server (``Server.url``); without it the client stays in process.
        """
        return {
            "project_id": self.project_id,
            "secret": self.secret,
            "username": self.username,
            **self._client_arguments(url),
        }

    @property
    def locking(self) -> Locking:
        return self._locking

    @locking.setter
    def locking(self, locking: Locking) -> None:
        self._locking = locking
        for project in self.projects.values():
            self._count_by_steps(project)

    @property
    def recorded(self) -> RecordedForms:
        return self._recorded

    @recorded.setter
    def recorded(self, recorded: RecordedForms) -> None:
        self._recorded = recorded
        for project in self.projects.values():
            project.recorded = recorded

    def add_project(
        self,
        title: str,
        *,
        owner: str = "jane.smith",
        participants: Collection[str] = ("omar.haddad",),
        observers: Collection[str] = ("liv.berg",),
        timezone: str = "Europe/Athens",
    ) -> Project:
        """Add a project without buckets; the owner and the participants may write to it."""
        identifier = self._ids.next()
        project = Project(
            id=identifier,
            secret=f"5ec2e7{len(self.projects) + 1:026x}",
            owner=owner,
            title=Versioned(title),
            ids=self._ids,
            members={
                **dict.fromkeys(observers, "observer"),
                **dict.fromkeys((owner, *participants), "participant"),
            },
            timezone=timezone,
            recorded=self._recorded,
        )
        self._count_by_steps(project)
        self.projects[identifier] = project
        return project

    def handle(self, request: Request) -> Response:
        path = request.path.removeprefix(self.base_path)
        routes = (*ROUTES, *UNDOCUMENTED) if self._recorded.milestones else ROUTES
        try:
            route, ids = find(routes, request.method, path)
            project = self._visible(self._authorize(request, ids["projectId"]), request)
            project.history.request = request.headers.get("x-request-id")
            try:
                call = Call(
                    project=project,
                    request=request,
                    ids=ids,
                    locking=self._locking,
                    batches=self.batches,
                    rewriting=self.rewriting,
                )
                return route.handler(call)
            finally:
                project.history.request = project.history.username = None
        except Refusal as error:
            return Response.json({"error": error.reason}, error.status, **error.headers)

    def _visible(self, project: Project, request: Request) -> Project:
        """The project as the request sees it: a write at present, a read perhaps a while ago."""
        if request.method == "GET":
            return self._replica.show(project, request.at, self._locking.read_lag)
        if self._locking.read_lag:
            self._replica.keep(project, request.at)
        return project

    def _count_by_steps(self, project: Project) -> None:
        project.history.steps = self._locking.version_steps
        project.history.random = Random(f"{self._locking.version_seed} {project.id}")  # noqa: S311

    def _authorize(self, request: Request, project_id: str) -> Project:
        # Authentication: 403 to all who are unauthorized, even if the project does not exist.
        project = self.projects.get(project_id)
        if project and request.headers.get("authorization") == f"secret {project.secret}":
            return project
        raise Refusal(403, "Forbidden")
