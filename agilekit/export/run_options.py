"""How a run of an export goes, and who is told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from attrs import frozen

from agilekit.checks import check_count
from agilekit.export.chosen_tables import chosen_tables
from agilekit.export.done import DoneRule, done_rules
from agilekit.export.report import Progress, ProjectReport

__all__ = ["RunHooks", "RunOptions"]


@frozen
class RunOptions:
    """How a run goes: what `agilekit.export.export` calls by the same names."""

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
        *,
        concurrency: int,
        changed_only: bool,
        resume: bool,
        done: object,
        tables: Iterable[str] | None,
    ) -> RunOptions:
        """From what a caller gives. Raises InvalidInput."""
        rules, chosen = done_rules(done, connections), chosen_tables(tables)
        check_count("concurrency", concurrency, least=1)
        return cls(concurrency, changed_only, resume, rules, chosen)


@frozen
class RunHooks:
    """Who is told what of a run."""

    on_progress: Callable[[Progress], object] | None = None
    on_report: Callable[[ProjectReport], object] | None = None
    """Is told what became of each project, when that is certain."""
