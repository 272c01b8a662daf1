"""Keeps a copy of everything in the project in ``backup.sqlite``.

Each run replaces it by what is there now, whole or not at all.

AGILEKIT_FLYINGDONUT_PROJECT=… AGILEKIT_FLYINGDONUT_SECRET=… python backup.py
"""

from __future__ import annotations

import anyio

from agilekit import FlyingDonut
from agilekit.export import export

TARGET = "backup.sqlite"


async def main() -> None:
    report = await export([FlyingDonut.from_env()], to=TARGET)
    print(report)
    for project in report.failed:
        print(f"not written: {project.title or project.project_id}: {project.error}")
    if report.failed:
        raise SystemExit(1)


if __name__ == "__main__":
    anyio.run(main)
