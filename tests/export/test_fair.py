"""Every account is read as fast as if it were the only one, whatever the others take."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from agilekit import KanbanTool
from agilekit.export import ExportReport, export
from tests.export.accounts import account, client_of
from tests.virtual_time import in_virtual_time

RATE = 5  # requests a second


def seconds_of(backend: str, clients: Mapping[str, KanbanTool], to: Path) -> float:
    """How long an export takes, of whose projects none fails."""
    report: ExportReport = in_virtual_time(backend, partial(export, clients, to))
    assert not report.failed
    return report.seconds


def test_forty_accounts_take_hardly_longer_than_one(
    anyio_backend_name: str, tmp_path: Path
) -> None:
    names = [f"account{number}" for number in range(40)]
    clients = {name: client_of(account(1, 12), name, rate=RATE) for name in names}
    alone = {"alone": client_of(account(1, 12), "alone", rate=RATE)}
    one = seconds_of(anyio_backend_name, alone, tmp_path / "one.sqlite")
    forty = seconds_of(anyio_backend_name, clients, tmp_path / "forty.sqlite")
    assert one > 2
    assert forty <= 1.2 * one, (one, forty)
