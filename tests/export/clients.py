"""Clients of the projects of a sandbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import Unpack

from agilekit import FlyingDonut
from agilekit.export import Progress
from agilekit.sandbox import Sandbox
from agilekit.sandbox.flyingdonut import Project
from agilekit.session.options import Options


def seeded(sandbox: Sandbox) -> Project:
    """The project that the seed made."""
    return sandbox.flyingdonut.projects[sandbox.flyingdonut.project_id]


def client(
    sandbox: Sandbox,
    project: Project | None = None,
    *,
    secret: str | None = None,
    username: str | None = None,
    **options: Unpack[Options],
) -> FlyingDonut:
    project = project or seeded(sandbox)
    options.setdefault("transport", sandbox.transport())
    return FlyingDonut(
        project.id,
        secret=secret or project.secret,
        username=username,
        base_url=sandbox.flyingdonut.base_url,
        **options,
    )


def another(sandbox: Sandbox, title: str, cards: int = 3) -> Project:
    """One more project, with a few cards."""
    project = sandbox.flyingdonut.add_project(title)
    project.add_bucket("Default")
    for number in range(cards):
        project.add_card(f"{title} {number}")
    return project


def clients_of_new(sandbox: Sandbox, number: int) -> list[FlyingDonut]:
    """Of new projects; the first time they are made."""
    have = [one for one in sandbox.flyingdonut.projects.values() if one.title.value[:1] == "P"]
    have += [another(sandbox, f"P{index}") for index in range(len(have), number)]
    return [client(sandbox, one) for one in have]


class Killed(Exception):
    """Leaves the export as a kill would: between two writes."""


def killing_after(projects: int) -> Callable[[Progress], None]:
    done = 0

    def watch(progress: Progress) -> None:
        nonlocal done
        done += progress.step == "done"
        if done == projects:
            raise Killed

    return watch
