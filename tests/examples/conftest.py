from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal

from agilekit.sandbox import Sandbox


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Sandbox]:
    """A server that ``from_env`` finds, and an empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    sandbox = Sandbox()
    donut = sandbox.flyingdonut
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(sandbox.serve()) as server,
    ):
        monkeypatch.setenv("AGILEKIT_FLYINGDONUT_PROJECT", donut.project_id)
        monkeypatch.setenv("AGILEKIT_FLYINGDONUT_SECRET", donut.secret)
        monkeypatch.setenv("AGILEKIT_FLYINGDONUT_USERNAME", donut.username)
        monkeypatch.setenv("AGILEKIT_FLYINGDONUT_BASE_URL", server.url + donut.base_path)
        yield sandbox
