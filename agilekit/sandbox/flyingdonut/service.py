"""The service as the application mounts it: authentication, and a table of calls behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from agilekit.sandbox.flyingdonut import seed as seeds
from agilekit.sandbox.flyingdonut.handlers import Call
from agilekit.sandbox.flyingdonut.project import Project
from agilekit.sandbox.flyingdonut.routes import ROUTES
from agilekit.sandbox.flyingdonut.state import ObjectIds, Versioned
from agilekit.sandbox.messages import Refusal, Request, Response
from agilekit.sandbox.routing import find

if TYPE_CHECKING:
    from collections.abc import Collection

    from agilekit.sandbox.flyingdonut.edits import Locking


class FlyingDonut:
    """The Flying Donut of a sandbox, with its projects by id.

    ``project_id``, ``secret`` and ``username`` (a member with write permission) are those of the
    project that the seed made.
    """

    def __init__(self, seed: Literal["empty", "demo"], locking: Locking) -> None:
        self.base_path: Final[str] = "/flyingdonut/api"
        self.base_url: Final[str] = f"https://sandbox.invalid{self.base_path}"
        self.projects: Final[dict[str, Project]] = {}
        self._ids = ObjectIds()
        self._locking = locking
        project = self.add_project(title=seeds.title(seed))
        seeds.fill(seed, project)
        self.project_id: Final = project.id
        self.secret: Final = project.secret
        self.username: Final = project.owner

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
        )
        self.projects[identifier] = project
        return project

    def handle(self, request: Request) -> Response:
        path = request.path.removeprefix(self.base_path)
        try:
            route, ids = find(ROUTES, request.method, path)
            project = self._authorized(request, ids["projectId"])
            return route.handler(Call(project, request, ids, self._locking))
        except Refusal as error:
            return Response.json({"error": error.reason}, error.status, **error.headers)

    def _authorized(self, request: Request, project_id: str) -> Project:
        # Authentication: 403 to all who are unauthorized, even if the project does not exist.
        project = self.projects.get(project_id)
        if project and request.headers.get("authorization") == f"secret {project.secret}":
            return project
        raise Refusal(403, "Forbidden")
