"""What can be created where: a row for each kind of thing of each service."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Generic, Protocol, TypeAlias, TypeVar, cast

from attrs import frozen

from agilekit import (
    AgilekitError,
    EasyBacklog,
    Flow,
    FlyingDonut,
    InvalidInput,
    KanbanTool,
    Options,
)
from agilekit.bulk import BulkOptions, CreateSpec, Draft, Outcome, PossibleDuplicate
from agilekit.cli.error_messages import variables_named
from agilekit.connections import Connection
from agilekit.easybacklog import specs as easy
from agilekit.flow import specs as flow
from agilekit.flyingdonut import specs as donut
from agilekit.kanbantool import specs as kanban
from agilekit.session.client import Client

__all__ = ["SERVICES", "Kind", "Report", "Service"]

C = TypeVar("C", bound=Client)


class Report(Protocol):
    """What every ``create_many`` gives."""

    @property
    def stopped(self) -> bool: ...

    @property
    def reason(self) -> AgilekitError | None: ...

    @property
    def possible_duplicates(self) -> Sequence[PossibleDuplicate]: ...

    def __iter__(self) -> Iterator[Outcome[object]]: ...


CreateMany: TypeAlias = Callable[..., Awaitable[Report]]
"""Takes the ids of the container, the drafts, and `BulkOptions`."""


@frozen
class Kind(Generic[C]):
    """One kind of thing."""

    spec: CreateSpec[Any]
    create_many: Callable[[C], CreateMany]


def _by_name(*kinds: Kind[C]) -> Mapping[str, Kind[C]]:
    return {kind.spec.name: kind for kind in kinds}


@frozen
class Service(Generic[C]):
    """One service, with the kinds of things that it can create many of, the usual one first."""

    name: str
    client: Callable[[Options], C]
    """Opens its client by the variables of the environment."""
    kinds: Mapping[str, Kind[C]]
    ids: Callable[[str], str | int] = int

    def container(self, kind: str, given: str | None) -> list[str | int]:
        """The ids that name a container. Raises InvalidInput for others than the kind needs."""
        into = self.kinds[kind].spec.container
        parts = [] if given is None else given.split("/")
        what = "/".join(name.upper() for name in into)
        if len(parts) != len(into) or not all(part.strip() for part in parts):
            needs = f"needs --into {what}" if into else "needs no --into"
            raise InvalidInput(f"--kind {kind} {needs}" + (f", not {given!r:.60}" if given else ""))
        try:
            return [self.ids(part) for part in parts]
        except ValueError:
            raise InvalidInput(f"--into {what} takes numbers, not {given!r:.60}") from None

    async def create(
        self,
        kind: str,
        container: Sequence[str | int],
        drafts: Iterable[Draft],
        options: Options,
        bulk: BulkOptions,
        *,
        connection: Connection | None = None,
    ) -> Report:
        """Opens the client and creates the drafts. Raises what ``create_many`` raises.

        connection: what makes the client, in the place of the variables of the environment.
        """
        if connection is None:
            with variables_named(self.name):
                made = self.client(options)
        else:
            # A connection of this service makes its client.
            made = cast("C", connection.client(**options))
        async with made as client:
            return await self.kinds[kind].create_many(client)(*container, drafts, **bulk)


SERVICES: Final[
    Mapping[str, Service[FlyingDonut] | Service[Flow] | Service[EasyBacklog] | Service[KanbanTool]]
] = {
    "flyingdonut": Service(
        "flyingdonut",
        lambda options: FlyingDonut.from_env(**options),
        _by_name(
            Kind(donut.CARDS, lambda at: at.cards.create_many),
            Kind(donut.TASKS, lambda at: at.tasks.create_many),
        ),
        ids=str,
    ),
    "flow": Service(
        "flow",
        lambda options: Flow.from_env(**options),
        _by_name(Kind(flow.TASKS, lambda at: at.tasks.create_many)),
    ),
    "easybacklog": Service(
        "easybacklog",
        lambda options: EasyBacklog.from_env(**options),
        _by_name(
            Kind(easy.STORIES, lambda at: at.stories.create_many),
            Kind(easy.CRITERIA, lambda at: at.criteria.create_many),
            Kind(easy.THEMES, lambda at: at.themes.create_many),
            Kind(easy.SPRINTS, lambda at: at.sprints.create_many),
            Kind(easy.SPRINT_STORIES, lambda at: at.sprint_stories.create_many),
            Kind(easy.BACKLOGS, lambda at: at.backlogs.create_many),
            Kind(easy.COMPANIES, lambda at: at.companies.create_many),
        ),
    ),
    "kanbantool": Service(
        "kanbantool",
        lambda options: KanbanTool.from_env(**options),
        _by_name(
            Kind(kanban.TASKS, lambda at: at.tasks.create_many),
            Kind(kanban.SUBTASKS, lambda at: at.subtasks.create_many),
            Kind(kanban.COMMENTS, lambda at: at.comments.create_many),
            Kind(kanban.TIMERS, lambda at: at.timers.create_many),
        ),
    ),
}
