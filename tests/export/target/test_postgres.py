"""An export in PostgreSQL is like any other."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

import psycopg
import pytest
from attrs import evolve

from agilekit import InvalidInput
from agilekit.export import TABLES, export, verify
from agilekit.export.errors import TargetError
from agilekit.export.manifest import key_of
from agilekit.export.table import Row
from agilekit.export.tables import BY_NAME
from agilekit.export.target.open_target import open_target
from agilekit.export.target.postgres import Postgres
from agilekit.export.target.postgres_address import PostgresAddress
from agilekit.export.target.target import Run
from agilekit.export.testing import CHECKS
from agilekit.export.verify import verify_target
from agilekit.sandbox import Faults, Sandbox
from tests.each import each
from tests.export.conforming import made_in_postgres
from tests.export.many import clients_of, filled
from tests.export.target.in_postgres import BOARD, OTHER, Administrator, data_of, shown
from tests.postgres_server import PostgresServer

CHAOS: Final = Faults(
    drop_before=0.05,
    drop_after=0.05,
    cut_body=0.05,
    error_before=0.05,
    error_after=0.05,
    bad_gateway=0.05,
    rate_limited=0.02,
    retry_after=0.01,
    seed=3,
)


@pytest.mark.usefixtures("its_own_schema")
@pytest.mark.quick(3)
@pytest.mark.parametrize("check", CHECKS)
def test_it_does_what_every_target_has_to(check: str, url: str) -> None:
    CHECKS[check](partial(made_in_postgres, url))


def test_what_is_there_of_a_project_is_replaced(target: Postgres) -> None:
    run = target.begin("all", resume=True)
    target.commit(run, data_of(BOARD, "old", cards=5))
    target.commit(run, data_of(OTHER, "other"))
    target.commit(run, data_of(BOARD, "new"))
    assert shown(target) == {("1", "new"), ("2", "other")}
    cards = [*target.rows_of(BOARD.key, BY_NAME["cards"])]
    assert cards == data_of(BOARD, "new").rows["cards"]
    assert [*target.damage()] == []


def test_what_the_last_attempt_made_of_a_project_is_noted_and_its_rows_stay(
    target: Postgres,
) -> None:
    run = target.begin("all", resume=True)
    target.commit(run, data_of(BOARD, "old"))
    target.fail(run, BOARD, InvalidInput("no\0thing"))
    target.skip(run, OTHER, "unchanged")
    board, other = target.entries()
    assert (board["error"], board["title"]) == ("InvalidInput: no\0thing", "old")
    assert (other["skipped"], other["tables"]) == ("unchanged", None)
    assert shown(target) == {("1", "old")}


def test_a_run_that_was_cut_off_is_continued_or_begun_anew(target: Postgres) -> None:
    first = target.begin("all", resume=True)
    again = target.begin("all", resume=True)
    assert (again.id, again.continued) == (first.id, True)
    assert again.epoch > first.epoch
    assert again.started_at is not None
    assert target.unfinished() == [again]
    anew = target.begin("all", resume=False)
    assert anew.id != first.id
    target.finish([anew])
    assert target.unfinished() == []
    assert target.begin("all", resume=True).id != anew.id


def test_a_writer_whose_run_was_taken_over_changes_nothing(target: Postgres, url: str) -> None:
    late = target.begin("all", resume=True)
    target.commit(late, data_of(BOARD, "old"))
    other = Postgres(url)
    other.commit(other.begin("all", resume=True), data_of(BOARD, "new"))
    other.close()
    steps: list[Callable[[], None]] = [
        lambda: target.commit(late, data_of(BOARD, "late")),
        lambda: target.fail(late, BOARD, InvalidInput("late")),
        lambda: target.skip(late, BOARD, "late"),
        lambda: target.finish([late]),
    ]
    for step in steps:
        with pytest.raises(TargetError, match="taken this run over"):
            step()
    assert shown(target) == {("1", "new")}
    assert target.entries()[0]["error"] is None


def test_a_project_that_a_later_run_has_written_stays_as_it_is(target: Postgres) -> None:
    earlier, later = target.begin("a", resume=True), target.begin("b", resume=True)
    target.commit(later, data_of(BOARD, "later"))
    target.commit(earlier, data_of(BOARD, "earlier"))
    assert shown(target) == {("1", "later")}


class Interrupted(list[Row]):
    """Rows that come when something has happened: not when they are counted, but when written."""

    def __init__(self, rows: Iterable[Row], happens: Callable[[], object]) -> None:
        super().__init__(rows)
        self._happens = happens
        self._counted = False

    def __iter__(self) -> Iterator[Row]:
        if self._counted:
            self._happens()
        self._counted = True
        return super().__iter__()


def test_nobody_takes_a_run_over_while_it_writes(
    target: Postgres, url: str, server: Administrator
) -> None:
    run, other = target.begin("all", resume=True), Postgres(url)
    begun: list[Run] = []
    thread = threading.Thread(target=lambda: begun.append(other.begin("all", resume=True)))

    def take_over() -> None:
        thread.start()
        while server.execute(_WAITING).fetchone() != (1,):
            assert not begun

    data = data_of(BOARD, "whole")
    cards = Interrupted(data.rows["cards"], take_over)
    target.commit(run, evolve(data, rows={**data.rows, "cards": cards}))
    thread.join()
    assert shown(target) == {("1", "whole")}
    with pytest.raises(TargetError, match="taken this run over"):
        target.commit(run, data_of(BOARD, "late"))
    assert begun[0].id == run.id
    other.close()


def test_two_writers_of_one_project_follow_each_other(target: Postgres, url: str) -> None:
    other = Postgres(url)
    runs = [(one, one.begin(scope, resume=True)) for one, scope in ((target, "a"), (other, "b"))]

    def write(one: Postgres, run: Run) -> None:
        for _ in range(5):
            one.commit(run, data_of(BOARD, run.scope, cards=50))

    threads = [threading.Thread(target=write, args=pair) for pair in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shown(target) == {("1", "b")}
    other.close()


@pytest.mark.parametrize("fails", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.anyio
async def test_an_export_has_the_manifest_and_the_rows_that_sqlite_has(
    fails: bool, url: str, tmp_path: Path
) -> None:
    sandbox, file = filled(projects=1, cards=4, children=2), tmp_path / "x.sqlite"
    assert not (await export(clients_of(sandbox), to=file)).failed
    sandbox.faults = CHAOS if fails else Faults()
    clients = clients_of(sandbox, retries=30, deadline=900)
    assert not (await export(clients, to=url)).failed
    assert held(url) == held(file)
    assert verify(url).ok
    again = await export(clients, to=url, changed_only=True)
    assert again.skipped
    assert held(url) == held(file)


def held(to: str | Path) -> object:
    """What the manifest promises, and the rows."""
    target = open_target(to)
    promised = [(key_of(entry), entry["tables"]) for entry in target.manifest()]
    rows = {table.name: [*target.rows(table)] for table in TABLES}
    target.close()
    assert rows["changes"]
    return promised, rows


@pytest.mark.anyio
async def test_the_queries_of_the_guide_have_rows(postgres: PostgresServer) -> None:
    url = postgres.url(schema="agile")
    assert not (await export(clients_of(Sandbox("demo")), to=url)).failed
    guide = Path(__file__).parents[3] / "docs" / "guides" / "postgres.md"
    queries = re.findall(r"```sql\n(.*?)```", guide.read_text("utf-8"), re.DOTALL)
    with psycopg.connect(PostgresAddress.parse(url).conninfo) as connection:
        for query in "".join(queries).split(";")[:-1]:
            assert connection.execute(query.encode()).fetchall(), query


def test_a_format_is_for_files_and_a_url_needs_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInput, match="leave it out for postgresql://"):
        open_target("postgresql://h/db", "sqlite")
    assert open_target("postgres://h/db").path == "postgresql://h/db?schema=agilekit"
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(InvalidInput, match=r"pip install 'agilekit\[postgres\]'"):
        open_target("postgresql://h/db")


@each(
    ("statement", "problem"),
    [
        ("UPDATE cards SET title = 'other' WHERE id = '1'", "rows of cards are not those"),
        ("UPDATE cards SET is_done = true", "rows of cards are not those"),
        ("UPDATE cards SET raw = '{\"a\":1}'", "3 rows of cards have another raw"),
        ("UPDATE cards SET raw = NULL, exact = NULL", "rows of cards are not those"),
        ("UPDATE cards SET exact = '?'", "exact of cards cannot be read"),
        ("DELETE FROM cards WHERE id = '1'", "cards has 2 rows instead of 3"),
    ],
)
def test_rows_that_were_changed_are_found_and_healed_by_exporting_again(
    statement: str, problem: str, target: Postgres, server: Administrator
) -> None:
    run = target.begin("all", resume=True)
    target.commit(run, data_of(BOARD, "old"))
    assert verify_target(target).problems == ()
    server.execute(statement.encode())
    found = verify_target(target)
    assert re.search(problem, "\n".join(found.problems)), found.problems
    assert all(target.path in advice or "kanbantool" in advice for advice in found.advice)


_WAITING: Final = """
SELECT count(*) FROM pg_stat_activity
WHERE application_name = 'agilekit' AND wait_event_type = 'Lock'
"""
