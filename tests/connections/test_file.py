"""What a file of connections may say, and where its secrets are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from agilekit import EasyBacklog, Flow, FlyingDonut, InvalidInput, KanbanTool, Unauthorized
from agilekit.connections import load
from agilekit.sandbox import Sandbox

SECRET = "s3cret-of-nobody"

WHOLE = f"""
secrets_in_this_file = true

[connections.donut]
service = "flyingdonut"
project = "54744060c955ca8169c61ee6"
username = "jane.smith"
secret = "{SECRET}"

[connections.board]
service = "flow"
board = "midori"
user_id = 1
key = "{SECRET}"
format = "xml"

[connections.stories]
service = "easybacklog"
base_url = "http://localhost:3000/api"
user_id = 981
key = "{SECRET}"
override = true

[connections.work]
service = "kanbantool"
account = "mycompany"
token = "{SECRET}"
concurrency = 4
rate = 5
timeout = 3.5
deadline = 60
retries = 2
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "agilekit.toml"


def connection(file: Path, *lines: str) -> None:
    content = ["[connections.work]", 'service = "kanbantool"', 'account = "mycompany"', *lines]
    file.write_text("\n".join(content), encoding="utf-8")


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


def test_a_secret_is_shown_nowhere(file: Path) -> None:
    file.write_text(WHOLE, encoding="utf-8")
    assert SECRET not in repr(load(file))


@pytest.mark.parametrize("place", ["env", "file"])
def test_a_secret_is_looked_up_when_the_client_is_made(
    place: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection(file, f'token = {{ {place} = "THE_TOKEN" }}')
    found = load(file)["work"]
    with pytest.raises(
        InvalidInput, match=r"connection work: token: the (variable|file) THE_TOKEN"
    ):
        found.client()
    if place == "env":
        monkeypatch.setenv("THE_TOKEN", SECRET)
    else:
        (file.parent / "THE_TOKEN").write_text(f"{SECRET}\n", encoding="utf-8")
    assert isinstance(found.client(), KanbanTool)


class Keys(KeyringBackend):
    """A keyring with one entry."""

    priority = 1  # pyright: ignore[reportAssignmentType] - as keyring's own backends have it

    def get_password(self, service: str, username: str) -> str | None:
        if service == "locked":
            raise KeyringLocked("it is locked")
        return SECRET if (service, username) == ("agilekit", "work") else None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError

    def delete_password(self, service: str, username: str) -> None:
        raise NotImplementedError


@pytest.fixture
def keys() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(Keys())  # type: ignore[no-untyped-call]
    yield
    keyring.set_keyring(before)


@pytest.mark.usefixtures("keys")
def test_a_secret_may_be_in_the_keyring(file: Path) -> None:
    connection(file, 'token = { keyring = "agilekit/work" }')
    assert isinstance(load(file)["work"].client(), KanbanTool)
    for entry, message in [
        ("agilekit/other", "is not set, or empty"),
        ("agilekit", 'is written "SERVICE/USER"'),
        ("locked/work", "cannot be read: it is locked"),
    ]:
        connection(file, f'token = {{ keyring = "{entry}" }}')
        with pytest.raises(InvalidInput, match=message):
            load(file)["work"].client()


def test_without_keyring_the_extra_is_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connection(file, 'token = { keyring = "agilekit/work" }')
    monkeypatch.setitem(__import__("sys").modules, "keyring", None)
    with pytest.raises(InvalidInput, match=r"pip install 'agilekit\[keyring\]'"):
        load(file)["work"].client()


def test_a_secret_in_the_file_is_refused_and_not_repeated(file: Path) -> None:
    connection(file, f'token = "{SECRET}"')
    with pytest.raises(InvalidInput, match="token stands in the file itself") as caught:
        load(file)
    assert SECRET not in str(caught.value)
    for how in ("env = ", "file = ", "keyring = ", "secrets_in_this_file = true"):
        assert how in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("connections = 1", "it has no connections"),
        ("", "it has no connections"),
        ("[connections", "is not TOML"),
        ("colour = 1\n[connections.a]", "unknown at the top: colour"),
        ('secrets_in_this_file = "yes"', "must be true or false"),
        ("[connections]\na = 1", "connections.a must be a table"),
        ("[connections.flow]", "cannot be called flow"),
        ("[connections.a]", "service must be one of flyingdonut, flow"),
        ('[connections.a]\nservice = "jira"', "not 'jira'"),
        ('[connections.a]\nservice = "flow"', "connections.a: board is missing"),
        ('[connections.a]\nservice = "flow"\nboard = "b"', "key is missing"),
        ('[connections.a]\nservice = "flow"\nbord = "b"', "bord is no setting of flow"),
        ('[connections.a]\nservice = "easybacklog"\nbase_url = "b"', "token or key is missing"),
        ('[connections.a]\nservice = "flow"\nboard = "b"\nkey = 5', "key must be key = {"),
        ('[connections.a]\nservice = "flow"\nboard = "b"\nkey = { env = 5 }', "key must be key"),
        ('[connections.a]\nservice = "flow"\nboard = "b"\nkey = { a = "b" }', "key must be key"),
    ],
)
def test_what_cannot_be_right_is_named(content: str, message: str, file: Path) -> None:
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInput, match=message) as caught:
        load(file)
    assert str(file) in str(caught.value)


