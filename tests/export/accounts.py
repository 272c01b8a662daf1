"""Many accounts of Kanban Tool, each at a host of its own."""

from __future__ import annotations

from typing import Unpack

from agilekit import KanbanTool
from agilekit.sandbox import Faults, Sandbox
from agilekit.session.options import Options

LATENCY = 0.05  # seconds


def account(boards: int, tasks: int) -> Sandbox:
    """An account with so many boards, and tasks on each."""
    sandbox = Sandbox("empty", faults=Faults(latency=LATENCY))
    kanban = sandbox.kanbantool
    for _ in range(boards - len(kanban.boards)):
        kanban.add_board("Board")
    for board in kanban.boards.values():
        for number in range(tasks):
            kanban.add_task(board, f"Task {number}")
    return sandbox


def client_of(sandbox: Sandbox, name: str, **options: Unpack[Options]) -> KanbanTool:
    """A client of an account, at a host of that name."""
    kanban = sandbox.kanbantool
    options.setdefault("transport", sandbox.transport())
    base_url = f"https://{name}.invalid{kanban.base_path}"
    return KanbanTool(token=kanban.token, base_url=base_url, **options)
