"""How an export goes, and who is told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypedDict

from attrs import frozen

from agilekit.checks import check_count
from agilekit.export.chosen_tables import chosen_tables
from agilekit.export.done import DoneNames, DoneRule, done_rules
from agilekit.export.report import Progress, ProjectReport

__all__ = ["ExportOptions", "RunHooks", "RunOptions"]


class ExportOptions(TypedDict, total=False):
    """The keywords of an export, whether this process, others or a cluster runs it."""

    concurrency: int
    """How many requests of all projects may be in flight at once in one process, each client's own
    ``concurrency`` besides. What waits for the rate of its account is not in flight. 32."""
    changed_only: bool
    """Leave a project as it is if its version proves that it did not change since it was exported.
    flow and easyBacklog have none: their projects are read each time. False."""
    resume: bool
    """Continue the run before, if that was of the same connections and did not come to its end:
    what it has written within the last hour is left as it is, and so is what it wrote earlier, if
    its version proves that it did not change. And read of a board of Kanban Tool only the tasks
    that its changelog and its lists show to have changed since it was exported, and do not ask
    flow again for hidden tasks that were not there. False reads everything anew. True."""
    done: DoneNames | None
    """The names or ids of the columns or states whose cards are done, such as
    ``["Done", "Released"]``: for all connections, or for some by their names. A project that has
    none of them, and one for which nothing is named, goes by its service's own rule. What the file
    of connections says, if connections are given."""
    tables: Iterable[str] | None
    """The names of the tables to write, such as ``["cards", "people"]``. The projects are always
    written. A table that is left out has no rows of these projects, and the manifest promises none;
    views and reports that need it have nothing to say. All."""


@frozen
class RunOptions:
    """`ExportOptions`, checked and complete."""

    concurrency: int
    changed_only: bool
    resume: bool
    done: Mapping[str, DoneRule]
    """By the names of the connections."""
    tables: frozenset[str]

    @classmethod
    def of(
        cls,
        connections: Iterable[str],
        done_in_file: DoneNames | None,
        *,
        concurrency: int = 32,
        changed_only: bool = False,
        resume: bool = True,
        done: object = None,
        tables: Iterable[str] | None = None,
    ) -> RunOptions:
        """From the `ExportOptions` that a caller gives. Raises InvalidInput.

        done_in_file: what counts if `done` says nothing.
        """
        rules = done_rules(done_in_file if done is None else done, connections)
        chosen = chosen_tables(tables)
        check_count("concurrency", concurrency, least=1)
        return cls(concurrency, changed_only, resume, rules, chosen)


@frozen
class RunHooks:
    """Who is told what of a run."""

    on_progress: Callable[[Progress], object] | None = None
    on_report: Callable[[ProjectReport], object] | None = None
    """Is told what became of each project, when that is certain."""
