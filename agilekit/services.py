"""The services: the one list of them, a row for each.

The files of connections, the command line and the export read it. What a client is made of stands
beside the client, as its `SETTINGS`. A new service has a row here, a folder like `agilekit.flow`,
one in the sandbox, and a reader in the export.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Generic, TypeAlias, TypeGuard, TypeVar, get_args

from attrs import field, frozen

from agilekit.bulk import CreateSpec
from agilekit.easybacklog import EasyBacklog
from agilekit.easybacklog import client as easybacklog
from agilekit.easybacklog import specs as easybacklog_specs
from agilekit.environment import Settings
from agilekit.errors import AnyReport
from agilekit.flow import Flow
from agilekit.flow import client as flow
from agilekit.flow import specs as flow_specs
from agilekit.flyingdonut import FlyingDonut
from agilekit.flyingdonut import client as flyingdonut
from agilekit.flyingdonut import specs as flyingdonut_specs
from agilekit.kanbantool import KanbanTool
from agilekit.kanbantool import client as kanbantool
from agilekit.kanbantool import specs as kanbantool_specs

__all__ = [
    "SERVICES",
    "AnyClient",
    "Creatable",
    "Service",
    "is_client",
    "service_of",
]

AnyClient: TypeAlias = FlyingDonut | Flow | EasyBacklog | KanbanTool

C = TypeVar("C", FlyingDonut, Flow, EasyBacklog, KanbanTool)

CreateMany: TypeAlias = Callable[..., Awaitable[AnyReport]]
"""Takes the ids of the container, the drafts, and `BulkOptions`."""


@frozen
class Creatable(Generic[C]):
    """One kind of thing that can be created."""

    spec: CreateSpec[Any]
    create_many: Callable[[C], CreateMany]


@frozen
class Service(Generic[C]):
    """One service."""

    title: str
    """Its name, as people write it."""
    client: type[C]
    settings: Settings = field(repr=False)
    probe: Callable[[C], Awaitable[str]] = field(repr=False)
    """One cheap read, which proves that a client works and says what it leads to."""
    kinds: Mapping[str, Creatable[C]] = field(repr=False)
    """What can be created in it, by name, the usual kind first."""
    parse_id: Callable[[str], str | int] = field(default=int, repr=False)
    """Makes an id of its text. Raises ValueError."""

    @property
    def name(self) -> str:
        """As the names of modules, variables and connections have it."""
        return self.settings.service


def _kinds(*kinds: Creatable[C]) -> Mapping[str, Creatable[C]]:
    return {kind.spec.name: kind for kind in kinds}


async def _probe_flyingdonut(donut: FlyingDonut) -> str:
    project = await donut.project.get()
    return f"the project {project.title.value or donut.project_id}"


async def _probe_flow(flow: Flow) -> str:
    return _counted(len(await flow.projects.all()), "project")


async def _probe_easybacklog(easy: EasyBacklog) -> str:
    return _counted(len(await easy.accounts.all()), "account")


async def _probe_kanbantool(kanban: KanbanTool) -> str:
    return _counted(len(await kanban.boards.all()), "board")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


_FLYINGDONUT: Final = Service[FlyingDonut](
    "Flying Donut",
    FlyingDonut,
    flyingdonut.SETTINGS,
    _probe_flyingdonut,
    _kinds(
        Creatable(flyingdonut_specs.CARDS, lambda donut: donut.cards.create_many),
        Creatable(flyingdonut_specs.TASKS, lambda donut: donut.tasks.create_many),
    ),
    parse_id=str,
)
_FLOW: Final = Service[Flow](
    "flow",
    Flow,
    flow.SETTINGS,
    _probe_flow,
    _kinds(Creatable(flow_specs.TASKS, lambda flow: flow.tasks.create_many)),
)
_EASYBACKLOG: Final = Service[EasyBacklog](
    "easyBacklog",
    EasyBacklog,
    easybacklog.SETTINGS,
    _probe_easybacklog,
    _kinds(
        Creatable(easybacklog_specs.STORIES, lambda easy: easy.stories.create_many),
        Creatable(easybacklog_specs.CRITERIA, lambda easy: easy.criteria.create_many),
        Creatable(easybacklog_specs.THEMES, lambda easy: easy.themes.create_many),
        Creatable(easybacklog_specs.SPRINTS, lambda easy: easy.sprints.create_many),
        Creatable(easybacklog_specs.SPRINT_STORIES, lambda easy: easy.sprint_stories.create_many),
        Creatable(easybacklog_specs.BACKLOGS, lambda easy: easy.backlogs.create_many),
        Creatable(easybacklog_specs.COMPANIES, lambda easy: easy.companies.create_many),
    ),
)
_KANBANTOOL: Final = Service[KanbanTool](
    "Kanban Tool",
    KanbanTool,
    kanbantool.SETTINGS,
    _probe_kanbantool,
    _kinds(
        Creatable(kanbantool_specs.TASKS, lambda kanban: kanban.tasks.create_many),
        Creatable(kanbantool_specs.SUBTASKS, lambda kanban: kanban.subtasks.create_many),
        Creatable(kanbantool_specs.COMMENTS, lambda kanban: kanban.comments.create_many),
        Creatable(kanbantool_specs.TIMERS, lambda kanban: kanban.timers.create_many),
    ),
)

SERVICES: Final[Mapping[str, Service[Any]]] = {
    one.name: one for one in (_FLYINGDONUT, _FLOW, _EASYBACKLOG, _KANBANTOOL)
}


def is_client(client: object) -> TypeGuard[AnyClient]:
    """Whether it is the client of one of the services."""
    return isinstance(client, get_args(AnyClient))


def service_of(client: AnyClient) -> Service[Any]:
    """The service that a client talks to."""
    return next(one for one in SERVICES.values() if isinstance(client, one.client))
