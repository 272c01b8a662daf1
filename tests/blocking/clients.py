"""Blocking clients of a sandbox."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Unpack

from anyio.from_thread import start_blocking_portal

from agilekit.blocking import FlyingDonut, KanbanTool
from agilekit.sandbox import Sandbox
from agilekit.session.options import Options

__all__ = ["donut_of", "kanban_of", "loop_threads", "served"]


def donut_of(sandbox: Sandbox, url: str | None = None, **options: Unpack[Options]) -> FlyingDonut:
    """A client in process, or over connections to a server of the sandbox."""
    service = sandbox.flyingdonut
    if url is None:
        options.setdefault("transport", sandbox.transport())
    return FlyingDonut(
        service.project_id,
        secret=service.secret,
        username=service.username,
        base_url=service.base_url if url is None else url + service.base_path,
        **options,
    )


@contextmanager
def served(sandbox: Sandbox) -> Generator[str]:
    """The URL of a server in a loop of another thread."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(sandbox.serve()) as server,
    ):
        yield server.url


def kanban_of(sandbox: Sandbox, **options: Unpack[Options]) -> KanbanTool:
    service = sandbox.kanbantool
    options.setdefault("transport", sandbox.transport())
    return KanbanTool(token=service.token, base_url=service.base_url, **options)


def loop_threads() -> list[str]:
    """What the library has started, and anyio in its name."""
    ours = [one for one in threading.enumerate() if one.name.startswith(("agilekit", "AnyIO"))]
    for one in ours:
        if one.name.startswith("AnyIO"):  # its loop has told it to end, and does not wait for it
            one.join(5)
    return [one.name for one in ours if one.is_alive()]
