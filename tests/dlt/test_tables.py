"""The tables as dlt is told of them: batches of Arrow, and the manifest as one more table."""

from __future__ import annotations

from pathlib import Path

from agilekit.dlt.tables import LOADED_MANIFEST, Batches, entry_row, hints
from agilekit.export import manifest
from agilekit.export.project import ProjectRef
from agilekit.export.table import value_of
from agilekit.export.tables import BY_NAME

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "dlt.md"
REF = ProjectRef("flow", "flow.example", "22", "https://flow.example", revision="version 1")
ODD = "NUL \0 ' \\ \r\n \ue000 \U0001f600"


def test_a_batch_has_the_values_of_the_rows() -> None:
    cards = BY_NAME["cards"]
    row = REF.row("cards", id="1", title=ODD, assignees=["a", ODD], number=(1 << 63) - 1, raw="{}")
    (batch,) = Batches().of(cards, REF, [row])
    (found,) = batch.to_pylist()
    assert found.pop("tombstone") is None
    assert found["title"] == ODD
    assert found["assignees"] == value_of(row, cards, "assignees")
    assert found["number"] == (1 << 63) - 1
    assert [*found] == [column.name for column in cards.columns]


def test_a_project_without_rows_gives_a_tombstone_with_its_key() -> None:
    (batch,) = Batches().of(BY_NAME["cards"], REF, [])
    (found,) = batch.to_pylist()
    there = {name: value for name, value in found.items() if value is not None}
    assert there == {
        "service": "flow",
        "host": "flow.example",
        "project_id": "22",
        "tombstone": True,
    }
    assert hints(BY_NAME["cards"])["tombstone"]["hard_delete"] is True
    nullable = {field.name: field.nullable for field in batch.schema}
    assert not any(nullable[name] for name in ("service", "host", "project_id"))


def test_many_rows_are_several_batches() -> None:
    rows = [REF.row("people", id=f"{number:05}", raw="{}") for number in range(10_001)]
    batches = [*Batches().of(BY_NAME["people"], REF, rows)]
    assert [batch.num_rows for batch in batches] == [10_000, 1]


def test_the_manifest_has_what_an_entry_says() -> None:
    data = REF.data({"people": [REF.row("people", id="1")]}, title="Painting", gaps=["one", "two"])
    entry = manifest.complete(data, "1.5", manifest.digests(data))
    row = LOADED_MANIFEST.python_row(entry_row(entry))
    assert row["run"] == "1.5"
    assert row["gaps"] == ["one", "two"]
    assert row["title"] == "Painting"
    assert row["watermark"] == "version 1"
    assert '"people":{"rows":1,"sha256":"' in str(row["tables"])


def test_the_reference_lists_the_columns_of_the_manifest() -> None:
    listed = [
        (name, cells[1])
        for line in REFERENCE.read_text(encoding="utf-8").splitlines()
        if len(cells := line.strip("| ").split(" | ")) == 3
        for name in cells[0].split(", ")
    ]
    columns = [(column.name, column.type) for column in LOADED_MANIFEST.columns]
    assert listed == [("column", "type"), *columns]
