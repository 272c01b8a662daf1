"""An export of all services equals the state of the servers, whatever fails on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from agilekit.export import TABLES, Format, export, verify
from agilekit.export.table import value_of
from agilekit.export.target.open_target import open_target
from agilekit.sandbox import Faults, Sandbox
from tests.export.many import clients_of, filled
from tests.export.state import SHOWN, Cells, expected
from tests.sizes import FULL

pytestmark = pytest.mark.anyio

# At full size 40 projects of 20,000 cards with 60,000 children.
PROJECTS, CARDS = (10, 500) if FULL else (1, 5)
CHAOS: Final = Faults(
    drop_before=0.05,
    drop_after=0.05,
    cut_body=0.05,
    error_before=0.05,
    error_after=0.05,
    bad_gateway=0.05,
    # Where 429 comes by chance, every one slows the whole connection down: 5 % would be all that
    # a test of 20,000 requests is about.
    rate_limited=0.001 if FULL else 0.02,
    retry_after=0.01,
    seed=3,
)


def held(path: Path, format: Format) -> dict[str, list[Cells]]:
    """What an export holds in the columns that are compared."""
    target = open_target(path, format)

    def cells(name: str) -> Iterator[Cells]:
        table = next(one for one in TABLES if one.name == name)
        for row in target.rows(table):
            yield tuple(value_of(row, table, shown) for shown in SHOWN[name])

    return {name: [*cells(name)] for name in SHOWN}


def assert_whole(sandbox: Sandbox, path: Path, format: Format) -> None:
    state = expected(sandbox)
    for table, rows in held(path, format).items():
        assert len(rows) == len(set(rows))
        assert set(rows) == state[table], table


async def test_the_demo_of_all_services_is_exported_row_by_row(tmp_path: Path) -> None:
    sandbox = Sandbox()
    report = await export(clients_of(sandbox), to=tmp_path / "x.sqlite")
    assert not report.failed
    assert all(one.gaps == () for one in report.projects)
    assert_whole(sandbox, tmp_path / "x.sqlite", "sqlite")


@pytest.mark.quick(1)
@pytest.mark.parametrize("format", ["jsonl", "jsonl.zst", "parquet", "csv"])
async def test_every_format_holds_every_row(format: Format, tmp_path: Path) -> None:
    sandbox = filled(projects=2, cards=20, children=3)
    report = await export(clients_of(sandbox), to=tmp_path / "x", format=format)
    assert not report.failed
    assert_whole(sandbox, tmp_path / "x", format)


@pytest.mark.quick(1)
@pytest.mark.parametrize("format", ["sqlite", "jsonl", "parquet"] if FULL else ["sqlite"])
async def test_everything_is_exported_although_servers_and_connections_fail(
    format: Format, tmp_path: Path
) -> None:
    sandbox = filled(projects=PROJECTS, cards=CARDS, children=3)
    sandbox.faults = CHAOS
    clients = clients_of(sandbox, retries=30, deadline=900)
    report = await export(clients, to=tmp_path / "x", format=format)
    assert [str(one.error) for one in report.failed] == []
    assert_whole(sandbox, tmp_path / "x", format)
    assert verify(tmp_path / "x", format=format).ok
