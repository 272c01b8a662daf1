"""``agilekit connections init``"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import pytest
from click.testing import CliRunner, Result

from agilekit.cli.commands import commands
from agilekit.connections import load
from tests.cli.served import Served
from tests.cli.shell import AGILEKIT, environment
from tests.each import each

KANBAN = ("--service", "kanbantool", "--account", "mycompany")
TOKEN = "not-a-real-token"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is home, and an environment without settings."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("AGILEKIT_", "XDG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def init(*arguments: str, input: str = "", **variables: str) -> Result:
    return CliRunner().invoke(
        commands, ["connections", "init", *arguments], input=input, env=variables
    )


def test_a_first_file_is_one_that_a_person_would_write() -> None:
    result = init(*KANBAN)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "Wrote agilekit.toml, with the connection work.\n"
        "Its token is not there yet: the variable AGILEKIT_KANBANTOOL_TOKEN is not set, or empty.\n"
        "To try it: agilekit connections check work\n"
    )
    assert Path("agilekit.toml").read_text(encoding="utf-8") == (
        "# Connections of agilekit, each by its name. To try them: agilekit connections check\n\n"
        "[connections.work]\n"
        'service = "kanbantool"\n'
        'account = "mycompany"  # the name before .kanbantool.com\n'
        'token = { env = "AGILEKIT_KANBANTOOL_TOKEN" }  # the API token of a user\'s profile\n'
    )


@each(
    ("arguments", "found"),
    [
        (
            ["--service", "flyingdonut", "--project", "5" * 24, "--username", "jane"],
            {"project": "5" * 24, "username": "jane"},
        ),
        (["--service", "flow", "--board", "midori", "--user-id", "7"], {"board": "midori"}),
        (
            ["--service", "easybacklog", "--base-url", "https://x/api"],
            {"base_url": "https://x/api"},
        ),
        (
            ["--service", "kanbantool", "--base-url", "http://kanban.test", "--allow-http"],
            {"base_url": "http://kanban.test", "allow_http": True},
        ),
    ],
)
def test_each_service_needs_only_what_its_client_needs(
    arguments: list[str], found: dict[str, object]
) -> None:
    Path("agilekit.toml").unlink(missing_ok=True)
    result = init(*arguments)
    assert result.exit_code == 0, result.output
    assert found.items() <= load()["work"].settings.items()


def test_a_key_of_easybacklog_goes_with_its_user() -> None:
    init("--service", "easybacklog", "--base-url", "https://x/api", "--user-id", "5")
    assert 'key = { env = "AGILEKIT_EASYBACKLOG_KEY" }' in Path("agilekit.toml").read_text()


def test_a_second_connection_is_added_to_the_file_that_commands_find(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    init(*KANBAN)
    below = folder / "below"
    below.mkdir()
    monkeypatch.chdir(below)
    result = init(*KANBAN, "--name", "second", AGILEKIT_KANBANTOOL_TOKEN=TOKEN)
    assert result.stdout == (
        f"Added the connection second to {folder}/agilekit.toml.\n"
        "To try it: agilekit connections check second\n"
    )
    assert [*load()] == ["work", "second"]
    result = init(*KANBAN)
    assert result.exit_code == 2
    assert "--name work is taken: give the connection another name" in result.stderr


def test_the_file_may_be_named_or_be_that_of_the_users_settings(folder: Path) -> None:
    init(*KANBAN)
    result = init(*KANBAN, "--connections", "other file.toml")
    assert result.stdout.endswith(
        "agilekit connections check work --connections 'other file.toml'\n"
    )
    result = init(*KANBAN, "--user")
    assert f"Wrote {folder}/.config/agilekit/agilekit.toml" in result.stdout
    Path("agilekit.toml").unlink()
    assert load()["work"].file == f"{folder}/.config/agilekit/agilekit.toml"
    result = init(*KANBAN, AGILEKIT_CONNECTIONS="named.toml")
    assert "Wrote named.toml" in result.stdout


def test_a_file_that_is_not_to_be_trusted_is_not_added_to() -> None:
    init(*KANBAN)
    Path("agilekit.toml").chmod(0o666)
    before = Path("agilekit.toml").read_bytes()
    result = init(*KANBAN, "--name", "second")
    assert result.exit_code == 2
    assert "other users may write agilekit.toml" in result.stderr
    assert Path("agilekit.toml").read_bytes() == before


@pytest.fixture
def without_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keyring of whoever runs the tests is not asked."""
    monkeypatch.setitem(sys.modules, "keyring", None)


@pytest.mark.usefixtures("without_keyring")
@each(
    ("source", "line"),
    [
        ("env:MY_TOKEN", 'token = { env = "MY_TOKEN" }'),
        ("file:the.token", 'token = { file = "the.token" }'),
        ("keyring:kanban/jane", 'token = { keyring = "kanban/jane" }'),
        ("here", f'token = "{TOKEN}"'),
    ],
)
def test_the_secret_is_where_it_is_said_to_be(source: str, line: str) -> None:
    Path("agilekit.toml").unlink(missing_ok=True)
    result = init(*KANBAN, "--secret-in", source, input=f"{TOKEN}\n")
    assert result.exit_code == 0, result.output
    assert TOKEN not in result.output
    text = Path("agilekit.toml").read_text(encoding="utf-8")
    assert line in text
    assert ("secrets_in_this_file" in text) == (source == "here")


