"""Reads the project of a Flying Donut client; what that takes stands in project.py."""

from __future__ import annotations

from functools import partial

from attrs import define, evolve

from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.source.flyingdonut.card_lists import read_once
from agilekit.export.source.flyingdonut.missing_numbers import within
from agilekit.export.source.flyingdonut.project import ProjectFetch, check_identity
from agilekit.export.source.flyingdonut.revision import counters_of
from agilekit.export.source.flyingdonut.rows import SERVICE, text_of
from agilekit.export.source.read_limiter import ReadLimiter
from agilekit.export.source.reader import OnRead, PreviousExport, ignore_read, ref_of_connection
from agilekit.export.table import value_of
from agilekit.export.tables import BY_NAME
from agilekit.flyingdonut import FlyingDonut
from agilekit.session.workers import run_all

__all__ = ["FlyingDonutReader"]


@define
class FlyingDonutReader:
    """A `ProjectReader`. A client of this service leads to one project."""

    donut: FlyingDonut
    limiter: ReadLimiter

    @property
    def connection_ref(self) -> ProjectRef:
        return ref_of_connection(SERVICE, self.donut.base_url, self.donut.project_id)

    async def projects(self) -> list[ProjectRef]:
        project = await self.limiter.run(self.donut.project.get)
        check_identity(project, self.connection_ref)
        title = text_of(project.title.value, project.raw.get("title"))
        return [evolve(self.connection_ref, title=title, revision=counters_of(project))]

    async def revision(self, project: ProjectRef) -> str | None:
        fetch = ProjectFetch(self.donut, self.limiter, project, ignore_read)
        await fetch.read_project()
        await self.limiter.run(fetch.read_buckets)
        fetch.add_lists([await read_once(self.donut, self.limiter, fetch.tally)])
        await self.limiter.run_all(fetch.chart_reads())
        return fetch.revision()

    async def read(
        self, project: ProjectRef, on_read: OnRead, previous: PreviousExport | None = None
    ) -> ProjectData:
        fetch = ProjectFetch(self.donut, self.limiter, project, on_read)
        await fetch.read_project()
        await run_all([partial(self.limiter.run, fetch.read_buckets), fetch.read_lists], at_once=2)
        await self.limiter.run_all(fetch.task_reads())
        absent = fetch.missing()
        were_there = within(absent, await _numbers_of(previous)) if absent and previous else []
        return fetch.data(absent, were_there)


async def _numbers_of(previous: PreviousExport) -> set[int]:
    """The numbers of the cards and tasks that an export holds."""
    numbers = set[int]()
    for name in ("cards", "tasks"):
        table = BY_NAME[name]
        for row in await previous.rows(name) or ():
            if isinstance(number := value_of(row, table, "number"), int):
                numbers.add(number)
    return numbers
