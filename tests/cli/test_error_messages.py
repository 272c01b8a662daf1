"""What goes wrong is told in the words of the command line, and says what was probably meant."""

from __future__ import annotations

import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from agilekit import InvalidInput
from agilekit.cli.commands import commands
from agilekit.cli.error_messages import in_options, message_of, variables_named
from agilekit.export import ExportError
from agilekit.suggestions import did_you_mean
from tests.each import each

VARIABLES = {
    "AGILEKIT_FLYINGDONUT_PROJECT": "54744060c955ca8169c61ee6",
    "AGILEKIT_FLYINGDONUT_SECRET": "not-a-real-secret",
    "AGILEKIT_FLYINGDONUT_USERNAME": "jane.smith",
    "AGILEKIT_FLYINGDONUT_BASE_URL": "https://donut.invalid/api",
    "AGILEKIT_FLOW_BOARD": "midori",
    "AGILEKIT_FLOW_KEY": "not-a-real-key",
    "AGILEKIT_KANBANTOOL_ACCOUNT": "mycompany",
    "AGILEKIT_KANBANTOOL_TOKEN": "not-a-real-token",
}
CREATE = ("create", "cards.csv", "--to", "flyingdonut", "--into", "5")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, and an environment without settings: what a new user begins with."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AGILEKIT_CONNECTIONS", raising=False)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))  # no file of connections is looked for above it
    return tmp_path


def refused(*arguments: str, **variables: str | None) -> str:
    """What a command that is wrong says, on one line."""
    Path("cards.csv").write_text("title\nA\n", encoding="utf-8")
    Path("tasks.jsonl").write_text('{"task_text": "A", "task_type_id": 1}\n', encoding="utf-8")
    result = CliRunner().invoke(commands, arguments, env={**VARIABLES, **variables})
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    return " ".join(result.stderr.split())


@each(
    ("arguments", "told"),
    [
        ([*CREATE, "--settle-after", "nan"], "Error: --settle-after must be a number above 0"),
        ([*CREATE, "--concurrency", "0"], "Invalid value for '--concurrency': 0 is not in"),
        ([*CREATE, "--mark", "foo"], "Error: --mark names a text field of the cards, not 'foo'"),
        (
            [*CREATE, "--map", "a=titel"],
            "the fields are title, summary, estimate; did you mean",
        ),
        ([*CREATE, "--kind", "card"], "did you mean 'cards'?"),
        ([*CREATE, "--format", "json"], "did you mean 'jsonl'?"),
        (["export", "flow", "--to", "x", "--format", "sqlit"], "did you mean 'sqlite'?"),
        (["export", "flow", "--to", "x.sqllite"], "did you mean '.sqlite'?"),
        (
            ["export", "flo", "--to", "x"],
            "no service flo, and no file of connections",
        ),
        (["create", "cards.csv", "--to", "flyingdonutt"], "did you mean 'flyingdonut'?"),
        (["report", "--connection", "Kanban-Tool"], "did you mean 'kanbantool'?"),
        (["demo", "--backend", "tri"], "'tri' is not one of 'asyncio', 'trio'; did you mean"),
    ],
)
def test_an_option_is_named_as_it_is_written(arguments: list[str], told: str) -> None:
    message = refused(*arguments)
    assert told in message
    assert "settle_after" not in message


