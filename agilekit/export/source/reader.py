"""What reads the projects of one client: one `ProjectReader` for each service.

`ProjectReader.read` makes the data of a project from nothing but a client and a `ProjectRef`: so it
can be made in any process that has the connection.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias, TypeVar
from urllib.parse import urlsplit

from agilekit.errors import DecodeError
from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.table import Row

__all__ = [
    "OnRead",
    "PreviousExport",
    "ProjectReader",
    "checked_id",
    "host_of",
    "ignore_read",
    "ref_of_connection",
]

Id = TypeVar("Id", int, str)

OnRead: TypeAlias = Callable[[str | None, int], object]
"""Is told the project's title, once it is known, and how many entities were read so far."""


class PreviousExport(Protocol):
    """What the last export has written of a project."""

    @property
    def reader_state(self) -> str | None:
        """What `ProjectData.reader_state` was."""
        ...

    async def rows(self, table: str) -> list[Row] | None:
        """Its rows, sorted by key; None if they are not those that the manifest promises.

        Raises ExportError.
        """
        ...


class ProjectReader(Protocol):
    """The projects of one open client. Raises every kind of `CallError` of a read."""

    @property
    def connection_ref(self) -> ProjectRef:
        """The connection, with an empty id; of Flying Donut, the project that it is made for."""
        ...

    async def projects(self) -> list[ProjectRef]:
        """Every project that the client leads to, archived ones too, in the service's order."""
        ...

    async def revision(self, project: ProjectRef) -> str | None:
        """The revision that `read` would give a project now. It may ask the service."""
        ...

    async def read(
        self, project: ProjectRef, on_read: OnRead, previous: PreviousExport | None = None, /
    ) -> ProjectData:
        """Everything that the documents let one read of a project.

        previous: what the last export has written of it; None if nothing is to be relied upon.
        """
        ...


def ignore_read(_title: str | None, _entities: int) -> None:
    """An `OnRead` that does nothing."""


def checked_id(id: Id, what: str) -> Id:
    """Raises DecodeError for 0 or ``""``, which models have for an id that the answer lacks."""
    if not id:
        raise DecodeError(f"a {what} without an id cannot be exported")
    return id


def ref_of_connection(service: str, base_url: str, project_id: str = "") -> ProjectRef:
    """What `ProjectReader.connection_ref` is."""
    return ProjectRef(service, host_of(base_url), project_id, base_url)


def host_of(base_url: str) -> str:
    """The host of a base URL, and its port if it has one."""
    return urlsplit(base_url).netloc.rpartition("@")[2].lower()
