"""Nothing that the command line prints or writes about a failure shows a secret."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from anyio.from_thread import start_blocking_portal
from click.testing import CliRunner, Result

from agilekit.cli.commands import commands
from agilekit.sandbox.server import Server
from tests.secret_forms import FORMS, shows

SECRET: Final = "not-for-the-terminal-5c1d5a9e"

CONNECTIONS: Final = """
[connections.donut]
service = "flyingdonut"
project = "54744060c955ca8169c61ee6"
username = "jane.smith"
base_url = "{url}/donut"
secret = {{ env = "THE_SECRET" }}

[connections.board]
service = "flow"
board = "midori"
user_id = 1
base_url = "{url}/flow"
key = {{ env = "THE_SECRET" }}

[connections.stories]
service = "easybacklog"
user_id = 981
base_url = "{url}/easy"
key = {{ env = "THE_SECRET" }}

[connections.work]
service = "kanbantool"
account = "mycompany"
base_url = "{url}/kanban"
token = {{ env = "THE_SECRET" }}
"""


class Refusing:
    """A server that refuses everything, in words that can be chosen."""

    def __init__(self, url: str, folder: Path, words: list[str]) -> None:
        self.folder = folder
        self._words = words
        self._file = folder / "agilekit.toml"
        self._file.write_text(CONNECTIONS.format(url=url), encoding="utf-8")

    def run(self, words: str, *arguments: str | Path) -> Result:
        self._words[:] = [words]
        result = CliRunner().invoke(
            commands,
            [str(argument) for argument in arguments],
            env={"AGILEKIT_CONNECTIONS": str(self._file), "THE_SECRET": SECRET},
        )
        assert isinstance(result.exception, SystemExit | None), result.exception
        return result

    def written(self) -> str:
        """Every byte of the files that commands have written."""
        files = [file for file in self.folder.rglob("*") if file.is_file()]
        return "\n".join(file.read_bytes().decode("latin-1") for file in files)


@pytest.fixture
def refusing(tmp_path: Path) -> Iterator[Refusing]:
    words: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        headers = [(b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": 403, "headers": headers})
        await send({"type": "http.response.body", "body": words[0].encode()})

    server = Server(app)
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(server) as running:
        yield Refusing(running.url, tmp_path, words)


@pytest.mark.quick(4)
@pytest.mark.parametrize("form", FORMS)
def test_an_export_that_is_refused_neither_prints_nor_writes_a_secret(
    form: str, refusing: Refusing
) -> None:
    words = f"no such key: {FORMS[form](SECRET)}, sorry"
    for extra in ((), ("--json",)):
        result = refusing.run(words, "export", "--to", refusing.folder / "backup.db", *extra)
        assert result.exit_code == 1, result.output
        assert result.output.count("********") >= 4
        assert not shows(result.output, SECRET)
    assert not shows(refusing.written(), SECRET)


@pytest.mark.quick(4)
@pytest.mark.parametrize("form", FORMS)
def test_a_create_that_is_refused_neither_prints_nor_writes_a_secret(
    form: str, refusing: Refusing
) -> None:
    drafts = refusing.folder / "drafts.csv"
    drafts.write_text("name\nPaint the door\n", encoding="utf-8")
    words = f"no such key: {FORMS[form](SECRET)}, sorry"
    failures = refusing.folder / "failures.jsonl"
    arguments = ("create", drafts, "--to", "work", "--kind", "subtasks", "--into", "1/2")
    result = refusing.run(words, *arguments, "--failures", failures)
    assert result.exit_code == 1, result.output
    assert "********" in result.output
    assert not shows(result.output, SECRET)
    assert not shows(refusing.written(), SECRET)


@pytest.mark.quick(4)
@pytest.mark.parametrize("form", FORMS)
def test_a_look_that_is_refused_neither_prints_nor_writes_a_secret(
    form: str, refusing: Refusing
) -> None:
    drafts = refusing.folder / "drafts.csv"
    drafts.write_text("name\nPaint the door\n", encoding="utf-8")
    words = f"no such key: {FORMS[form](SECRET)}, sorry"
    for arguments in (
        ("list", "--connection", "donut", "--json"),
        ("list", "--connection", "stories", "--in", "Acme"),
        ("show", "--connection", "board", "7"),
        ("create", drafts, "--to", "work", "--into", "Upkeep"),
        ("create", drafts, "--to", "work", "--into", "Upkeep", "--dry-run"),
    ):
        result = refusing.run(words, *arguments)
        assert (result.exit_code, result.stdout) == (1, ""), arguments
        assert "********" in result.stderr
        assert not shows(result.output, SECRET)
    assert not shows(refusing.written(), SECRET)
