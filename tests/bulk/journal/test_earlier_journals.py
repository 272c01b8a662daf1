"""Journals that earlier versions have written, typed by hand, are continued."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Final

import pytest

from agilekit import Refused, Unknown
from agilekit.bulk import create_many
from tests.bulk.shelf import Note, Shelf, notes
from tests.virtual_time import in_virtual_time

# 1: created, refused, unknown, sent, not sent. Its drafts are those of `notes`.
FIRST: Final = """
PRAGMA application_id = 1634167658;
PRAGMA user_version = 1;
CREATE TABLE job (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE drafts (
    position INTEGER PRIMARY KEY, hash BLOB NOT NULL, state INTEGER NOT NULL, item_id TEXT,
    draft TEXT NOT NULL, result TEXT
);
CREATE INDEX drafts_by_item ON drafts (item_id) WHERE item_id IS NOT NULL;
CREATE INDEX drafts_by_state ON drafts (state, position);
INSERT INTO job VALUES ('place', '{"at": "shelf"}'), ('watermark', '7');
INSERT INTO drafts VALUES
    (0, X'', 2, '8', '{"text":"Note 0"}', '{"id":8,"text":"Note 0","size":null}'),
    (1, X'', 3, NULL, '{"text":"Note 1"}', '{"error":"BadRequest","message":"no","status":400}'),
    (2, X'', 4, NULL, '{"text":"Note 2"}',
     '{"error":"UnknownOutcome","message":"who knows","evidence":{"items":["9"]}}'),
    (3, X'', 1, NULL, '{"text":"Note 3"}', NULL),
    (4, X'', 5, NULL, '{"text":"Note 4"}', '{"error":"Forbidden","message":"no","status":403}');
"""
SECOND: Final = (
    FIRST.replace("user_version = 1", "user_version = 2")
    .replace("result TEXT\n", "result TEXT, sent_at REAL\n")
    .replace("'),\n", "', 1.0e9),\n")
    .replace("NULL),\n", "NULL, 1.0e9),\n")
    .replace("');\n", "', NULL);\n")
    .replace("'7', NULL)", "'7')")
)


def written(path: Path, script: str) -> Path:
    journal = path / "import.journal"
    with closing(sqlite3.connect(journal)) as database:
        database.executescript(script)
        for position, draft in enumerate(notes(5)):
            digest = sha256(b'{"text":"%s"}' % str(draft["text"]).encode()).digest()
            database.execute("UPDATE drafts SET hash = ? WHERE position = ?", (digest, position))
        database.commit()
    return journal


def columns(journal: Path) -> Sequence[object]:
    with closing(sqlite3.connect(journal)) as database:
        return [name for _, name, *_ in database.execute("PRAGMA table_info(drafts)")]


@pytest.mark.parametrize("script", [FIRST, SECOND], ids=["1", "2"])
def test_an_earlier_journal_is_continued(anyio_backend: str, tmp_path: Path, script: str) -> None:
    journal = written(tmp_path, script)
    shelf = Shelf(notes=[Note(7, "Old"), Note(8, "Note 0"), Note(9, "Note 3")])
    report = in_virtual_time(
        anyio_backend,
        lambda: create_many(shelf.kind(), notes(6), concurrency=2, journal=journal),
    )
    assert [created.position for created in report.created] == [0, 2, 3, 4, 5]
    assert [created.unstored for created in report.created] == [()] * 5
    assert [created.item.id for created in report.created][:3:2] == [8, 9]
    assert sorted(shelf.requests) == [["Note 2"], ["Note 4"], ["Note 5"]]
    assert report.possible_duplicates == ()
    (refused,) = report.refused
    assert isinstance(refused, Refused)
    assert str(refused.error) == "400 no"
    assert not any(isinstance(outcome, Unknown) for outcome in report)
    fresh = tmp_path / "fresh"
    in_virtual_time(
        anyio_backend, lambda: create_many(Shelf().kind(), [], concurrency=1, journal=fresh)
    )
    assert columns(journal) == columns(fresh)
