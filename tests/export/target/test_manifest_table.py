"""The manifest as a table says all that an entry says."""

from __future__ import annotations

from agilekit import InvalidInput
from agilekit.export import manifest
from agilekit.export.manifest import ProjectEntry
from agilekit.export.project import ProjectRef
from agilekit.export.target.manifest_table import MANIFEST, entry_of, epoch_of, row_of

BOARD = ProjectRef("kanbantool", "w.kanbantool.com", "1", "https://w.kanbantool.com/api/v1")


def test_it_has_a_column_for_each_part_of_an_entry_and_the_epoch() -> None:
    columns = [column.name for column in MANIFEST.columns]
    assert columns == [*ProjectEntry.__annotations__, "epoch"]


def test_an_entry_comes_back_as_it_was() -> None:
    data = BOARD.data({}, title="A board", gaps=["one", "two"])
    whole = manifest.complete(data, "run", manifest.digests(data))
    for entry, epoch in [
        (whole, 7),
        (manifest.failed(whole, BOARD, InvalidInput("no")), 7),
        (manifest.skipped(None, BOARD, "why"), 0),
    ]:
        row = row_of(entry, epoch)
        assert (entry_of(row), epoch_of(row)) == (entry, epoch)
