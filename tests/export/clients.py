"""Clients of the projects of a sandbox."""

from __future__ import annotations

from typing import Unpack

from agilekit import FlyingDonut
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
