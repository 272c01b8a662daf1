"""A writer that is made to be killed: it writes two projects to PostgreSQL, again and again.

Whoever began it holds the other end of its output, where each commit is a line.
"""

from __future__ import annotations

import sys
from itertools import count
from typing import Final

from agilekit.export.project import ProjectData, ProjectRef
from agilekit.export.target.postgres import Postgres

PROJECTS: Final = tuple(
    ProjectRef("kanbantool", "w.kanbantool.com", id, "https://w.kanbantool.com/api/v1")
    for id in ("1", "2")
)
CARDS: Final = 100


def data_of(project: ProjectRef, title: str) -> ProjectData:
    """A project whose every row shows the title."""
    rows = [project.row("cards", id=str(id), title=title, raw='{"a":"b"}') for id in range(CARDS)]
    tables = {"projects": [project.row("projects", title=title)], "cards": rows}
    return project.data(tables, title=title)


def main(url: str) -> None:
    target = Postgres(url)
    target.prepare()
    run = target.begin("all", resume=True)
    for version in count():
        for project in PROJECTS:
            target.commit(run, data_of(project, f"{run.epoch}.{version}"))
            print(project.project_id, flush=True)  # noqa: T201 - what the test reads


if __name__ == "__main__":
    main(sys.argv[1])
