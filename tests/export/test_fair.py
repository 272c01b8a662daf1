"""Every account is read as fast as if it were the only one, whatever the others take."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import anyio
import httpx
import pytest
from attrs import define, field

from agilekit import KanbanTool
from agilekit.export import ExportReport, Progress, export
from agilekit.sandbox import Sandbox
from tests.export.accounts import account, client_of
from tests.virtual_time import in_virtual_time

RATE = 5  # requests a second


@define
class InFlight:
    now: int = 0
    most: int = 0


@define
class Transport(httpx.AsyncBaseTransport):
    """Leads to a sandbox, and counts the requests in flight."""

    sandbox: Sandbox
    in_flight: InFlight = field(factory=InFlight)
    first_after: float = field(default=0.0, kw_only=True)
    """Seconds that the first request waits."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        wait, self.first_after = self.first_after, 0.0
        self.in_flight.now += 1
        self.in_flight.most = max(self.in_flight.most, self.in_flight.now)
        try:
            await anyio.sleep(wait)
            return await self.sandbox.transport().handle_async_request(request)
        finally:
            self.in_flight.now -= 1


def seconds_of(backend: str, clients: Mapping[str, KanbanTool], to: Path) -> float:
    """How long an export takes, of whose projects none fails."""
    report: ExportReport = in_virtual_time(backend, partial(export, clients, to))
    assert not report.failed
    return report.seconds


@pytest.mark.slow
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


def test_an_account_whose_projects_are_not_found_yet_keeps_no_other_waiting(
    anyio_backend_name: str, tmp_path: Path
) -> None:
    pauses = account(1, 1)
    transport = Transport(pauses, first_after=20)
    clients = {
        "pauses": client_of(pauses, "pauses", transport=transport),
        "other": client_of(account(2, 2), "other"),
    }
    done = dict[str, float]()

    def hear(progress: Progress) -> None:
        if progress.step == "done":
            done[progress.connection] = anyio.current_time()

    job = partial(export, clients, tmp_path / "x.sqlite", on_progress=hear)
    report = in_virtual_time(anyio_backend_name, job)
    assert not report.failed
    assert done["pauses"] - done["other"] > 15


def test_requests_of_all_accounts_are_bounded_together(
    anyio_backend_name: str, tmp_path: Path
) -> None:
    in_flight = InFlight()
    clients = dict[str, KanbanTool]()
    for name in "abcde":
        sandbox = account(2, 6)
        transport = Transport(sandbox, in_flight)
        clients[name] = client_of(sandbox, name, transport=transport)
    job = partial(export, clients, tmp_path / "x.sqlite", concurrency=4)
    assert not in_virtual_time(anyio_backend_name, job).failed
    assert in_flight.most == 4


def test_what_two_connections_lead_to_is_exported_through_the_first_though_it_is_late(
    anyio_backend_name: str, tmp_path: Path
) -> None:
    sandbox = account(3, 1)
    base_url = f"http://same.invalid{sandbox.kanbantool.base_path}"
    late = Transport(sandbox, first_after=20)
    clients = {
        "first": client_of(sandbox, "same", transport=late),
        "second": KanbanTool(
            token=sandbox.kanbantool.token,
            base_url=base_url,
            allow_http=True,
            transport=sandbox.transport(),
        ),
    }
    report = in_virtual_time(anyio_backend_name, partial(export, clients, tmp_path / "x.sqlite"))
    assert {one.connection for one in report.succeeded} == {"first"}
    assert {one.skipped for one in report.skipped} == {"exported through the connection first"}
    assert len(report.succeeded) == len(report.skipped) == len(sandbox.kanbantool.boards)
