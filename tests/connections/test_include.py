"""Files of connections that include others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agilekit import InvalidInput
from agilekit.connections import NoConnections, load


def flow(name: str, key: str = '{ env = "K" }') -> str:
    return f'[connections.{name}]\nservice = "flow"\nboard = "{name}"\nkey = {key}\n'


def write(folder: Path, name: str, content: str) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content, encoding="utf-8")
    return file


def test_the_connections_of_included_files_follow_in_the_order_of_names(tmp_path: Path) -> None:
    file = write(tmp_path, "agilekit.toml", 'include = ["teams/*.toml", "last.toml"]\n' + flow("a"))
    write(tmp_path, "teams/two.toml", flow("c") + flow("d"))
    write(tmp_path, "teams/one.toml", flow("b"))
    write(tmp_path, "last.toml", 'include = ["teams/deep/**/*.toml"]')
    write(tmp_path, "teams/deep/er/x.toml", flow("e"))
    assert [*load(file)] == ["a", "b", "c", "d", "e"]
    assert load(file)["c"].file == str(tmp_path / "teams/two.toml")


def test_a_pattern_may_be_absolute_and_a_file_is_read_once(tmp_path: Path) -> None:
    other = write(tmp_path / "elsewhere", "x.toml", flow("b"))
    patterns = f'include = ["{tmp_path}/elsewhere/*.toml", "elsewhere/x.toml"]\n'
    file = write(tmp_path, "agilekit.toml", patterns)
    assert [*load(file)] == ["b"]
    assert load(file)["b"].file == str(other)


def test_the_files_of_secrets_begin_at_the_folder_of_their_own_file(tmp_path: Path) -> None:
    file = write(tmp_path, "agilekit.toml", 'include = ["teams/*.toml"]')
    write(tmp_path, "teams/one.toml", flow("b", '{ file = "KEY" }'))
    write(tmp_path, "teams/KEY", "the-key")
    assert load(file)["b"].client().base_url == "http://b.flow.io/api/v10.05"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('include = "teams/*.toml"', r"agilekit.toml: include must be a list of files or patterns"),
        ("include = [1]", r"agilekit.toml: include must be a list of files or patterns"),
        ('include = ["none/*.toml"]', r"agilekit.toml: include: there is no file 'none/\*.toml'"),
        ('inclde = ["x"]', r"unknown key at the top: inclde; did you mean 'include'"),
        ('include = ["*.toml"]', r"agilekit.toml: include: .*agilekit.toml includes it"),
        ('include = ["round/a.toml"]', r"b.toml: include: .*a.toml includes it"),
        ('include = ["same/*.toml"]', r"b.toml: connections.x: .*a.toml has a connection of this"),
        ('include = ["wrong/*.toml"]', r"wrong.bad.toml: connections.x: board is missing"),
        ('include = ["plain/*.toml"]', r"plain.a.toml: connections.x: key stands in the file"),
        ('include = ["folder"]', r"folder cannot be read"),
    ],
)
def test_what_cannot_be_right_is_said_with_its_file(
    content: str, message: str, tmp_path: Path
) -> None:
    write(tmp_path, "round/a.toml", 'include = ["b.toml"]')
    write(tmp_path, "round/b.toml", 'include = ["a.toml"]')
    write(tmp_path, "same/a.toml", flow("x"))
    write(tmp_path, "same/b.toml", flow("x"))
    write(tmp_path, "wrong/bad.toml", '[connections.x]\nservice = "flow"\nkey = { env = "K" }')
    write(tmp_path, "plain/a.toml", flow("x", '"a-secret-of-nobody"'))
    write(tmp_path, "folder/x.toml", flow("y"))
    file = write(tmp_path, "agilekit.toml", f"secrets_in_this_file = true\n{content}")
    with pytest.raises(InvalidInput) as caught:
        load(file)
    assert re.search(message, str(caught.value))
    assert "a-secret-of-nobody" not in str(caught.value)


def test_a_long_row_of_files_is_refused(tmp_path: Path) -> None:
    for number in range(100):
        write(tmp_path, f"f{number}.toml", f'include = ["f{number + 1}.toml"]')
    write(tmp_path, "f100.toml", flow("a"))
    with pytest.raises(InvalidInput, match="more than 16 files in a row"):
        load(tmp_path / "f0.toml")


def test_files_without_any_connection_are_refused_with_an_example(tmp_path: Path) -> None:
    file = write(tmp_path, "agilekit.toml", 'include = ["x.toml"]')
    write(tmp_path, "x.toml", "")
    with pytest.raises(NoConnections, match=r"it has no connections\. One looks like this"):
        load(file)
