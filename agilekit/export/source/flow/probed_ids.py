"""The ids of a flow board that were asked for: what the next export need not ask for again.

As text it is JSON, with ids as ranges::

    {"absent": "1-40,57", "tasks": {"16": "41-56"}, "deleted": {"16": "58"}, "again": {"16": 58}}

| an id is in | then |
|---|---|
| absent | it was not there or refused, but larger ids were there: it is not asked for again |
| tasks, by project | it is a task that no list showed: it is read with that project |
| deleted, by project | it was a deleted task, which may be back: see ``again`` |
| again, by project | if a task is missing, some of the deleted ones after this id are asked for |
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from attrs import define, field

from agilekit.export.source.ranges import ranges_of

__all__ = ["ProbedIds"]


def _sets() -> dict[int, set[int]]:
    return {}


@define
class ProbedIds:
    """Ids of one board; those of tasks by their project, 0 if the answer did not name it."""

    absent: set[int] = field(factory=set[int])
    tasks: dict[int, set[int]] = field(factory=_sets)
    deleted: dict[int, set[int]] = field(factory=_sets)
    again: dict[int, int] = field(factory=dict[int, int])
    """By project, the deleted task that was asked for again last."""

    @classmethod
    def parse(cls, text: str | None) -> ProbedIds:
        """Nothing, if the text is not one that `text` has written."""
        try:
            data = cast("Mapping[str, object]", json.loads(text or "{}"))
            return cls(
                {*_ids(data.get("absent", ""))},
                _by_project(data.get("tasks", {})),
                _by_project(data.get("deleted", {})),
                _numbers(data.get("again", {})),
            )
        except (AttributeError, TypeError, ValueError):
            return cls()

    def text(self) -> str | None:
        """None if there is nothing to remember."""
        data: dict[str, object] = {
            "absent": _ranges(self.absent),
            "tasks": {str(id): _ranges(ids) for id, ids in sorted(self.tasks.items()) if ids},
            "deleted": {str(id): _ranges(ids) for id, ids in sorted(self.deleted.items()) if ids},
            "again": {str(id): last for id, last in sorted(self.again.items())},
        }
        kept = {name: value for name, value in data.items() if value}
        return json.dumps(kept, separators=(",", ":")) if kept else None

    def add(self, other: ProbedIds) -> None:
        """Adds what another one has learned of the same board."""
        self.absent |= other.absent
        self.again |= other.again
        for mine, theirs in ((self.tasks, other.tasks), (self.deleted, other.deleted)):
            for project, ids in theirs.items():
                mine.setdefault(project, set()).update(ids)

    def note_task(self, project: int, id: int, *, deleted: bool) -> None:
        """Notes what a task is by now."""
        same, other = (self.deleted, self.tasks) if deleted else (self.tasks, self.deleted)
        same.setdefault(project, set()).add(id)
        other.get(project, set()).discard(id)
        self.absent.discard(id)

    def note_absence(self, project: int, id: int) -> None:
        """Notes that a task is not there any more."""
        for ids in (self.tasks, self.deleted):
            ids.get(project, set()).discard(id)
        self.absent.add(id)

    def ids(self) -> set[int]:
        """All ids that need not be asked for."""
        of_tasks = (*self.tasks.values(), *self.deleted.values())
        return self.absent.union(*of_tasks)

    def to_ask_again(self, project: int, most: int) -> list[int]:
        """Some of the deleted tasks of a project, the next ones in turn."""
        ids = sorted(self.deleted.get(project, ()))
        last = self.again.get(project, 0)
        return [*(id for id in ids if id > last), *(id for id in ids if id <= last)][:most]


def _by_project(data: object) -> dict[int, set[int]]:
    projects = cast("Mapping[str, object]", data)
    return {int(project): {*_ids(ids)} for project, ids in projects.items()}


def _numbers(data: object) -> dict[int, int]:
    return {int(project): int(id) for project, id in cast("Mapping[str, int]", data).items()}


def _ids(ranges: object) -> Iterator[int]:
    for one in cast("str", ranges).split(","):
        if one:
            first, _, last = one.partition("-")
            yield from range(int(first), int(last or first) + 1)


def _ranges(ids: Iterable[int]) -> str:
    return ",".join(
        f"{first}" if first == last else f"{first}-{last}" for first, last in ranges_of(ids)
    )
