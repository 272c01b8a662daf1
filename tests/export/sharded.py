"""Exports in shards that tests compare with one by one process."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, TypeAlias

import anyio
from attrs import frozen

from agilekit.connections import Connection, load
from agilekit.export import TABLES, ExportReport
from agilekit.export.manifest import key_of
from agilekit.export.table import ProjectKey, Row
from agilekit.export.target.open_target import open_target
from agilekit.sandbox import Faults, Sandbox
from tests.export.connection_files import connections_file
from tests.export.many import filled

ROOT: Final = Path(__file__).parents[2]
# The measuring of coverage would outlive none of the kills.
ENVIRONMENT: Final = {name: at for name, at in os.environ.items() if "COVERAGE" not in name}

Content: TypeAlias = tuple[Mapping[ProjectKey, object], Mapping[str, list[Row]]]


@frozen
class Served:
    """A sandbox at a port, and the file of connections that lead to it."""

    sandbox: Sandbox
    url: str
    file: Path

    @property
    def connections(self) -> dict[str, Connection]:
        return load(self.file)

    @property
    def secrets(self) -> list[str]:
        donuts = self.sandbox.flyingdonut.projects.values()
        return [
            *(one.secret for one in donuts),
            self.sandbox.flow.key,
            self.sandbox.easybacklog.token,
            self.sandbox.kanbantool.token,
        ]


@asynccontextmanager
async def served(
    folder: Path, *, projects: int = 2, cards: int = 5, faults: Faults | None = None
) -> AsyncGenerator[Served]:
    sandbox = filled(projects=projects, cards=cards, children=1)
    if faults is not None:
        sandbox.faults = faults
    async with sandbox.serve() as server:
        yield Served(sandbox, server.url, connections_file(sandbox, server.url, folder))


def content(path: Path | str) -> Content:
    """What the manifest of an export promises of each project, and all rows, by table."""
    target = open_target(path)
    try:
        promised = {
            key_of(one): (one["title"], one["tables"], one["gaps"], one["notes"], one["error"])
            for one in target.manifest()
        }
        return promised, {table.name: [*target.rows(table)] for table in TABLES}
    finally:
        target.close()


def outcomes(report: ExportReport) -> list[tuple[object, ...]]:
    """What a report says, but for how long it took."""
    return [
        (
            one.connection,
            one.project_id,
            one.title,
            one.rows,
            one.gaps,
            one.skipped,
            repr(one.error),
        )
        for one in report.projects
    ]


def program(*arguments: str) -> list[str]:
    return [sys.executable, "-m", *arguments]


def workers_of(pid: int) -> list[int]:
    """The workers that a process has started, as Linux tells; others may have started more."""
    found = Path(f"/proc/{pid}/task").glob("*/children")
    children = (int(child) for file in found for child in file.read_text().split())
    return sorted(child for child in children if b"agilekit.export.worker" in _command(child))


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""  # it has ended


async def gone(workers: list[int]) -> None:
    """Returns when these workers have ended: they do not outlive what started them."""
    with anyio.fail_after(60):
        for pid in workers:
            while is_running(pid):  # noqa: ASYNC110 - of a process that is not our own
                await anyio.sleep(0.01)


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
