"""The names of connections, and connections that lead to the same projects."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from agilekit import FlyingDonut, InvalidInput
from agilekit.export import Progress, export
from agilekit.sandbox import Sandbox
from tests.export.backups import contents
from tests.export.clients import client, clients_of_new

pytestmark = pytest.mark.anyio


async def test_a_second_connection_to_a_project_does_not_export_it_twice(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    with pytest.raises(InvalidInput, match="given twice"):
        await export({"a": client(sandbox), "b": client(sandbox)}, to=tmp_path / "x.db")


async def test_a_report_speaks_of_connections_by_their_names(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    seen = list[Progress]()
    report = await export({"work": client(sandbox)}, to=tmp_path / "x.db", on_progress=seen.append)
    assert [one.connection for one in report.projects] == ["work"]
    assert {one.connection for one in seen} == {"work"}
    assert seen[-1].projects == 1


async def test_clients_without_names_are_named_by_their_hosts(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    report = await export(clients_of_new(sandbox, 2), to=tmp_path / "x.db")
    names = [one.connection for one in report.projects]
    host = report.projects[0].host
    assert names == [host, f"{host} (2)"]


async def test_only_clients_of_different_projects_are_exported(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    wrong: dict[str, object] = {
        "needs clients": [],
        "cannot export a str": ["project"],
        "is given twice": [client(sandbox), client(sandbox)],
    }
    for message, clients in wrong.items():
        with pytest.raises(InvalidInput, match=message):
            await export(cast("list[FlyingDonut]", clients), to=tmp_path / "x.db")
    with pytest.raises(InvalidInput, match="needs clients"):
        await export(cast("list[FlyingDonut]", client(sandbox)), to=tmp_path / "x.db")
    assert not contents(tmp_path)