def setting(file: Path, line: str) -> None:
    settings = [line] if line.startswith("account") else ['account = "mycompany"', line]
    content = ["secrets_in_this_file = true", "[connections.a]", 'service = "kanbantool"']
    file.write_text("\n".join([*content, *settings, 'token = "t"']), encoding="utf-8")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('account = "a/b"', "account must be"),
        ('format = "csv"', "format must be"),
        ("concurrency = 0", "concurrency"),
        ("rate = -1", "rate"),
        ('base_url = "ftp://x"', "base"),
    ],
)
def test_settings_are_checked_by_the_client(line: str, message: str, file: Path) -> None:
    setting(file, line)
    with pytest.raises(InvalidInput, match=f"connection a: .*{message}"):
        load(file)["a"].client()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('allow_http = "false"', "allow_http must be true or false, not 'false'"),
        ("override = 1", "override must be true or false"),
        ('concurrency = "4"', "concurrency must be a whole number"),
        ("retries = true", "retries must be a whole number"),
        ('rate = "fast"', "rate must be a number"),
        ("account = 5", "account must be text"),
        ("base_url = 5", "base_url must be text"),
    ],
)
def test_a_value_of_the_wrong_type_is_named_with_its_file(
    line: str, message: str, file: Path
) -> None:
    setting(file, line)
    with pytest.raises(InvalidInput, match=message) as caught:
        load(file)
    assert str(caught.value).startswith(f"{file}: connections.a: ")


@pytest.mark.parametrize("url", [f"https://jane:{SECRET}@x.com", f"https://x.com?key={SECRET}"])
def test_a_credential_in_the_base_url_is_refused_and_not_repeated(url: str, file: Path) -> None:
    setting(file, f'base_url = "{url}"')
    with pytest.raises(InvalidInput, match="base_url must hold no user name") as caught:
        load(file)
    assert SECRET not in str(caught.value)


def test_a_file_in_the_home_of_nobody_is_named(file: Path) -> None:
    connection(file, 'token = { file = "~nobody-by-this-name/token" }')
    with pytest.raises(InvalidInput, match="is in nobody's home"):
        load(file)["work"].client()


def test_a_byte_order_mark_is_passed_over(file: Path) -> None:
    connection(file, 'token = { file = "THE_TOKEN" }')
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    (file.parent / "THE_TOKEN").write_bytes(b"\xef\xbb\xbf" + SECRET.encode())
    assert isinstance(load(file)["work"].client(), KanbanTool)


@pytest.mark.anyio
async def test_a_connection_is_tried_with_one_read(file: Path) -> None:
    sandbox = Sandbox()
    kanban = sandbox.kanbantool
    (file.parent / "THE_TOKEN").write_text(kanban.token, encoding="utf-8")
    connection(file, f'base_url = "{kanban.base_url}"', 'token = { file = "THE_TOKEN" }')
    work = load(file)["work"]
    assert await work.check(transport=sandbox.transport()) == "2 boards"
    assert sandbox.count() == 1
    (file.parent / "THE_TOKEN").write_text("wrong-token", encoding="utf-8")
    with pytest.raises(Unauthorized):
        await work.check(transport=sandbox.transport())


def test_the_file_is_found_by_the_variable_or_in_the_folder(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AGILEKIT_CONNECTIONS", raising=False)
    monkeypatch.chdir(file.parent)
    with pytest.raises(InvalidInput, match=r"no file of connections agilekit.toml. It looks like"):
        load()
    connection(file, 'token = { env = "T" }')
    assert [*load()] == ["work"]
    other = file.with_name("other.toml")
    other.write_text(WHOLE, encoding="utf-8")
    monkeypatch.setenv("AGILEKIT_CONNECTIONS", str(other))
    assert "donut" in load()
    with pytest.raises(InvalidInput, match="cannot be read"):
        load(file.parent)
