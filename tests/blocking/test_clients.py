"""The blocking client of a connection, and whether that works."""

from __future__ import annotations

from pathlib import Path

import pytest

from agilekit import NotFound, blocking
from agilekit.blocking import check_connection, client_of
from agilekit.connections import Connection, load
from agilekit.sandbox import Sandbox
from agilekit.services import SERVICES
from tests.blocking.clients import loop_threads

FILE = """
secrets_in_this_file = true

[connections.donut]
service = "flyingdonut"
project = "{project}"
secret = "{secret}"
base_url = "{url}"

[connections.board]
service = "flow"
board = "any"
key = "any"

[connections.easy]
service = "easybacklog"
base_url = "https://localhost/api"
token = "any"

[connections.kanban]
service = "kanbantool"
account = "any"
token = "any"
"""


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox()


@pytest.fixture
def connections(tmp_path: Path, sandbox: Sandbox) -> dict[str, Connection]:
    fake = sandbox.flyingdonut
    text = FILE.format(project=fake.project_id, secret=fake.secret, url=fake.base_url)
    (tmp_path / "agilekit.toml").write_text(text)
    return dict(load(tmp_path / "agilekit.toml"))


def test_a_connection_gives_the_blocking_client_of_its_service(
    connections: dict[str, Connection],
) -> None:
    classes = {
        name: type(client_of(connection, concurrency=3)) for name, connection in connections.items()
    }
    assert classes == {
        "donut": blocking.FlyingDonut,
        "board": blocking.Flow,
        "easy": blocking.EasyBacklog,
        "kanban": blocking.KanbanTool,
    }
    assert {cls.__name__ for cls in classes.values()} == {
        one.client.__name__ for one in SERVICES.values()
    }


def test_a_connection_is_tried_with_one_read(
    connections: dict[str, Connection], sandbox: Sandbox
) -> None:
    said = check_connection(connections["donut"], transport=sandbox.transport())
    assert "Lighthouse" in said
    with client_of(connections["donut"], transport=sandbox.transport()) as donut:
        assert isinstance(donut, blocking.FlyingDonut)
        assert donut.project.get().id == donut.project_id
    with pytest.raises(NotFound):
        check_connection(connections["board"], transport=sandbox.transport())
    assert loop_threads() == []
