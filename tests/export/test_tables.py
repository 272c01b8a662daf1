"""The tables of an export say what they hold."""

from __future__ import annotations

from agilekit.export import TABLES


def test_every_table_says_what_its_columns_mean() -> None:
    for table in TABLES:
        names = [column.name for column in table.columns]
        assert len(set(names)) == len(names)
        assert names[0] == "service"
        assert names[-1] == "raw"
        assert set(table.key) <= set(names)
        assert table.meaning.endswith(".")
        assert all(column.meaning.endswith(("…", ".")) for column in table.columns)
