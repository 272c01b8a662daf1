from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal

from agilekit.sandbox import Sandbox
from tests.cli.served import Served


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A sandbox of the demo behind a port, with a connection to each service."""
    sandbox = Sandbox("demo")
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(sandbox.serve()) as server,
    ):
        yield Served(server.url, sandbox, tmp_path)
