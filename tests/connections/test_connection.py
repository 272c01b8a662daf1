"""A connection makes the client of its service, by settings that are checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from agilekit import InvalidInput, Unauthorized
from agilekit.connections import load
from agilekit.sandbox import Sandbox
from agilekit.services import SERVICES
from tests.connections.files import SECRET, connection


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
        ('http = "httpx3"', "http must be 'httpx', 'httpx2' or 'fast', not 'httpx3'; did you mean"),
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
