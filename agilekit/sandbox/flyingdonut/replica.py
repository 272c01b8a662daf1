"""Reads that lag: a replica shows each project as it was a while ago."""

from __future__ import annotations

from collections import defaultdict, deque
from copy import deepcopy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agilekit.sandbox.flyingdonut.project import Project


class Replica:
    """Keeps what each project was like before each request that may have changed it.

    Times and ``lag`` are in seconds of the sandbox's clock. What is done to a project without a
    request is seen from the next such request on as if it had been there all the time.
    """

    def __init__(self) -> None:
        self._past: defaultdict[str, deque[tuple[float, Project]]] = defaultdict(deque)

    def keep(self, project: Project, now: float) -> None:
        """Take notice of a project that is about to change."""
        self._past[project.id].append((now, deepcopy(project)))

    def show(self, project: Project, now: float, lag: float) -> Project:
        """The project as it was so long ago; itself, if it has not changed since."""
        past = self._past[project.id]
        while past and past[0][0] <= now - lag:
            past.popleft()
        return past[0][1] if past else project