@each(
    ("arguments", "told"),
    [
        ([], "--service is needed: one of flyingdonut, flow, easybacklog, kanbantool"),
        (["--service", "flow"], "--board is needed: what the board's address begins with"),
        (["--service", "flow", "--board", "b", "--account", "a"], "--account is not for flow"),
        (["--service", "flow", "--board", "b", "--user-id", "x"], "--user-id must be an id"),
        (["--service", "kanbantool", "--account", "a/b"], "Error: --account must be"),
        ([*KANBAN, "--base-url", "http://x"], "Use https://, or --allow-http"),
        ([*KANBAN, "--name", "flow"], "--name flow is not possible: it is the name of a service"),
        ([*KANBAN, "--name", "a,b"], "--name 'a,b' is not possible: letters, digits, - and _"),
        ([*KANBAN, "--secret-in", "evn:T"], "or here; did you mean 'env'?"),
        ([*KANBAN, "--secret-in", "env"], "--secret-in env needs what names it there: env:NAME"),
        ([*KANBAN, "--secret-in", "keyring:jane"], "takes keyring:SERVICE/USER, with a slash"),
        ([*KANBAN, "--secret-in", "here:x"], "--secret-in takes env:NAME"),
        ([*KANBAN, "--secret-in", "here"], "here: standard input holds no secret"),
        ([*KANBAN, "--secret-in", "env:a b"], "env must be the name of a variable"),
        ([*KANBAN, "--user", "--connections", "x"], "--user and --connections exclude each other"),
        ([*KANBAN, "--connections", "."], "is a directory"),
    ],
)
def test_what_is_missing_or_wrong_is_told_and_nothing_is_written(
    arguments: list[str], told: str
) -> None:
    result = init(*arguments)
    assert result.exit_code == 2
    assert told in result.stderr
    assert not Path("agilekit.toml").exists()


Talk: TypeAlias = Sequence[tuple[str, str]]


def on_a_terminal(*arguments: str, talk: Talk, variables: dict[str, str]) -> tuple[str, int]:
    """What a terminal shows of a command whose questions are answered, and its exit code.

    talk: the end of each question, and its answer.
    """
    ours, its = os.openpty()
    with subprocess.Popen(
        [*AGILEKIT, *arguments],
        stdin=its,
        stdout=its,
        stderr=its,
        env=environment(NO_COLOR="1", **variables),
    ) as process:
        os.close(its)
        try:
            shown = "".join([*(asked(ours, *turn) for turn in talk), read_until(ours, None)])
        finally:
            os.close(ours)  # which ends a command that asks for more
    return shown, process.returncode


def asked(terminal: int, question: str, answer: str) -> str:
    shown = read_until(terminal, question)
    os.write(terminal, f"{answer}\n".encode())
    return shown


def read_until(terminal: int, end: str | None) -> str:
    """What is shown until this, or until the command ends."""
    shown = ""
    try:
        while end is None or not shown.endswith(end):
            shown += os.read(terminal, 1).decode()
    except OSError:  # nobody is at the other end any longer
        assert end is None, shown
    return shown.replace("\r\n", "\n")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of POSIX")
def test_on_a_terminal_it_asks_for_the_rest_and_offers_to_try_the_connection(
    served: Served, folder: Path
) -> None:
    donut = served.sandbox.flyingdonut
    shown, code = on_a_terminal(
        *("connections", "init", "--base-url", f"{served.url}{donut.base_path}"),
        *("--connections", "new.toml"),
        talk=[
            ("Which service (flyingdonut, flow, easybacklog, kanbantool): ", "flying"),
            ("Which service (flyingdonut, flow, easybacklog, kanbantool): ", "flyingdonut"),
            ("its id, in the project's settings under Integrations: ", donut.project_id),
            ("username, the member in whose name cards are written, or nothing: ", ""),
            ("the secret of its integration (env, file, keyring, here) [env]: ", ""),
            ("The name of the variable [AGILEKIT_FLYINGDONUT_SECRET]: ", "THE_SECRET"),
            ("A name for the connection [work]: ", "log book"),
            ("A name for the connection [work]: ", "logbook"),
            ("Try it now? [Y/n]: ", ""),
        ],
        variables={"THE_SECRET": donut.secret, "HOME": str(folder)},
    )
    assert code == 0, shown
    assert "'flying' is not one of" in shown
    assert "'log book' is not possible" in shown
    assert "Wrote new.toml, with the connection logbook." in shown
    assert "works" in shown.splitlines()[-1]
    (made,) = load("new.toml").values()
    assert made.settings.keys() == {"base_url", "project"}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of POSIX")
def test_a_secret_that_is_asked_for_is_not_shown(folder: Path) -> None:
    shown, code = on_a_terminal(
        *("connections", "init", *KANBAN, "--secret-in", "here", "--name", "work"),
        talk=[("The token itself: ", TOKEN), ("Try it now? [Y/n]: ", "n")],
        variables={"HOME": str(folder)},
    )
    assert code == 0, shown
    assert TOKEN not in shown
    assert load()["work"].client().is_open is False
