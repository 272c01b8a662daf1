"""Creation in bulk on a cluster creates each draft once, whatever becomes of its workers."""

from __future__ import annotations

import os
import pickle
import signal
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from agilekit import InvalidInput, JournalError, KanbanTool
from agilekit.connections import Connection
from agilekit.dask import CreateJob, CreateJobProgress, create_on
from agilekit.sandbox import Faults
from tests.export.sharded import Served, served
from tests.on_dask.clusters import in_this_process, processes

pytestmark = pytest.mark.anyio
ASYNCIO = pytest.mark.parametrize("anyio_backend", ["asyncio"])


def jobs_of(it: Served, count: int) -> list[CreateJob]:
    """Tasks for two boards, and cards for two buckets of one project."""
    boards = [*it.sandbox.kanbantool.boards][-2:]
    donut = [*it.sandbox.flyingdonut.projects.values()][-1]
    buckets = [*donut.buckets][:2]
    named = f'service = "flyingdonut"\nusername = "{it.sandbox.flyingdonut.username}"'
    it.file.write_text(it.file.read_text().replace('service = "flyingdonut"', named))
    connections = it.connections
    donuts = [name for name in connections if name.startswith("donut")]
    return [
        *(
            CreateJob(
                connections["boards"],
                "tasks",
                [board],
                [{"name": f"Task {number}"} for number in range(count)],
            )
            for board in boards
        ),
        *(
            CreateJob(
                connections[donuts[-1]],
                "cards",
                [bucket],
                [{"title": f"Card {number}"} for number in range(count)],
            )
            for bucket in buckets
        ),
    ]


def created(it: Served, job: CreateJob) -> list[str]:
    """What is in a container, as the service has it."""
    (container,) = job.container
    if job.kind == "tasks":
        return [task.name for task in it.sandbox.kanbantool.boards[int(container)].tasks.values()]
    donut = [*it.sandbox.flyingdonut.projects.values()][-1]
    return [card.title.value for card in donut.cards.values() if card.container == container]


@ASYNCIO
async def test_each_container_gets_its_drafts_and_a_report(tmp_path: Path) -> None:
    async with served(tmp_path, projects=2, cards=0) as it, in_this_process() as client:
        jobs, seen = jobs_of(it, 5), list[CreateJobProgress]()
        journals = tmp_path / "journals"
        reports = await create_on(client, jobs, journals=journals, on_progress=seen.append)
        assert [one.job for one in reports] == jobs
        for one in reports:
            assert one.error is None
            assert one.report is not None
            assert str(one.report) == "5 created, 0 refused, 0 of unknown outcome"
            names = [str(next(iter(draft.values()))) for draft in one.job.drafts]
            assert sorted(created(it, one.job)) == names
            assert Path(one.journal).parent == journals
        assert len({one.journal for one in reports}) == len(jobs)
        last = {jobs.index(one.job): one.progress.created for one in seen}
        assert last == {0: 5, 1: 5, 2: 5, 3: 5}
        again = await create_on(client, jobs, journals=journals)
        assert [str(one.report) for one in again] == [str(one.report) for one in reports]
        assert len(created(it, jobs[0])) == 5


@ASYNCIO
async def test_a_container_that_fails_stops_no_other(tmp_path: Path) -> None:
    async with served(tmp_path, projects=2, cards=0) as it, in_this_process() as client:
        wrong, *others = jobs_of(it, 2)
        wrong = CreateJob(wrong.connection, "tasks", [999_999], wrong.drafts)
        refused = CreateJob(others[0].connection, "tasks", others[0].container, [{"name": ""}])
        journals = tmp_path / "journals"
        reports = await create_on(client, [wrong, refused, *others[1:]], journals=journals)
        assert "404" in str(reports[0].error)
        assert [str(one.report) for one in reports[1:]] == [
            "0 created, 1 refused, 0 of unknown outcome",
            "2 created, 0 refused, 0 of unknown outcome",
            "2 created, 0 refused, 0 of unknown outcome",
        ]
        other = CreateJob(others[1].connection, "cards", others[1].container, [{"title": "other"}])
        (report,) = await create_on(client, [other], journals=journals)
        assert isinstance(report.error, JournalError)
        assert "the input has changed" in str(report.error)
        assert len(created(it, other)) == 2


async def test_jobs_that_cannot_be_right_are_refused(tmp_path: Path) -> None:
    async with served(tmp_path, projects=2, cards=0) as it:
        first, *_ = jobs_of(it, 1)
        boards = it.connections["boards"]
        made = Connection("x", "kanbantool", {"account": "a"}, ())
        wrong = {
            "jobs 0 and 1 create tasks in one container": [first, first],
            "needs a connection of a file": [CreateJob(made, "tasks", [1], [])],
            r"kind of job 0 must be .*tasks": [CreateJob(boards, "cards", [1], [])],
            "container of job 0 must be board, task": [CreateJob(boards, "comments", [1], [])],
            "container of job 0 must be numbers": [CreateJob(boards, "tasks", ["x"], [])],
            "the drafts of job 0 cannot be sent to another process": [
                CreateJob(boards, "tasks", [1], [{"name": KanbanTool("a", token="t")}])
            ],
        }
        for message, jobs in wrong.items():
            with pytest.raises(InvalidInput, match=message):
                await create_on("tcp://127.0.0.1:9", jobs, journals=tmp_path / "journals")
        with pytest.raises(InvalidInput, match="cannot be a folder of journals"):
            await create_on("tcp://127.0.0.1:9", [first], journals=it.file)


@pytest.mark.slow
async def test_containers_of_workers_that_are_killed_continue_from_their_journals(
    tmp_path: Path,
) -> None:
    random, killed = Random(7), 0
    faults = Faults(latency=0.02, drop_after=0.02, seed=3, methods=frozenset({"POST"}))
    async with served(tmp_path, projects=2, cards=0, faults=faults) as it:
        jobs = jobs_of(it, 100)
        with processes() as cluster:
            await cluster.call(cluster.add, 2)
            pids = [*(await cluster.call(cluster.pids)).values()]

            def kill(progress: CreateJobProgress) -> None:
                nonlocal killed
                if pids and progress.progress.created > 20:
                    os.kill(pids.pop(random.randrange(len(pids))), signal.SIGKILL)
                    killed += 1

            sent: list[bytes] = []
            submit = cluster.client.submit

            def submitted(*arguments: object, **options: object) -> object:
                sent.append(pickle.dumps((arguments, options)))
                return submit(*arguments, **options)

            cluster.client.submit = submitted
            reports = await create_on(
                cluster.client,
                jobs,
                journals=tmp_path / "journals",
                settle_after=3,  # this server is at work on nothing for as long
                on_progress=kill,
            )
            logs = repr(await cluster.call(cluster.client.get_worker_logs))
        assert killed == 2
        for one in reports:
            assert one.error is None
            assert one.report is not None
            assert str(one.report) == "100 created, 0 refused, 0 of unknown outcome"
            assert set(Counter(created(it, one.job)).values()) == {1}
            assert len(created(it, one.job)) == 100
        assert len(sent) == 2
        for secret in it.secrets:
            assert secret not in logs
            assert not any(secret.encode() in one for one in sent)
