"""A connection is added to a file without a change to what is there."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from agilekit import InvalidInput, KanbanTool
from agilekit.connections import load
from agilekit.connections.addition import add_connection, new_file
from agilekit.connections.table import ConnectionTable
from tests.connections.files import SECRET
from tests.each import each

KANBAN = ConnectionTable("work", "kanbantool", {"account": "a"}, "token", "env", "T")
PLAIN = ConnectionTable("plain", "kanbantool", {"account": "a"}, "token", "plain", SECRET)
OTHER = '[connections.other]\nservice = "flow"\nboard = "b"\nkey = { env = "T" }\n'


def test_a_new_file_holds_the_connection_and_says_what_it_is(file: Path) -> None:
    added = add_connection(file, KANBAN)
    assert load(file) == {"work": added}
    head, table = file.read_text(encoding="utf-8").split("\n\n")
    assert head.startswith("# Connections of agilekit")
    assert f"{table}" == KANBAN.text()


@each(
    "before",
    [
        "",
        OTHER,
        OTHER.rstrip(),  # its last line has no end
        f"# mine\n\n{OTHER}\n# the end",
        f"\ufeff{OTHER}",
        OTHER.replace("\n", "\r\n"),
        '[targets.daily]\nto = "daily.sqlite"\n',
        "[connections]\n",
        'connections.other = { service = "flow", board = "b", key = { env = "T" } }',
    ],
)
def test_what_was_there_stays_as_it_is(before: str, tmp_path: Path) -> None:
    file = tmp_path / "agilekit.toml"
    file.write_bytes(before.encode())
    file.chmod(0o640)
    known = {*load(file)} if "other" in before else set[str]()
    assert add_connection(file, KANBAN).name == "work"
    after = file.read_bytes().decode()
    assert after.startswith(before)
    assert {*load(file)} == known | {"work"}
    assert ("\r\n" in after) == ("\r\n" in before)
    assert after.count("\n") == after.count("\r\n") or "\r" not in after
    assert sys.platform == "win32" or file.stat().st_mode & 0o777 == 0o640


@each(
    ("before", "message"),
    [
        (KANBAN.text(), "has a connection work already: choose another name"),
        ('include = ["other.toml"]', "has a connection work already: choose another name"),
        ('connections = { other = { service = "flow", board = "b", key = { env = "T" } } }', "end"),
        ("[connections.other]\n", "service must be"),
        ("[connections", "is not TOML"),
        ("connections = 5", "a table cannot follow"),
    ],
)
def test_what_cannot_be_added_changes_nothing(before: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "agilekit.toml"
    (tmp_path / "other.toml").write_text(KANBAN.text(), encoding="utf-8")
    file.write_text(before, encoding="utf-8")
    with pytest.raises(InvalidInput, match=message):
        add_connection(file, KANBAN)
    assert file.read_text(encoding="utf-8") == before


@each(
    ("settings", "message"),
    [
        ({}, "^account is missing, or base_url$"),
        ({"account": "a/b"}, "^account must be"),
        ({"account": "a", "boards": 5}, "^unknown key boards"),
    ],
)
def test_settings_that_cannot_be_right_are_named_and_nothing_is_written(
    settings: dict[str, str | int | bool], message: str, file: Path
) -> None:
    table = ConnectionTable("work", "kanbantool", settings, "token", "env", "T")
    with pytest.raises(InvalidInput, match=message):
        add_connection(file, table)
    assert not file.exists()


def test_what_no_file_can_hold_is_refused(file: Path) -> None:
    unpaired = ConnectionTable("work", "kanbantool", {"account": "a"}, "token", "file", "\udcff")
    with pytest.raises(InvalidInput, match="connection work: a setting is not text in UTF-8"):
        add_connection(file, unpaired)
    assert not file.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="files have no such mode")
def test_a_secret_is_written_only_where_the_file_says_so_and_nobody_else_reads_it(
    file: Path,
) -> None:
    client = add_connection(file, PLAIN).client()
    assert repr(client) == repr(KanbanTool("a", token=SECRET))
    assert file.stat().st_mode & 0o777 == 0o600
    second = ConnectionTable("second", "kanbantool", {"account": "a"}, "token", "plain", SECRET)
    file.chmod(0o644)
    with pytest.raises(InvalidInput, match=f"others may read it. Try chmod 600 {file}"):
        add_connection(file, second)
    file.chmod(0o600)
    add_connection(file, second)
    file.write_text(OTHER, encoding="utf-8")
    with pytest.raises(InvalidInput, match="does not say secrets_in_this_file = true"):
        add_connection(file, second)
    assert file.read_text(encoding="utf-8") == OTHER


def test_a_new_file_is_written_over_nothing(file: Path, tmp_path: Path) -> None:
    file.symlink_to(tmp_path / "elsewhere.toml")  # of which a look tells that nothing is there
    with pytest.raises(InvalidInput, match=r"agilekit\.toml cannot be written: File exists"):
        add_connection(file, KANBAN)
    file.unlink()
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"agilekit\.toml cannot be written: File exists"):
        new_file(file, "", [KANBAN])
    assert file.read_text(encoding="utf-8") == "mine"


def test_its_folder_is_made_and_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    add_connection(tmp_path / "a" / "b" / "agilekit.toml", KANBAN)
    beside = tmp_path / "a" / "b" / "agilekit.toml" / "agilekit.toml"
    with pytest.raises(InvalidInput, match=f"cannot be written: {os.strerror(20)}|File exists"):
        add_connection(beside, KANBAN)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit of POSIX")
def test_on_a_full_disk_the_file_is_what_it_was_before(file: Path) -> None:
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(OTHER) + 20, limits[1]))
        with pytest.raises(InvalidInput, match="cannot be written"):
            add_connection(file, KANBAN)
        assert not file.exists()
        file.write_text(OTHER, encoding="utf-8")
        with pytest.raises(InvalidInput, match="cannot be written"):
            add_connection(file, KANBAN)
        assert file.read_text(encoding="utf-8") == OTHER
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [*load(file)] == ["other"]
