"""An export in shards holds what an export by one process holds."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import TypeVar

import anyio
import anyio.to_thread
import pytest
from _pytest.mark import ParameterSet
from attrs import evolve

from agilekit import InvalidInput, KanbanTool, Unauthorized
from agilekit.connections import Connection, load, load_targets
from agilekit.connections.secrets import Secret
from agilekit.export import Progress, TargetError, export, verify
from agilekit.export.shards import MOST_SHARDS, export_shard, finish, lost, plan, run_shard
from agilekit.export.target.open_target import open_target
from tests.connections.files import SECRET, WHOLE
from tests.export.sharded import content, outcomes, served

pytestmark = pytest.mark.anyio


T = TypeVar("T")


def slow(name: str) -> ParameterSet:
    return pytest.param(name, marks=pytest.mark.slow)


def copied(value: T) -> T:
    """As it comes to another process."""
    return pickle.loads(pickle.dumps(value))  # type: ignore[no-any-return]  # noqa: S301 - own


def kanban(name: str, account: str, token: str) -> str:
    return (
        f'[connections.{name}]\nservice = "kanbantool"\naccount = "{account}"\n'
        f"token = {{ env = {token!r} }}\n"
    )


def written(folder: Path, *connections: str) -> dict[str, Connection]:
    file = folder / "agilekit.toml"
    file.write_text("\n".join(connections), encoding="utf-8")
    return load(file)


def names(connections: dict[str, Connection], folder: Path) -> list[list[str]]:
    shards = plan(connections, folder / "x.sqlite")
    return [[one.name for one in shard.connections] for shard in shards]


@pytest.mark.parametrize("name", ["x.sqlite", slow("x"), slow("x.csv")])
async def test_shards_hold_what_one_process_exports(name: str, tmp_path: Path) -> None:
    async with served(tmp_path, projects=1, cards=3) as it:
        whole = await export(it.connections, tmp_path / "whole.sqlite")
        shards = plan(it.connections, to := tmp_path / name)
        run = [copied(shard) for shard in reversed(shards)]
        reports = [await export_shard(shard) for shard in run]
        report = finish(to, copied(reports))
        assert verify(to).ok
        assert content(to) == content(tmp_path / "whole.sqlite")
        assert outcomes(report) == outcomes(whole)


async def test_a_shard_runs_in_any_thread_without_an_event_loop(tmp_path: Path) -> None:
    async with served(tmp_path, projects=1) as it:
        shard = plan(it.connections, tmp_path / "x.sqlite")[-1]
        steps: list[Progress] = []
        report = await anyio.to_thread.run_sync(lambda: run_shard(shard, on_progress=steps.append))
        assert [one.connection for one in report.projects] == ["boards", "boards"]
        assert steps[-1].step == "done"


async def test_a_shard_that_is_run_again_continues_and_writes_nothing_twice(
    tmp_path: Path,
) -> None:
    async with served(tmp_path, projects=1) as it:
        shard = plan(it.connections, tmp_path / "x.sqlite")[-1]
        await export_shard(shard)
        before = it.sandbox.count("tasks")
        again = await export_shard(shard)
        assert {one.skipped for one in again.projects} == {"this run has written it already"}
        assert it.sandbox.count("tasks") == before
        assert again.continued


@pytest.mark.parametrize("name", ["x.sqlite", slow("x")])
async def test_who_comes_late_with_a_shard_is_refused_and_changes_nothing(
    name: str, tmp_path: Path
) -> None:
    async with served(tmp_path, projects=1) as it:
        to = tmp_path / name
        shard = plan(it.connections, to)[-1]

        def take_over(progress: Progress) -> None:
            if progress.step == "writing":
                open_target(to).begin(shard.scope, resume=True)

        with pytest.raises(TargetError, match="another export has taken this run over"):
            await export_shard(shard, on_progress=take_over)
        assert open_target(to).entries() == []
        finish(to, [await export_shard(shard)])
        with pytest.raises(TargetError, match="another export has taken this run over"):
            await export_shard(shard, on_progress=take_over)
        assert verify(to).ok


async def test_the_manifest_tells_without_reports_what_became_of_all(tmp_path: Path) -> None:
    async with served(tmp_path, projects=1) as it:
        to = tmp_path / "parts"
        for shard in plan(it.connections, to):
            await export_shard(shard)
        report = finish(to)
        whole = await export(it.connections, tmp_path / "whole")
        assert report.rows == whole.rows
        assert len(report.succeeded) == len(whole.succeeded)
        assert finish(to).projects == ()


@pytest.mark.slow
async def test_only_the_runs_of_the_reports_are_ended(tmp_path: Path) -> None:
    async with served(tmp_path, projects=1) as it:
        to = tmp_path / "x.sqlite"
        first, *_, last = plan(it.connections, to)
        reports = [await export_shard(shard) for shard in (first, last)]
        finish(to, reports[:1])
        assert (await export_shard(last)).continued
        assert not (await export_shard(first)).continued


def test_connections_of_one_credential_at_one_host_are_in_one_shard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONE", "the-same")
    monkeypatch.setenv("TWO", "the-same")
    monkeypatch.setenv("OTHER", "another")
    donut = (
        '[connections.{0}]\nservice = "flyingdonut"\nproject = "{1}"\nsecret = {{ env = "{2}" }}'
    )
    found = written(
        tmp_path,
        donut.format("a", "54744060c955ca8169c61ee6", "ONE"),
        donut.format("b", "54744060c955ca8169c61ee7", "OTHER"),
        donut.format("c", "54744060c955ca8169c61ee8", "TWO"),
        donut.format("d", "54744060c955ca8169c61ee9", "UNSET"),
        donut.format("e", "54744060c955ca8169c61ef0", "UNSET"),
        kanban("f", "account", "ONE"),
    )
    assert names(found, tmp_path) == [["a", "c"], ["b"], ["d", "e"], ["f"]]


def test_thousands_of_accounts_are_few_shards_which_stay_the_same(tmp_path: Path) -> None:
    accounts = [kanban(f"c{n}", f"account{n}", f"TOKEN_{n}") for n in range(3 * MOST_SHARDS)]
    shards = plan(written(tmp_path, *accounts), tmp_path / "x.sqlite")
    assert len(shards) <= MOST_SHARDS
    assert sum(len(shard.connections) for shard in shards) == len(accounts)
    fewer = plan(written(tmp_path, *accounts[1:]), tmp_path / "x.sqlite")
    same = {shard.scope for shard in shards} & {shard.scope for shard in fewer}
    assert len(same) == len(shards) - 1


def test_no_secret_is_in_a_shard(tmp_path: Path) -> None:
    file = tmp_path / "agilekit.toml"
    file.write_text(WHOLE, encoding="utf-8")
    shards = plan(load(file), tmp_path / "x.sqlite")
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert SECRET.encode() not in pickle.dumps(shards, protocol)
    assert SECRET not in repr(shards)


WAREHOUSE = "postgresql://agile@db.invalid/agile"
NAMED = f"""
[targets.warehouse]
to = "{WAREHOUSE}"
password = "{SECRET}"
"""


def test_the_password_of_a_target_is_looked_up_by_whoever_runs_a_shard(tmp_path: Path) -> None:
    file = tmp_path / "agilekit.toml"
    file.write_text(f"{WHOLE}{NAMED}", encoding="utf-8")
    warehouse = load_targets(file)["warehouse"]
    shard, *_ = plan(load(file), warehouse)
    assert shard.to == WAREHOUSE
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert SECRET.encode() not in pickle.dumps(shard, protocol)
    assert SECRET not in repr(shard) + repr(warehouse) + shard.target().path
    file.write_text(f"{WHOLE}{NAMED.replace('db.', 'other.')}", encoding="utf-8")
    with pytest.raises(InvalidInput, match=f"no target warehouse to {WAREHOUSE}"):
        shard.target()
    with pytest.raises(InvalidInput, match="warehouse' was made in memory"):
        plan(load(file), evolve(warehouse, file=""))


@pytest.mark.parametrize(
    ("to", "message"),
    [
        ("s3://user:pw@host/backup", "holds a secret"),
        ("s3://bucket/backup?token=pw", "holds a secret"),
        ("s3://bucket/backup?Secret_Access_Key=pw", "holds a secret"),
        ("postgresql://host/db?sslkey=client.key&sslpassword=pw", "holds a secret"),
        ("memory://backup.sqlite", "written by one process"),
        ("x.json", "does not tell the format"),
    ],
)
def test_a_target_that_shards_cannot_have_is_refused(
    to: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidInput, match=message) as caught:
        plan(written(tmp_path, kanban("a", "account", "T")), to)
    assert "pw" not in str(caught.value)


def test_what_no_other_process_can_look_up_is_refused(tmp_path: Path) -> None:
    client = KanbanTool("account", token=SECRET)
    settings = {"service": "kanbantool", "account": "account", "token": SECRET}
    in_memory = Connection.read(
        "a", settings, lambda name, value: Secret(name, "plain", str(value), tmp_path)
    )
    for given, message in [
        ([client], "agilekit.connections.load"),
        ({"a": client}, "'a' is a KanbanTool, which no other process can have"),
        ({"a": in_memory}, "made in memory, where no other process can look it up"),
        ({}, "agilekit.connections.load"),
    ]:
        with pytest.raises(InvalidInput, match=message):
            plan(given, tmp_path / "x.sqlite")  # type: ignore[arg-type]


async def test_two_connections_to_the_same_projects_are_refused(tmp_path: Path) -> None:
    found = written(tmp_path, kanban("a", "account", "A"), kanban("b", "account", "B"))
    with pytest.raises(InvalidInput, match="a and b lead to the same projects"):
        plan(found, tmp_path / "x.sqlite")


async def test_a_secret_that_is_not_there_fails_its_connection(tmp_path: Path) -> None:
    found = written(tmp_path, kanban("a", "account", "UNSET_TOKEN"))
    (shard,) = plan(found, tmp_path / "x.sqlite")
    (project,) = (await export_shard(shard)).projects
    assert project.connection == "a"
    assert "UNSET_TOKEN is not set" in str(project.error)


async def test_a_process_without_the_file_of_connections_says_so(tmp_path: Path) -> None:
    found = written(tmp_path, kanban("a", "account", "T"))
    (shard,) = plan(found, tmp_path / "x.sqlite")
    written(tmp_path, kanban("b", "account", "T"))
    with pytest.raises(InvalidInput, match="has no connection a here"):
        await export_shard(shard)
    written(tmp_path, kanban("a", "other-account", "T"))
    with pytest.raises(InvalidInput, match=r"do not lead here to what they led to .* plan it anew"):
        await export_shard(shard)
    written(tmp_path, kanban("a", "account", "ROTATED"))
    assert "ROTATED is not set" in str((await export_shard(shard)).projects[0].error)
    (tmp_path / "agilekit.toml").unlink()
    with pytest.raises(InvalidInput, match="there is no file of connections"):
        await export_shard(shard)


def test_a_lost_shard_is_reported_by_its_connections(tmp_path: Path) -> None:
    found = written(tmp_path, kanban("a", "account", "T"))
    (shard,) = plan(found, tmp_path / "x.sqlite")
    (project,) = lost(shard, InvalidInput("why")).projects
    assert (project.connection, project.host) == ("a", "account.kanbantool.com")
    assert str(project.error) == "why"


async def test_no_secret_is_in_the_report_of_a_shard_that_fails(tmp_path: Path) -> None:
    async with served(tmp_path, projects=1, cards=1) as it:
        text = it.file.read_text(encoding="utf-8")
        it.file.write_text(text.replace(it.sandbox.kanbantool.token, SECRET), encoding="utf-8")
        report = await export_shard(plan(it.connections, tmp_path / "x.sqlite")[-1])
    (project,) = report.projects
    assert isinstance(copied(project.error), Unauthorized)
    assert SECRET.encode() not in pickle.dumps(report)
