"""``agilekit journal``"""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from agilekit import PossibleDuplicate
from agilekit.bulk.journal.outcomes import DUPLICATES, duplicates_as_text
from agilekit.cli.commands import commands
from agilekit.sandbox import Sandbox
from tests.bulk.donut import card_drafts, create_cards


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Of 30 drafts: 3 were created, one is unknown, the others were refused."""
    path, bad = tmp_path / "cards.journal", [{"title": "Red", "nope": "\x1b[31m"}] * 26
    create_cards("asyncio", Sandbox("empty"), [*card_drafts(4), *bad], journal=path)
    change(path, "UPDATE drafts SET state = 1, result = NULL, checksum = NULL WHERE position = 1")
    return path


def change(journal: Path, sql: str, *values: str) -> None:
    with closing(sqlite3.connect(journal)) as database:
        database.execute(sql, values)
        database.commit()


def show(*arguments: str | Path) -> Result:
    return CliRunner().invoke(commands, ["journal", "show", *map(str, arguments)])


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_show_prints_where_when_how_many_and_what_failed(journal: Path) -> None:
    before = journal.read_bytes()
    result = show(journal)
    assert result.exit_code == 0, result.output
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert lines[0] == "server https://sandbox.invalid/flyingdonut/api"
    assert "what cards" in lines
    assert any(line.startswith("last sent 20") for line in lines)
    assert lines[lines.index("created refused unknown") + 1] == "3 26 1"
    failures = [line for line in lines if line.startswith("draft ")]
    assert len(failures) == 20
    assert failures[0].startswith("draft 4: refused: 'nope' cannot be set")
    assert lines[-1] == "… and 7 more: --failures FILE writes them all"
    assert journal.read_bytes() == before
    assert list(journal.parent.iterdir()) == [journal]


def test_possible_duplicates_are_named_by_draft_and_item(journal: Path) -> None:
    found = duplicates_as_text([PossibleDuplicate(2, "66b1\n")])
    change(journal, "INSERT INTO job VALUES (?, ?)", DUPLICATES, found)
    assert show(journal).stdout.endswith("draft 2: possible duplicate: item 66b1\n")
    data = json.loads(show(journal, "--json").stdout)
    assert data["possible_duplicates"] == [{"position": 2, "item_id": "66b1\n"}]


def test_json_is_one_object(journal: Path) -> None:
    data = json.loads(show(journal, "--json").stdout)
    assert data["container"]["at"] == "https://sandbox.invalid/flyingdonut/api"
    assert [data[kind] for kind in ("created", "refused", "unknown")] == [3, 26, 1]
    assert data["sent_at"][:2] == "20"
    assert data["journal"] == str(journal)


def test_all_failures_and_all_outcomes_go_into_files(journal: Path, tmp_path: Path) -> None:
    failed, every = tmp_path / "failed.jsonl", tmp_path / "all.jsonl"
    result = show(journal, "--failures", failed, "--outcomes", every)
    assert f"… and 7 more: {failed}" in result.stdout
    assert len(rows(failed)) == 27
    assert rows(failed)[-1] == {
        "position": 1,
        "outcome": "unknown",
        "error": "UnknownOutcome",
        "reason": "it was sent, and the journal holds no answer",
        "draft": {"title": "Card 1", "estimate": 1},
    }
    assert [row["position"] for row in rows(every)] == list(range(30))
    first = rows(every)[0]
    assert first["outcome"] == "created"
    assert first["unstored"] == []
    assert "cid" in str(first["item"])


def test_what_cannot_be_read_is_one_line(journal: Path, tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("no journal\n" * 1000)
    for path in (tmp_path / "nowhere", tmp_path, text):
        result = show(path)
        assert result.exit_code == 1
        assert result.stderr.startswith("Error: ")
        assert len(result.stderr.splitlines()) == 1
    change(journal, "UPDATE drafts SET draft = '{}' WHERE position = 2")
    result = show(journal, "--outcomes", tmp_path / "all.jsonl")
    assert result.exit_code == 1
    assert "holds draft 2 damaged" in result.stderr


@pytest.mark.parametrize("option", ["--failures", "--outcomes"])
def test_a_journal_is_not_written_over(option: str, journal: Path) -> None:
    before = journal.read_bytes()
    result = show(journal, option, journal)
    assert (result.exit_code, result.stdout) == (2, "")
    assert journal.read_bytes() == before
    assert show(journal, option, journal.parent / "nowhere" / "file").exit_code == 2


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a disk that is always full")
@pytest.mark.parametrize("option", ["--failures", "--outcomes"])
def test_a_disk_that_is_full_is_told_of_the_option(option: str, journal: Path) -> None:
    result = show(journal, option, Path("/dev/full"))
    assert result.exit_code == 2
    assert f"{option} /dev/full: No space left on device" in result.stderr


def test_failures_and_outcomes_do_not_go_into_one_file(journal: Path, tmp_path: Path) -> None:
    both = tmp_path / "both.jsonl"
    result = show(journal, "--failures", both, "--outcomes", both)
    assert (result.exit_code, result.stdout) == (2, "")
    assert not both.exists()
