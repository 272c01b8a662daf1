"""What a file of connections may say, and where its secrets are."""

from __future__ import annotations

import random
import re
import traceback
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from agilekit import EasyBacklog, Flow, FlyingDonut, InvalidInput, KanbanTool, Unauthorized
from agilekit.connections import NoConnections, load
from agilekit.sandbox import Sandbox
from agilekit.services import SERVICES

SECRET = "s3cret-of-nobody"

EASY = '[connections.a]\nservice = "easybacklog"\nbase_url = "https://easy.example.com"\n'

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


NAMES = ("KANBAN_TOKEN", "TOKEN", "AGILEKIT_FLYINGDONUT_SECRET", "MY_TOKEN2", "kanban_key")
RANDOM = random.Random(7)
PASTED = (
    "B0A2D5F7C1E94E7A86B3C2D1",
    "68300163a5d8b2d71d60fff19f056ab3",
    "5c1d5a9e7b2f48600e31",
    "abcdefabcdefabcdef",
    "ABCDEFGHIJKLMNOPQRST",
    "1234567890",
    "a_b0c1d2e3f4",
    *(f"x{RANDOM.randbytes(16).hex()}" for _ in range(20)),
    *(b64encode(RANDOM.randbytes(18), b"__").decode() for _ in range(20)),
    *(b64encode(RANDOM.randbytes(18)).decode() for _ in range(20)),
)


@pytest.mark.parametrize("place", ["env", "file", "keyring"])
def test_a_name_is_shown_only_if_it_is_made_of_words(place: str, file: Path, keys: None) -> None:
    for name in NAMES:
        if place != "keyring":
            assert f" {name} " in refused(file, place, name)
    for token in PASTED:
        assert token not in refused(file, place, token)


def refused(file: Path, place: str, name: str) -> str:
    """All that may be seen of what is refused: the errors that led to it, and every `repr`."""
    connection(file, f'token = {{ {place} = "{name}" }}')
    told = ""
    with pytest.raises(InvalidInput) as caught:  # noqa: PT012 - either may raise
        found = load(file)["work"]
        told = repr(found) + str(found)
        found.client()
    error: BaseException | None = caught.value
    while error is not None:
        told += "".join(traceback.format_exception_only(error)) + repr(error)
        error = error.__cause__ or error.__context__
    return told


def setting(file: Path, line: str) -> None:
    settings = [line] if line.startswith("account") else ['account = "mycompany"', line]
    content = ["secrets_in_this_file = true", "[connections.a]", 'service = "kanbantool"']
    file.write_text("\n".join([*content, *settings, 'token = "t"']), encoding="utf-8")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('account = "a/b"', "account must be"),
        ("concurrency = 0", "concurrency"),
        ("rate = -1", "rate"),
        ('base_url = "ftp://x"', "base"),
    ],
)
def test_settings_are_checked_by_the_client(line: str, message: str, file: Path) -> None:
    setting(file, line)
    with pytest.raises(InvalidInput, match=f"connection a: .*{message}") as caught:
        load(file)["a"].client()
    assert str(caught.value).startswith(f"{file}: connection a: ")
    with pytest.raises(InvalidInput, match=f"{file}: connection a: "):
        load(file)["a"].client(timeout=5)


def test_an_option_of_the_caller_is_not_said_to_be_the_files(file: Path) -> None:
    setting(file, "rate = 5")
    with pytest.raises(InvalidInput, match=r"^rate must be a number above 0"):
        load(file)["a"].client(rate=-1)
    setting(file, 'base_url = "http://kanban.example.com"')
    assert load(file)["a"].client(allow_http=True).base_url == "http://kanban.example.com"
    with pytest.raises(InvalidInput, match=r"or allow_http = true$"):
        load(file)["a"].client()


@pytest.mark.parametrize("service", SERVICES)
def test_the_formats_of_a_file_are_those_of_the_client(service: str, file: Path) -> None:
    needed = {"flyingdonut": "project", "flow": "board", "easybacklog": "base_url"}
    value = "https://easy.example.com" if service == "easybacklog" else "mycompany"
    secret = SERVICES[service].settings.secrets[0]
    for format in ("json", "xml", "jsonp", "csv"):
        file.write_text(
            "secrets_in_this_file = true\n[connections.a]\n"
            f'service = "{service}"\n{needed.get(service, "account")} = "{value}"\n'
            f'{secret} = "not-a-secret"\nformat = "{format}"\n',
            encoding="utf-8",
        )
        if format in SERVICES[service].settings.formats:
            load(file)["a"].client()
        else:
            with pytest.raises(InvalidInput, match=r"connections.a: format must be"):
                load(file)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('allow_http = "false"', "allow_http must be true or false, not 'false'"),
        ('http = "httpx3"', "http must be 'httpx' or 'httpx2', not 'httpx3'; did you mean"),
        ("override = 1", "override must be true or false"),
        ('concurrency = "4"', "concurrency must be a whole number"),
        ("retries = true", "retries must be a whole number"),
        ('rate = "fast"', "rate must be a number"),
        ("account = 5", "account must be text"),
        ("rate = true", "rate must be a number, not true$"),
        ("rate = [[[1]]]", "rate must be a number, not a list$"),
        ("rate.a.b = 1", "rate must be a number, not a table$"),
        ("account = 2026-11-26", "account must be text, not 2026-11-26$"),
        (f"rate = 1{'0' * 30}", "rate must be a number, not a whole number of more than 64 bits$"),
        (f"rate = 0x{'f' * 9000}", "not a whole number of more than 64 bits$"),
        ('format = "jsn"', "format must be 'json', 'xml' or 'jsonp', not 'jsn'; did you mean"),
        ("format = true", "format must be 'json', 'xml' or 'jsonp', not true$"),
        ('token_in = "headers"', "token_in must be 'header' or 'query', not 'headers'; did you"),
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