@pytest.mark.parametrize(
    ("arguments", "variables", "told"),
    [
        (
            CREATE,
            {"AGILEKIT_FLYINGDONUT_BASE_URL": "http://donut.invalid"},
            "AGILEKIT_FLYINGDONUT_BASE_URL: base_url is plain HTTP: the secret would be readable",
        ),
        (
            CREATE,
            {"AGILEKIT_FLYINGDONUT_BASE_URL": "http://donut.invalid"},
            "on the way to donut.invalid. Use https://, or --allow-http",
        ),
        (
            ("export", "flyingdonut", "--to", "x"),
            {"AGILEKIT_FLYINGDONUT_BASE_URL": "http://donut.invalid"},
            "Use https://, or allow_http = true in the file of connections",
        ),
        (
            CREATE,
            {"AGILEKIT_FLYINGDONUT_PROJECT": "../x"},
            "AGILEKIT_FLYINGDONUT_PROJECT: project_id: ",
        ),
        (
            CREATE,
            {"AGILEKIT_FLYINGDONUT_USERNAME": None},
            "set AGILEKIT_FLYINGDONUT_USERNAME, or username in the file of connections",
        ),
        (
            ("create", "tasks.jsonl", "--to", "flow", "--into", "5", "--no-journal"),
            {"AGILEKIT_FLOW_USER_ID": None},
            "set AGILEKIT_FLOW_USER_ID, or user_id in the file of connections",
        ),
        (
            ("export", "kanbantool", "--to", "x"),
            {"AGILEKIT_KANBANTOOL_ACCOUNT": "a/b"},
            "AGILEKIT_KANBANTOOL_ACCOUNT: account must be",
        ),
        (
            ("report", "--connection", "flow"),
            {"AGILEKIT_FLOW_KEY": None},
            "the environment variable AGILEKIT_FLOW_KEY is not set",
        ),
    ],
)
def test_a_variable_is_named_if_it_is_wrong(
    arguments: tuple[str, ...], variables: dict[str, str | None], told: str
) -> None:
    message = refused(*arguments, **variables)
    assert told in message
    assert "True" not in message
    assert "(…" not in message


@pytest.mark.parametrize(
    ("arguments", "takes_services"),
    [
        (("export", "--to", "x"), True),
        (("report",), True),
        (("connections", "list"), False),
        (("connections", "check"), False),
    ],
)
def test_without_a_file_one_is_shown_that_works_and_the_way_without(
    arguments: tuple[str, ...], takes_services: bool
) -> None:
    result = CliRunner().invoke(commands, arguments, env=VARIABLES)
    assert result.exit_code == 2
    head, table, *rest = result.stderr.split("\n\n")
    assert head == (
        f"Error: there is no file of connections: no agilekit.toml in {Path.cwd()}, and no "
        f"{Path.cwd()}/.config/agilekit/agilekit.toml. `agilekit connections init` writes one, "
        "such as:"
    )
    (work,) = tomllib.loads(table)["connections"].values()
    assert work["token"]["env"] in VARIABLES
    assert len(rest) == takes_services
    for way in rest:
        assert "name a service" in way
        assert {word for word in way.split() if word.startswith("AGILEKIT_")} <= set(VARIABLES)
    Path("agilekit.toml").write_text(table, encoding="utf-8")
    listed = CliRunner().invoke(commands, ["connections", "list"], env=VARIABLES)
    assert (listed.exit_code, listed.stdout.split()[:2]) == (0, ["work", "kanbantool"])


def test_the_name_of_a_connection_may_be_mistyped() -> None:
    Path("agilekit.toml").write_text(
        '[connections.logbook]\nservice = "kanbantool"\naccount = "a"\ntoken = { env = "T" }\n',
        encoding="utf-8",
    )
    for arguments in (
        ("export", "logbok", "--to", "x"),
        ("connections", "check", "logbok"),
        ("report", "--connection", "logbok"),
        ("create", "cards.csv", "--to", "logbok"),
    ):
        told = "no connection logbok; agilekit.toml has: logbook; did you mean 'logbook'?"
        assert told in refused(*arguments)


@pytest.mark.parametrize("name", ["journal.csv", "format.csv", "to.csv", "to-do.csv", "to/do"])
def test_a_file_with_the_name_of_an_option_keeps_it(name: str) -> None:
    options = [click.Option([f"--{one}"]) for one in ("journal", "format", "to")]
    command = click.Command("create", params=[*options])
    message = f"{name} is not text in UTF-8"
    assert in_options(message, command) == message


def test_a_message_stays_as_it_is_if_it_is_not_about_an_option() -> None:
    error = InvalidInput("wait=True needs a deadline")
    assert message_of(error, None) == "wait = true in the file of connections needs a deadline"
    create = commands.commands["create"]
    assert message_of(InvalidInput("mark=True, and to: x"), create) == "--mark, and to: x"
    assert message_of(ExportError("allow_http=True", "to"), create) == "to: allow_http=True"
    for message in ("the key must be ASCII", ""):
        with pytest.raises(InvalidInput) as caught, variables_named("flow"):
            raise InvalidInput(message)
        assert str(caught.value) == message


@pytest.mark.parametrize("given", [None, 5, "", "x" * 100_000, "\0", "nobody"])
def test_nothing_is_suggested_for_what_is_near_nothing(given: object) -> None:
    assert did_you_mean(given, ["flow", "kanbantool"]) == ""
