"""Clients of a sandbox, in each format, with the override of methods and without."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Final, Literal, Unpack

from agilekit import EasyBacklog, Flow, KanbanTool
from agilekit.sandbox import Sandbox
from agilekit.session.options import Options
from agilekit.wire.dialect import Format

START: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)


def ticking() -> Callable[[], datetime]:
    """A clock that is a second later each time, so that two runs tell the same times."""
    seconds = count(int(START.timestamp()))
    return lambda: datetime.fromtimestamp(next(seconds), UTC)


def empty() -> Sandbox:
    """A sandbox with nothing to look at, and the same times in every run."""
    sandbox = Sandbox("empty")
    for service in (sandbox.kanbantool, sandbox.flow, sandbox.easybacklog):
        service.clock = ticking()
    return sandbox


def kanban_tool(
    sandbox: Sandbox,
    *,
    format: Format = "json",
    override: bool = False,
    **options: Unpack[Options],
) -> KanbanTool:
    fake = sandbox.kanbantool
    options.setdefault("transport", sandbox.transport())
    return KanbanTool(
        token=fake.token, base_url=fake.base_url, format=format, override=override, **options
    )


def flow(
    sandbox: Sandbox,
    *,
    format: Literal["json", "xml"] = "json",
    override: bool = False,
    **options: Unpack[Options],
) -> Flow:
    fake = sandbox.flow
    options.setdefault("transport", sandbox.transport())
    return Flow(
        fake.board_name,
        key=fake.key,
        user_id=fake.user_id,
        base_url=fake.base_url,
        format=format,
        override=override,
        **options,
    )


def easy_backlog(
    sandbox: Sandbox,
    *,
    format: Literal["json", "xml"] = "json",
    override: bool = False,
    **options: Unpack[Options],
) -> EasyBacklog:
    fake = sandbox.easybacklog
    options.setdefault("transport", sandbox.transport())
    return EasyBacklog(fake.base_url, token=fake.token, format=format, override=override, **options)
