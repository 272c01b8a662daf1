"""Which project and which sprint a report is about, by what people call them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal

from agilekit.errors import InvalidInput
from agilekit.export.table import ProjectKey
from agilekit.report.figures import ProjectFigures, SprintVelocity

__all__ = ["choose_project", "choose_sprint"]

_WORDS: Final[Mapping[str, Literal["last", "active"]]] = {"last": "last", "active": "active"}


def choose_project(
    found: dict[ProjectKey, ProjectFigures], wanted: str
) -> dict[ProjectKey, ProjectFigures]:
    """The only project that has an id, or else a title. Raises InvalidInput."""
    by_id = {key: one for key, one in found.items() if _id_of(key) == wanted}
    matching = by_id or {key: one for key, one in found.items() if one.title == wanted}
    if len(matching) == 1:
        return matching
    names = ", ".join(
        f"{one.title} ({service} {id})" for (service, _, id), one in (matching or found).items()
    )
    kind = "several projects are" if matching else "no project is"
    raise InvalidInput(f"{kind} called {wanted!r:.60}; there are: {names:.600}")


def choose_sprint(projects: list[ProjectFigures], wanted: str) -> list[ProjectFigures]:
    """The projects that have the sprint, which becomes what they are about. Raises InvalidInput."""
    if (which := _WORDS.get(wanted)) is not None:
        matching = [(one, s) for one in projects if (s := one.sprint_called(which))]
        is_found = bool(matching)
        why = "no sprint has ended" if which == "last" else "no sprint is active"
    else:
        matching = _named(projects, wanted)
        is_found = len(matching) == 1
        why = f"{'several sprints are' if matching else 'no sprint is'} called {wanted!r:.60}"
    if not is_found:
        every = matching or [(one, s) for one in projects for s in one.velocity]
        names = ", ".join(f"{s.sprint} ({one.title}, {s.sprint_id})" for one, s in every)
        raise InvalidInput(f"{why}; there are: {names or 'none':.600}")
    for project, sprint in matching:
        project.focus = sprint.sprint_id
    return [project for project, _ in matching]


def _named(
    projects: list[ProjectFigures], wanted: str
) -> list[tuple[ProjectFigures, SprintVelocity]]:
    """The sprints, with their projects, that have an id, or else a title, or else a number."""
    every = [(one, s) for one in projects for s in one.velocity]
    ways: list[Callable[[SprintVelocity], object]] = [
        lambda s: s.sprint_id,
        lambda s: s.sprint,
        lambda s: str(s.number),
    ]
    for how in ways:
        if found := [(one, s) for one, s in every if how(s) == wanted]:
            return found
    return []


def _id_of(key: ProjectKey) -> str:
    _, _, project_id = key
    return project_id
