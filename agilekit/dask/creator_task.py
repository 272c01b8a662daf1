"""What a worker does for `create_on`: the jobs of one credential, each with its journal."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import anyio
from attrs import field, frozen

from agilekit.bulk import BulkOptions, BulkProgress, BulkReport, Draft
from agilekit.connections import load
from agilekit.dask.worker import Pacer, Send
from agilekit.errors import AgilekitError, InvalidInput, JournalError
from agilekit.services import SERVICES, Creatable

__all__ = ["Container", "ContainerEnd", "ContainerProgress", "creatable", "run_group"]

_AT_ONCE: Final = 4
"""How many containers of one credential are written to at once."""


@frozen
class Container:
    """A job as it is sent to a worker: without a secret."""

    number: int
    file: str
    name_in_file: str
    service: str
    kind: str
    ids: tuple[str | int, ...]
    group: str
    """Equal for those of one credential at one host."""
    journal: str
    drafts: bytes = field(repr=False)


@frozen
class ContainerProgress:
    number: int
    progress: BulkProgress


@frozen
class ContainerEnd:
    """How the job of a container ended; its outcomes are in the journal."""

    stopped: bool = False
    reason: AgilekitError | None = None
    error: AgilekitError | None = None


async def run_group(
    group: Sequence[Container], options: BulkOptions, shows: bool, send: Send, _threads: int
) -> dict[int, ContainerEnd]:
    """What a worker does."""
    ends: dict[int, ContainerEnd] = {}
    room = anyio.Semaphore(_AT_ONCE)

    async def run(one: Container) -> None:
        async with room:
            ends[one.number] = await _end_of(one, options, send if shows else None)

    async with anyio.create_task_group() as tasks:
        for one in group:
            tasks.start_soon(run, one)
    return ends


async def _end_of(one: Container, options: BulkOptions, send: Send | None) -> ContainerEnd:
    try:
        report = await _create(one, options, send)
    except AgilekitError as error:
        if isinstance(error, JournalError):
            error.report = None  # it reads a journal here, and is to be pickled
        return ContainerEnd(error=error)
    except Exception as error:  # noqa: BLE001 - it leaves the process as a result
        what = f"a worker of Dask failed: {type(error).__name__}: {error}"
        return ContainerEnd(error=AgilekitError(what))
    return ContainerEnd(report.stopped, report.reason)


async def _create(one: Container, options: BulkOptions, send: Send | None) -> BulkReport[Any]:
    if not await anyio.Path(one.journal).parent.is_dir():
        raise InvalidInput(f"{Path(one.journal).parent} is not there on a worker: share the folder")
    connections = load(one.file)
    if one.name_in_file not in connections:
        raise InvalidInput(f"{one.file} has no connection {one.name_in_file} on a worker")
    pacer, last = Pacer(), BulkProgress()

    def on_progress(progress: BulkProgress) -> None:
        nonlocal last
        last = progress
        if send is not None and pacer.lets(one.number):
            send(ContainerProgress(one.number, progress))

    bulk: BulkOptions = {**options, "journal": one.journal, "on_progress": on_progress}
    drafts: Sequence[Draft] = pickle.loads(one.drafts)  # noqa: S301 - of the caller
    async with connections[one.name_in_file].client() as client:
        create_many = creatable(one).create_many(client)
        report: BulkReport[Any] = await create_many(*one.ids, drafts, **bulk)  # type: ignore[assignment]
    if send is not None:
        send(ContainerProgress(one.number, last))
    return report


def creatable(one: Container) -> Creatable[Any]:
    return SERVICES[one.service].kinds[one.kind]
