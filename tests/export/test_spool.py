"""The rows of a large project come back as those of a small one, from a temporary file."""

from __future__ import annotations

import gc
import pickle
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agilekit.export import ExportError, ProjectRef, spool, verify
from agilekit.export.manifest import digests
from agilekit.export.spool import in_order
from agilekit.export.table import Row, Value
from agilekit.export.tables import BY_NAME
from agilekit.export.target.open_target import open_target

CARDS = BY_NAME["cards"]
REF = ProjectRef("flow", "host", "1", "https://host")
VALUES: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    st.sampled_from(["a\x00b", "1", "1.0", "é", "\U0001f600", "\uffff", ""]),
    st.integers(-(1 << 63), (1 << 63) - 1),
    st.floats(allow_nan=False),
)


@pytest.fixture(autouse=True)
def few_rows_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "HELD", 3)


def card(id: str, *, estimate: Value = None, title: Value = None) -> Row:
    return REF.row("cards", id=id, estimate=estimate, title=title)


@given(st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs"])), VALUES), min_size=4))
def test_rows_in_a_file_are_those_of_a_list(values: list[tuple[str, Value]]) -> None:
    rows = [(*card(id)[:-1], value) for id, value in values]
    spooled = in_order(CARDS, iter(rows))
    assert not isinstance(spooled, list)
    for _ in range(2):
        assert [*map(repr, spooled)] == [*map(repr, CARDS.in_order(rows))]
    assert len(spooled) == len(rows)


def test_the_file_is_closed_with_the_last_that_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    connect, opened = sqlite3.connect, list[sqlite3.Connection]()

    def recorded(*given: Any, **options: Any) -> sqlite3.Connection:
        opened.append(connect(*given, **options))
        return opened[-1]

    monkeypatch.setattr(sqlite3, "connect", recorded)
    reading = iter(in_order(CARDS, map(card, "dcba")))
    assert next(reading) == card("a")
    gc.collect()
    assert [*reading] == [*map(card, "bcd")]
    del reading
    gc.collect()
    (database,) = opened
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        database.execute("SELECT 1")


def test_few_rows_are_a_list() -> None:
    assert in_order(CARDS, [card("2"), card("1")]) == [card("1"), card("2")]


def test_rows_can_be_read_twice_at_once() -> None:
    spooled = in_order(CARDS, map(card, "dcba"))
    assert [(one[3], other[3]) for one, other in zip(spooled, spooled, strict=True)] == [
        (id, id) for id in "abcd"
    ]
    assert card("a") in spooled
    assert card("e") not in spooled


def test_another_process_gets_the_rows_themselves() -> None:
    spooled = in_order(CARDS, map(card, "dcba"))
    assert pickle.loads(pickle.dumps(spooled)) == tuple(map(card, "abcd"))  # noqa: S301 - our own


def test_no_file_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SQLITE_TMPDIR", str(tmp_path))
    spooled = in_order(CARDS, (card(str(id), title="x" * 10_000) for id in range(2000)))
    assert len(spooled) == 2000
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("name", ["x.sqlite", "x", "x.csv", "x.parquet"])
def test_every_target_takes_them(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = {"cards": [card(str(id), estimate=id, title=f"\U0001f600{id}") for id in range(50)]}
    whole = {**many, "projects": [REF.row("projects", title="Ship")]}
    spooled = REF.data(whole, title="Ship")
    monkeypatch.setattr(spool, "HELD", 1000)
    held = REF.data(whole, title="Ship")
    assert digests(spooled) == digests(held)
    target = open_target(tmp_path / name)
    target.prepare()
    run = target.begin("scope", resume=False)
    target.commit(run, spooled)
    target.finish([run])
    assert [*target.rows(CARDS)] == held.rows["cards"]
    target.close()
    assert verify(tmp_path / name).ok


def test_a_full_disk_is_an_error_of_the_export(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = sqlite3.connect

    def small(*given: Any, **options: Any) -> sqlite3.Connection:
        database: sqlite3.Connection = connect(*given, **options)
        database.execute("PRAGMA max_page_count = 20")
        return database

    monkeypatch.setattr(sqlite3, "connect", small)
    with pytest.raises(ExportError, match=r"temporary file .*disk is full; SQLITE_TMPDIR"):
        in_order(CARDS, (card(str(id), title="x" * 10_000) for id in range(99)))
