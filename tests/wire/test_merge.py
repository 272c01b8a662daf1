"""Answers about one entity become one."""

from __future__ import annotations

from agilekit.wire.merge import merge_raw


def test_the_newest_answer_stands_and_older_ones_add_what_it_lacks() -> None:
    newest = {"id": 1, "name": None}
    merged = merge_raw(newest, {"name": "Old", "tags": "a"}, {"tags": "b", "id": 2, "color": "red"})
    assert merged == {"id": 1, "name": None, "tags": "a", "color": "red"}
    assert list(merged) == ["id", "name", "tags", "color"]
    assert newest == {"id": 1, "name": None}
