"""The rows of an export as a stream, without a target: to feed whatever takes rows.

Generated from `agilekit.export.stream` by ``python -m scripts.blocking``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from agilekit.blocking.clients import AnyClient, async_client, async_clients
from agilekit.blocking.portal import run
from agilekit.blocking.project_rows import rows_here
from agilekit.export.done import DoneNames
from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.report import ProjectReport
from agilekit.export.stream import NamedRow
from agilekit.export.stream import part as async_part
from agilekit.export.stream import rows as async_rows

__all__ = ["part", "rows"]


def part(
    client: AnyClient,
    project: ProjectRef | int | str,
    *,
    done: Sequence[str] | None = None,
    tables: Iterable[str] | None = None,
) -> ProjectData:
    """Reads one project whole, as an export would write it.

    client: one that is not open is opened meanwhile. Of several parts at once, the first to end
        would close it for the others: open it before.
    project: its id, or what names it in data that was read before (`ProjectData.project`).
    done: as of `agilekit.export.export`, the names or ids of columns or states.
    tables: the names of the tables to keep; all by default.

    What it gives can be pickled, and its `python_rows` gives rows as `rows` does.

    Raises NotFound if the client leads to no such project, InvalidInput for arguments that cannot
    be right, and every kind of CallError of a read.
    """
    return run(async_part, async_client(client), project, done=done, tables=tables)


def rows(
    clients: Sequence[AnyClient] | Mapping[str, AnyClient],
    *,
    concurrency: int = 32,
    at_once: int = 4,
    done: DoneNames | None = None,
    tables: Iterable[str] | None = None,
    on_project: Callable[[ProjectReport], object] | None = None,
) -> Iterator[NamedRow]:
    """The rows of all projects of the clients: pairs of a table's name and a row of it.

    ::

        for table, row in rows([donut, kanban]):
            print(table, row["id"])

    A row is a dict by the names of the columns, in their order. Times are aware `datetime` in UTC,
    days `date`, booleans `bool`, lists of texts `list`; ``raw`` is JSON text. The rows of a project
    come together, table by table, sorted by key.

    clients: as of `agilekit.export.export`, like `concurrency`, `done` and `tables`. One that is
        not open is opened each time that something of it is read.
    at_once: how many projects are read at once, and held until their rows were taken.
    on_project: is told what became of each project before its rows come: what is missing of it
        (``gaps``), or the error for which it has no rows. Without it, the first error is raised.

    Raises InvalidInput for arguments that cannot be right and, while it is iterated, every kind of
    CallError of a read.
    """
    rows = async_rows(
        async_clients(clients),
        concurrency=concurrency,
        at_once=at_once,
        done=done,
        tables=tables,
        on_project=on_project,
    )
    return rows_here(rows)
