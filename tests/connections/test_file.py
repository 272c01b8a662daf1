"""What a file of connections may say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agilekit import EasyBacklog, Flow, FlyingDonut, InvalidInput, KanbanTool
from agilekit.connections import NoConnections, load
from tests.connections.files import SECRET, WHOLE, connection

EASY = '[connections.a]\nservice = "easybacklog"\nbase_url = "https://easy.example.com"\n'


def test_each_service_has_the_settings_of_its_client(file: Path) -> None:
    file.write_text(WHOLE, encoding="utf-8")
    found = load(file)
    assert [*found] == ["donut", "board", "stories", "work"]
    clients = [one.client() for one in found.values()]
    assert [type(client) for client in clients] == [FlyingDonut, Flow, EasyBacklog, KanbanTool]
    donut, board, stories, work = clients
    assert repr(donut) == repr(FlyingDonut("54744060c955ca8169c61ee6", secret=SECRET))
    assert board.base_url == "http://midori.flow.io/api/v10.05"
    assert stories.base_url == "http://localhost:3000/api"
    assert work.concurrency == 4
    assert found["work"].client(concurrency=9).concurrency == 9


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("connections = 1", "it has no connections"),
        ("", "it has no connections"),
        ("[connections", "is not TOML"),
        ("colour = 1\n[connections.a]", "unknown key at the top: colour"),
        ('secrets_in_this_file = "yes"', "must be true or false"),
        ("[connections]\na = 1", "connections.a must be a table"),
        ("[connections.flow]", "cannot be called flow"),
        ("[connections.a]", "service must be 'flyingdonut', 'flow'"),
        ('[connections.a]\nservice = "jira"', "not 'jira'$"),
        ('[connections.a]\nservice = "Kanbantol"', "did you mean 'kanbantool'"),
        ("[connections.a]\nservice = {a = 1}", "not a table"),
        ("[conections.a]", "unknown key at the top: conections; did you mean 'connections'"),
        ("[connections.a]\n[connections.a]", "Cannot declare connections.a twice"),
        ("a.b = {}\na.b.c = 1", "Cannot mutate immutable namespace a.b "),
        (
            '[connections.a]\nservice = "kanbantool"\ntoken = { env = "T" }',
            "account is missing, or",
        ),
        (f"{EASY}key = {{ env = 'K' }}", "key and user_id belong together"),
        (f"{EASY}user_id = 1\ntoken = {{ env = 'K' }}", "key and user_id belong together"),
        (
            f"{EASY}user_id = 1\ntoken = {{ env = 'K' }}\nkey = {{ env = 'K' }}",
            "there may be token, or key and user_id",
        ),
        ("x = " + "[" * 5000, "nested"),
        ("x = " + "{a=" * 5000, "nested"),
        ("[" + "a." * 50_000 + "b]", "nested"),
        ("a." * 50_000 + "b = 1", "nested"),
        (".".join("a" * 3000) + " = 1", "unknown key at the top: a"),
        ("x = 2026-13-45", "is not TOML|out of range"),
        ("x = " + "1" * 5000, "is not TOML|out of range"),
        ('[connections.a]\nservice = "flow"', "connections.a: board is missing"),
        ('[connections.a]\nservice = "flow"\nboard = "b"', "key is missing"),
        (
            '[connections.a]\nservice = "flow"\nbord = "b"',
            "unknown key bord; flow takes .*; did you mean 'board'",
        ),
        ('[connections.a]\nservice = "easybacklog"\nbase_url = "b"', "token or key is missing"),
        ('[connections.a]\nservice = "flow"\nboard = "b"\nkey = 5', "key must be key = {"),
        ('[connections.a]\nservice = "flow"\nboard = "b"\nkey = { env = 5 }', "key must be key"),
        ('[connections.a]\nservice = "flow"\nboard = "b"\nkey = { a = "b" }', "key must be key"),
        (
            '[connections.a]\nservice = "flow"\nboard = "b"\nkey = { evn = "B" }',
            "did you mean 'env'",
        ),
    ],
)
def test_what_cannot_be_right_is_named(content: str, message: str, file: Path) -> None:
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInput, match=message) as caught:
        load(file)
    assert str(file) in str(caught.value)
    assert not re.search(r"\bTrue\b|\bFalse\b|\bNone\b|\('|sys\.", str(caught.value))


def test_a_file_that_is_not_in_utf_8_is_named(file: Path) -> None:
    file.write_bytes("[connections.work]\n".encode("utf-16"))
    with pytest.raises(InvalidInput, match=r"agilekit.toml is not text in UTF-8$"):
        load(file)


def test_the_file_that_a_message_shows_is_one(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("", encoding="utf-8")
    for path in (file, file.with_name("none.toml")):
        with pytest.raises(NoConnections) as caught:
            load(path)
        _, example = str(caught.value).split(":\n", 1)
        shown = file.with_name("shown.toml")
        shown.write_text(example, encoding="utf-8")
        monkeypatch.setenv("AGILEKIT_KANBANTOOL_TOKEN", SECRET)
        client = load(shown)["work"].client()
        assert repr(client) == repr(KanbanTool("mycompany", token=SECRET))


def test_a_byte_order_mark_is_passed_over(file: Path) -> None:
    connection(file, 'token = { file = "THE_TOKEN" }')
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    (file.parent / "THE_TOKEN").write_bytes(b"\xef\xbb\xbf" + SECRET.encode())
    assert isinstance(load(file)["work"].client(), KanbanTool)


def test_a_folder_cannot_be_read(file: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        load(file.parent)


def test_a_path_that_cannot_be_a_file_is_refused(file: Path) -> None:
    file.symlink_to(file)
    with pytest.raises(InvalidInput, match=r"agilekit\.toml cannot be read"):
        load(file)
    with pytest.raises(InvalidInput, match="null character"):
        load("agilekit\0.toml")
    with pytest.raises(InvalidInput, match="cannot be read"):
        load("x" * 5000)
