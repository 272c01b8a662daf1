"""What a worker wrote is reported as written, also if it died before it told."""

from __future__ import annotations

from pathlib import Path

import pytest

from agilekit.export import export
from agilekit.export.lost_reports import prepare, with_lost_reports
from agilekit.export.shards import export_shard, finish, plan
from tests.export.sharded import Served, outcomes, served

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("anyio_backend", ["asyncio"])]


async def outcomes_after_a_loss(it: Served, to: Path) -> list[tuple[object, ...]]:
    """Of an export whose workers wrote everything, and died before they told anything."""
    shards = plan(it.connections, to)
    before = prepare(shards)
    for shard in shards:
        await export_shard(shard)
    reports = [await export_shard(shard) for shard in shards]
    return outcomes(finish(to, with_lost_reports(reports, shards, before)))


async def test_a_project_whose_worker_died_before_it_told_is_reported_as_written(
    tmp_path: Path,
) -> None:
    async with served(tmp_path, projects=1, cards=1) as it:
        whole = await export(it.connections, tmp_path / "whole.sqlite")
        found = await outcomes_after_a_loss(it, tmp_path / "x.sqlite")
        assert sorted(found, key=str) == sorted(outcomes(whole), key=str)


async def test_what_the_run_that_is_continued_had_written_is_left_as_it_was(
    tmp_path: Path,
) -> None:
    async with served(tmp_path, projects=1, cards=1) as it:
        to = tmp_path / "x.sqlite"
        boards = {"boards": it.connections["boards"]}
        for shard in plan(boards, to):
            await export_shard(shard)
        found = await outcomes_after_a_loss(it, to)
        why = "this run has written it already"
        assert {connection for connection, *_, skipped, _ in found if skipped == why} == {"boards"}
