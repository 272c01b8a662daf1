"""Exports several projects at once, each whole or not at all."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Final, Literal, cast

import anyio
import anyio.to_thread
from attrs import define, field, frozen

from agilekit.errors import AgilekitError, InvalidInput
from agilekit.export.flyingdonut import SERVICE, read
from agilekit.export.jsonlines import JSONLines
from agilekit.export.model import ExportError, Part
from agilekit.export.report import ExportReport, Progress, ProjectReport
from agilekit.export.sqlite import SQLite
from agilekit.export.target import Target
from agilekit.flyingdonut import FlyingDonut
from agilekit.session.concurrently import run_all

__all__ = ["export"]

# Bounds the memory: a project is held whole until it is written.
_PROJECTS_AT_ONCE: Final = 8
_PATHS: Final = (str, os.PathLike)
_SQLITE: Final = frozenset((".sqlite", ".sqlite3", ".db"))


async def export(
    clients: Sequence[FlyingDonut],
    to: str | os.PathLike[str],
    *,
    on_progress: Callable[[Progress], object] | None = None,
) -> ExportReport:
    """Writes everything that the clients' projects hold to one place.

    clients: one for each project. One that is not open is opened meanwhile.
    to: a file that ends in ``.sqlite``, ``.sqlite3`` or ``.db``, or else a folder of JSON Lines. It
    is made where it is not there; what is there of a project is replaced.
    on_progress: is told how far each project is.

    Each project is written whole or not at all, and the failure of one stops no other: the report
    has the error of each project that failed, and the manifest has it, too. Other processes may
    export other projects to the same place meanwhile.

    Raises InvalidInput for arguments that cannot be right, ExportError where the place cannot be
    made.
    """
    chosen = _checked(clients)
    began = anyio.current_time()
    writer = _Writer(_target(to))
    await writer.write(writer.target.prepare)
    reports: dict[int, ProjectReport] = {}

    async def work(place: int, client: FlyingDonut) -> None:
        reports[place] = await _Project(client, writer, on_progress).export()

    await run_all(
        (partial(work, place, client) for place, client in enumerate(chosen)),
        at_once=_PROJECTS_AT_ONCE,
    )
    return ExportReport(
        path=writer.target.path,
        projects=tuple(reports[place] for place in range(len(chosen))),
        seconds=anyio.current_time() - began,
    )


@frozen
class _Writer:
    """Writes to the target outside the event loop, one project at a time."""

    target: Target
    _turn: anyio.CapacityLimiter = field(factory=lambda: anyio.CapacityLimiter(1))

    async def write(self, step: Callable[[], None]) -> None:
        """Raises ExportError. Once begun, it is done to its end even if it is cancelled."""
        try:
            await anyio.to_thread.run_sync(step, abandon_on_cancel=False, limiter=self._turn)
        except (OSError, sqlite3.Error) as error:
            raise ExportError(str(error) or type(error).__name__, self.target.path) from error


@define
class _Project:
    client: FlyingDonut
    writer: _Writer
    on_progress: Callable[[Progress], object] | None
    title: str | None = None
    rows: int = 0

    async def export(self) -> ProjectReport:
        began = anyio.current_time()
        counts: dict[str, int] = {}
        failure: AgilekitError | None = None
        try:
            part = await self._read()
            self._tell("writing")
            await self.writer.write(partial(self.writer.target.commit, part))
        except AgilekitError as error:
            failure = error
            await self._note(error)
        else:
            counts = {name: len(rows) for name, rows in part.rows.items()}
        self._tell("failed" if failure else "done")
        return ProjectReport(
            service=SERVICE,
            project_id=self.client.project_id,
            title=self.title,
            rows=counts,
            seconds=anyio.current_time() - began,
            error=failure,
        )

    async def _read(self) -> Part:
        self._tell("reading")
        async with nullcontext() if self.client.is_open else self.client:
            part = await read(self.client, self._heard)
        self.title, self.rows = part.title, sum(map(len, part.rows.values()))
        return part

    async def _note(self, error: AgilekitError) -> None:
        nothing = Part(SERVICE, self.client.project_id, self.client.base_url, self.title, rows={})
        try:
            await self.writer.write(partial(self.writer.target.fail, nothing, error))
        except ExportError as second:
            error.add_note(f"This could not be noted in the manifest: {second}")

    def _heard(self, title: str | None, entities: int) -> None:
        self.title, self.rows = title, entities
        self._tell("reading")

    def _tell(self, step: Literal["reading", "writing", "done", "failed"]) -> None:
        if self.on_progress is not None:
            self.on_progress(Progress(SERVICE, self.client.project_id, self.title, step, self.rows))


def _checked(clients: object) -> list[FlyingDonut]:
    if not isinstance(clients, Sequence) or not clients:
        raise InvalidInput("export needs a list of clients, one for each project")
    chosen: list[FlyingDonut] = []
    for client in cast("Sequence[object]", clients):
        if not isinstance(client, FlyingDonut):
            raise InvalidInput(f"cannot export a {type(client).__name__}, only a FlyingDonut")
        if client.project_id in {other.project_id for other in chosen}:
            raise InvalidInput(f"the project {client.project_id} is given twice")
        chosen.append(client)
    return chosen


def _target(to: object) -> Target:
    path = os.fspath(cast("str | os.PathLike[str]", to)) if isinstance(to, _PATHS) else None
    if not isinstance(path, str) or not path or "\0" in path:
        raise InvalidInput(f"to must be the path of a file or a folder, not {to!r:.60}")
    place = Path(path)
    if not place.parent.is_dir():
        raise InvalidInput(f"there is no folder {place.parent}")
    return SQLite(place) if place.suffix.lower() in _SQLITE else JSONLines(place)
