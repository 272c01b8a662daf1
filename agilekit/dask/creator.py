"""`create_on`: creation in bulk in many containers, by the workers of a cluster.

Each container has one writer at a time, and a journal of its own in a folder that all workers
share. A worker that is lost leaves that journal behind: who takes its place continues from it.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import anyio.to_thread
from attrs import evolve, field, frozen

from agilekit.bulk import BulkOptions, BulkProgress, BulkReport, Draft, Mark, OnError
from agilekit.checks import check_choice
from agilekit.connections import Connection
from agilekit.dask.cluster import connected, run_tasks
from agilekit.dask.creator_task import (
    Container,
    ContainerEnd,
    ContainerProgress,
    creatable,
    run_group,
)
from agilekit.errors import AgilekitError, InvalidInput, JournalError
from agilekit.export.clients import identity_of
from agilekit.export.source.reader import host_of
from agilekit.services import SERVICES

if TYPE_CHECKING:
    from distributed import Client as DaskClient

__all__ = ["CreateJob", "CreateJobProgress", "CreateJobReport", "create_on"]


@frozen
class CreateJob:
    """What is to be created in one container."""

    connection: Connection
    """From a file, as `agilekit.connections.load` gives it."""
    kind: str
    """Such as ``"cards"``: as `agilekit create --kind` has it."""
    container: Sequence[str | int]
    """The ids that name it, the outermost first: those that ``create_many`` takes."""
    drafts: Sequence[Draft] = field(repr=False)
    """As ``create_many`` takes them. They are sent to the worker."""


@frozen
class CreateJobProgress:
    """How far one container is."""

    job: CreateJob
    progress: BulkProgress


@frozen
class CreateJobReport:
    """What became of the drafts of one container."""

    job: CreateJob
    journal: str
    """The file that holds all of it: the same call continues from there."""
    report: BulkReport[Any] | None
    """As far as the journal tells; None if there is none. Its outcomes are read from it."""
    error: AgilekitError | None = None
    """What ended the job of this container early; None if it came to its end."""


async def create_on(
    client: DaskClient | str,
    jobs: Iterable[CreateJob],
    *,
    journals: str | os.PathLike[str],
    on_error: OnError = "collect",
    mark: str | Mark | None = None,
    settle_after: float | None = None,
    on_progress: Callable[[CreateJobProgress], object] | None = None,
) -> Sequence[CreateJobReport]:
    """Creates the drafts of many containers by the workers of a cluster of Dask, each once.

    The containers of one credential at one host are one task, since they have one rate.

    client: a `distributed.Client`, asynchronous or not, or the address of a scheduler.
    jobs: one for each container.
    journals: a folder, with one journal for each container. It has to mean the same for this
        process and for all workers, and its file system has to know locks. It is made if it is not
        there. The same call continues from what it holds.
    on_progress: is told how far each container is, twice a second.

    The other options are as of every ``create_many``.

    Gives a report for each container, in the order of the jobs. A worker that is lost does not end
    its containers: Dask runs them on another one, which continues from the journals. While the
    lost one is still at work, it holds its journals, and nobody else writes: those containers then
    end with a JournalError, and the same call continues.

    Raises InvalidInput for arguments that cannot be right, AgilekitError if no scheduler answers,
    or it is lost: then the same call continues.
    """
    check_choice("on_error", on_error, ("collect", "stop"))
    folder = await anyio.to_thread.run_sync(_folder, journals)
    given = [*jobs]
    sent = _checked(given, folder)
    options: BulkOptions = {"on_error": on_error, "mark": mark, "settle_after": settle_after}
    ends: dict[int, ContainerEnd] = {}

    def on_message(_: str, message: object) -> None:
        if isinstance(message, ContainerProgress) and on_progress is not None:
            on_progress(CreateJobProgress(given[message.number], message.progress))

    def on_end(key: str, end: object) -> None:
        if isinstance(end, AgilekitError):
            ends.update({one.number: ContainerEnd(error=end) for one in groups[key]})
        elif isinstance(end, dict):
            ends.update(cast("dict[int, ContainerEnd]", end))

    groups = _grouped(sent)
    shows = on_progress is not None
    tasks = {key: partial(run_group, group, options, shows) for key, group in groups.items()}
    async with connected(client) as open_client:
        await run_tasks(
            open_client, tasks, name="agilekit-create", on_message=on_message, on_end=on_end
        )
    reports = partial(_reports, given, sent, ends)
    return await anyio.to_thread.run_sync(reports)


def _folder(path: object) -> Path:
    if not isinstance(path, str | os.PathLike):
        raise InvalidInput(f"journals must be the path of a folder, not {path!r:.60}")
    folder = Path(os.fspath(path)).absolute()
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise InvalidInput(f"{folder} cannot be a folder of journals: {error.strerror}") from None
    return folder


def _checked(jobs: Sequence[CreateJob], folder: Path) -> list[Container]:
    """Raises InvalidInput for a job that cannot be right, and for two of one container."""
    sent = [_container(number, job, folder) for number, job in enumerate(jobs)]
    first: dict[str, int] = {}
    for one in sent:
        if first.setdefault(one.journal, one.number) != one.number:
            raise InvalidInput(
                f"jobs {first[one.journal]} and {one.number} create {one.kind} in one container: "
                "give their drafts to one of them, as it has one writer"
            )
    return sent


def _container(number: int, job: CreateJob, folder: Path) -> Container:
    connection = job.connection
    if not isinstance(cast("object", connection), Connection) or not connection.file:
        raise InvalidInput(
            f"job {number} needs a connection of a file, as agilekit.connections.load() gives it"
        )
    ids = _ids(number, job)
    client = connection.without_secret()
    place = f"{identity_of(client)} {job.kind} {ids}"
    digest = hashlib.sha256(place.encode()).hexdigest()[:16]
    group = "\n".join((host_of(client.base_url), *connection.credential_key))
    try:
        drafts = pickle.dumps(job.drafts)
    except Exception as error:  # noqa: BLE001 - whatever the caller's own objects raise
        what = f"the drafts of job {number} cannot be sent to another process: {error}"
        raise InvalidInput(what) from None
    return Container(
        number,
        str(Path(connection.file).absolute()),
        connection.name,
        connection.service,
        job.kind,
        ids,
        group,
        str(folder / f"{connection.service}-{job.kind}-{digest}.journal"),
        drafts,
    )


def _ids(number: int, job: CreateJob) -> tuple[str | int, ...]:
    service = SERVICES[job.connection.service]
    check_choice(f"kind of job {number}", job.kind, tuple(service.kinds))
    names = service.kinds[job.kind].spec.container
    if len(job.container) != len(names):
        needs = ", ".join(names) or "nothing"
        raise InvalidInput(f"container of job {number} must be {needs}, not {job.container!r:.60}")
    try:
        return tuple(service.parse_id(str(one)) for one in job.container)
    except ValueError:
        raise InvalidInput(
            f"container of job {number} must be numbers, not {job.container!r:.60}"
        ) from None


def _grouped(sent: Iterable[Container]) -> Mapping[str, Sequence[Container]]:
    """By a name for each group, which tells nothing of its credential."""
    groups = defaultdict[str, list[Container]](list)
    for one in sent:
        groups[one.group].append(evolve(one, group=""))
    return {f"{group[0].service}-{group[0].number}": group for group in groups.values()}


def _reports(
    jobs: Sequence[CreateJob], sent: Sequence[Container], ends: Mapping[int, ContainerEnd]
) -> list[CreateJobReport]:
    return [_report(jobs[one.number], one, ends[one.number]) for one in sent]


def _report(job: CreateJob, one: Container, end: ContainerEnd) -> CreateJobReport:
    try:
        read: BulkReport[Any] = BulkReport.open(one.journal, load=creatable(one).spec.load)
    except JournalError as error:
        return CreateJobReport(job, one.journal, None, end.error or error)
    report = evolve(read, stopped=end.stopped, reason=end.reason)
    return CreateJobReport(job, one.journal, report, end.error)
