"""An export on a cluster holds what an export by one process holds."""

from __future__ import annotations

import sys
from pathlib import Path

import anyio
import dask.config
import pytest
from dask.base import annotate

from agilekit import AgilekitError, InvalidInput
from agilekit.connections import load
from agilekit.dask import export_on
from agilekit.export import ExportError, Progress, TargetError, export, part, verify
from agilekit.export.shards import plan
from agilekit.export.target.open_target import open_target
from tests.export.sharded import content, outcomes, served
from tests.on_dask.clusters import in_this_process

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("anyio_backend", ["asyncio"])]


async def test_a_cluster_exports_what_one_process_does(tmp_path: Path) -> None:
    async with served(tmp_path, projects=1, cards=2) as it, in_this_process() as client:
        whole = await export(it.connections, tmp_path / "whole.sqlite")
        steps: list[Progress] = []
        to = tmp_path / "x.sqlite"
        report = await export_on(client, it.connections, to=to, on_progress=steps.append)
        assert verify(to).ok
        assert content(to) == content(tmp_path / "whole.sqlite")
        assert outcomes(report) == outcomes(whole)
        assert report.continued is None
        done = [(one.connection, one.project_id) for one in steps if one.step == "done"]
        assert sorted(done) == sorted((one.connection, one.project_id) for one in whole.projects)
        assert steps[-1].projects == len(whole.projects)


async def test_what_fails_on_a_worker_is_a_failure_of_its_connections_and_tried_once(
    tmp_path: Path,
) -> None:
    async with served(tmp_path, projects=1, cards=1) as it, in_this_process() as client:
        given = it.connections
        it.file.write_text(it.file.read_text().replace("[connections.flow_]", "[connections.f]"))
        await client.get_task_stream()  # from now on
        with annotate(retries=3):
            report = await export_on(client, given, to=tmp_path / "x")
        ran = [record["key"] for record in await client.get_task_stream()]
        assert len(ran) == len(set(ran)) == len(given)
        (failed,) = report.failed
        assert (failed.connection, failed.project_id) == ("flow_", None)
        assert isinstance(failed.error, InvalidInput)
        assert "has no connection flow_ here" in str(failed.error)
        assert {one.connection for one in report.succeeded} == {*given} - {"flow_"}
        assert verify(tmp_path / "x").ok


async def test_an_error_of_the_target_ends_the_export(tmp_path: Path) -> None:
    async with served(tmp_path, projects=1, cards=1) as it, in_this_process() as client:
        to = tmp_path / "x.sqlite"

        def take_over(progress: Progress) -> None:
            target = open_target(to)
            for run in target.unfinished():
                target.begin(run.scope, resume=True)

        with pytest.raises(TargetError, match="another export has taken this run over"):
            await export_on(client, it.connections, to=to, on_progress=take_over)
        report = await export_on(client, it.connections, to=to)
        assert report.continued
        assert verify(to).ok


async def test_who_had_a_shard_before_the_cluster_comes_late_and_changes_nothing(
    tmp_path: Path,
) -> None:
    async with served(tmp_path, projects=1, cards=1) as it, in_this_process() as client:
        to, only = tmp_path / "x.sqlite", {"donut 0": it.connections["donut 0"]}
        late = open_target(to)
        late.prepare()
        (shard,) = plan(only, to)
        run = late.begin(shard.scope, resume=True)
        report = await export_on(client, only, to=to)
        before = content(to)
        async with only["donut 0"].client() as donut:
            data = await part(donut, str(report.projects[0].project_id))
        with pytest.raises(TargetError, match="this run"):
            late.commit(run, data)
        late.close()
        assert content(to) == before
        assert report.continued


async def test_what_the_caller_raises_ends_the_export(tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    def stop(progress: Progress) -> None:
        raise Enough

    async with served(tmp_path, projects=1, cards=1) as it, in_this_process() as client:
        with pytest.raises(Enough):
            await export_on(client, it.connections, to=tmp_path / "x", on_progress=stop)


async def test_a_cluster_that_is_lost_ends_the_export_and_it_is_continued(tmp_path: Path) -> None:
    async with served(tmp_path, projects=1, cards=1) as it:
        to = tmp_path / "x.sqlite"
        async with in_this_process() as client, anyio.create_task_group() as tasks:

            async def close() -> None:
                await client.close()

            def lose(progress: Progress) -> None:
                if progress.step == "done":
                    tasks.start_soon(close)

            with pytest.raises(AgilekitError, match="the cluster of Dask has given the tasks up"):
                await export_on(client, it.connections, to=to, on_progress=lose)
            with pytest.raises(AgilekitError, match="the client of Dask sends no task"):
                await export_on(client, it.connections, to=to)
        async with in_this_process() as client:
            report = await export_on(client, it.connections, to=to)
        assert report.continued
        assert verify(to).ok


async def test_what_a_worker_wrote_elsewhere_is_not_reported_as_exported(
    tmp_path: Path,
) -> None:
    async with served(tmp_path, projects=1, cards=1) as it, in_this_process() as client:
        to = tmp_path / "x.sqlite"

        def move_away(progress: Progress) -> None:
            if progress.step == "done" and to.exists():
                to.rename(tmp_path / "elsewhere.sqlite")
                open_target(to).prepare()

        only = {"donut 0": it.connections["donut 0"]}
        with pytest.raises(ExportError, match="what a worker wrote of donut 0 is not here"):
            await export_on(client, only, to=to, on_progress=move_away)


async def test_arguments_that_cannot_be_right_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "agilekit.toml").write_text(
        '[connections.boards]\nservice = "kanbantool"\naccount = "a"\n'
        'token = { env = "NOT_THERE" }\n'
    )
    connections = load(tmp_path / "agilekit.toml")
    to = tmp_path / "x.sqlite"
    with pytest.raises(InvalidInput, match=r"a cluster is a distributed\.Client, or the address"):
        await export_on(8786, connections, to=to)  # type: ignore[arg-type]
    with (
        dask.config.set({"distributed.comm.timeouts.connect": "0.1s"}),
        pytest.raises(AgilekitError, match=r"no scheduler of Dask answers at tcp://127\.0\.0\.1:9"),
    ):
        await export_on("tcp://127.0.0.1:9", connections, to=to)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InvalidInput, match=r"needs the extra dask: pip install 'agilekit\[dask\]'"):
        await export_on("tcp://127.0.0.1:9", connections, to=to)
