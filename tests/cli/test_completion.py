"""What a shell completes: by the protocol of each shell, and typed into the shells themselves."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from agilekit.cli.commands import commands
from tests.cli.shell import AGILEKIT, environment
from tests.each import each

FILE = """
[connections.logbook]
service = "flyingdonut"
project = "54744060c955ca8169c61ee6"
secret = { env = "NOT_SET" }

[connections.work]
service = "kanbantool"
base_url = "http://127.0.0.1:9"
token = { file = "not.there" }

[connections."a\\nb"]
service = "flow"
board = "of a name that no line holds"
key = { env = "NOT_SET" }

[targets.warehouse]
to = "warehouse.sqlite"
"""
ROOT = str(Path(__file__).parents[2])
PROMPT = "ready: "
SERVICES = ["flyingdonut", "flow", "easybacklog", "kanbantool"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a file of connections, and an environment without settings."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("AGILEKIT_", "XDG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    Path("agilekit.toml").write_text(FILE, encoding="utf-8")
    return tmp_path


def answered(shell: str, line: str) -> str:
    """What the command answers a shell that completes the end of the line."""
    words = shlex.split(line) + [""] * line.endswith(" ")
    variables = {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    if shell == "fish":
        variables = {"COMP_WORDS": line, "COMP_CWORD": words[-1]}
    result = CliRunner().invoke(
        commands,
        [],
        env={"_AGILEKIT_COMPLETE": f"{shell}_complete", **variables},
        prog_name="agilekit",
    )
    assert result.stderr == ""
    return result.stdout


def completed(line: str) -> list[str]:
    """The words that bash is given."""
    return [one.removeprefix("plain,") for one in answered("bash", line).split()]


@each(
    ("line", "words"),
    [
        ("agilekit e", ["export"]),
        ("agilekit connections ", ["check", "init", "list"]),
        ("agilekit connections check ", ["logbook", "work"]),
        ("agilekit connections check work ", ["logbook"]),
        ("agilekit connections init --service f", ["flyingdonut", "flow"]),
        ("agilekit create --to ", ["logbook", "work", *SERVICES]),
        ("agilekit create --to work --kind ", ["tasks", "subtasks", "comments", "timers"]),
        ("agilekit create --to flow --kind ", ["tasks"]),
        ("agilekit create --kind sp", ["sprints", "sprint-stories"]),
        ("agilekit create --form", ["--format"]),
        ("agilekit create --format ", ["csv", "jsonl"]),
        ("agilekit export ", ["logbook", "work", *SERVICES]),
        ("agilekit export logbook l", []),
        ("agilekit export --format j", ["jsonl", "jsonl.zst"]),
        ("agilekit export --only ", ["logbook", "work"]),
        ("agilekit export --only logbook,", ["logbook,work"]),
        ("agilekit export --only logbook,w", ["logbook,work"]),
        ("agilekit export --tables cards,co", ["cards,columns", "cards,comments"]),
        ("agilekit export --to wa", ["file,wa", "warehouse"]),
        ("agilekit export --verify x", ["file,x"]),
        ("agilekit report --connection l", ["logbook"]),
        ("agilekit report --connection logbook --connection ", ["work", *SERVICES]),
        ("agilekit list --connection w", ["work"]),
        ("agilekit list --connection work --kind s", ["swimlanes", "stages", "subtasks"]),
        ("agilekit show --connection flow --kind pro", ["projects"]),
        ("agilekit sandbox --seed ", ["empty", "demo"]),
        ("agilekit journal show x", ["file,x"]),
    ],
)
def test_names_kinds_services_and_formats_are_completed(line: str, words: list[str]) -> None:
    assert completed(line) == words


def test_the_file_is_the_one_that_the_command_would_read(folder: Path) -> None:
    other = FILE.replace("logbook", "lighthouse")
    (folder / "other.toml").write_text(other, encoding="utf-8")
    for option in ("other.toml", "~/other.toml"):
        for command in ("connections check", "create --to", "export", "report --connection"):
            line = f"agilekit {command.split()[0]}"
            rest = command.partition(" ")[2]
            if rest == "check":
                line, rest = "agilekit connections check", ""
            found = completed(f"{line} --connections {option} {rest} l".replace("  ", " "))
            assert found == ["lighthouse"], command
    assert completed("agilekit connections check l") == ["logbook"]
    (folder / "below").mkdir()
    os.chdir(folder / "below")
    assert completed("agilekit connections check l") == ["logbook"]


@each("content", ["", "[connections", '[connections.work]\nservice = "kanban"\n', None])
def test_a_file_that_is_wrong_or_missing_is_left_to_the_command(content: str | None) -> None:
    Path("agilekit.toml").unlink(missing_ok=True)
    if content is not None:
        Path("agilekit.toml").write_text(content, encoding="utf-8")
    assert completed("agilekit connections check ") == []
    assert completed("agilekit export ") == SERVICES
    assert completed("agilekit export --to w") == ["file,w"]


def test_each_shell_is_answered_in_its_own_form() -> None:
    line = "agilekit connections check w"
    assert answered("bash", line) == "plain,work\n"
    assert answered("zsh", line).split() == ["plain", "work", "kanbantool"]
    (fish,) = answered("fish", line).splitlines()
    assert fish.split() == ["plain,work", "kanbantool"]


def test_the_commands_are_completed_without_being_loaded() -> None:
    code = (
        "import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
        "from agilekit.cli import main; main()"
    )
    variables = {"_AGILEKIT_COMPLETE": "zsh_complete", "COMP_WORDS": "agilekit ", "COMP_CWORD": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert {*commands.commands} <= {*done.stdout.split()}
    loaded = {*done.stderr.split()}
    assert loaded & {f"agilekit.cli.{name}" for name in commands.commands} == set()
    assert "httpx" not in loaded


def test_every_command_is_completed_with_what_its_list_says() -> None:
    with click.Context(commands, info_name="agilekit") as ctx:
        found = {one.value: one.help for one in commands.shell_complete(ctx, "")}
    assert found == {name: one.get_short_help_str() for name, one in commands.commands.items()}


def test_the_page_of_the_command_line_says_how_each_shell_gets_it() -> None:
    page = Path(ROOT, "docs", "cli.md").read_text(encoding="utf-8")
    for shell in ("bash", "zsh", "fish"):
        assert f"_AGILEKIT_COMPLETE={shell}_source agilekit" in page


def shell_with_agilekit(folder: Path, shell: str) -> dict[str, str]:
    """An environment that has the command on its path; beside it is what the shell is to read."""
    (folder / "bin").mkdir()
    command = folder / "bin" / "agilekit"
    command.write_text(f'#!/bin/sh\nexec {shlex.join(AGILEKIT)} "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    variables = environment(
        PATH=f"{folder / 'bin'}:{os.environ['PATH']}",
        PYTHONPATH=os.pathsep.join([ROOT, os.environ.get("PYTHONPATH", "")]),
        PS1=PROMPT,
        TERM="dumb",
    )
    source = CliRunner().invoke(
        commands, [], env={"_AGILEKIT_COMPLETE": f"{shell}_source"}, prog_name="agilekit"
    )
    (folder / "completion").write_text(source.stdout, encoding="utf-8")
    return variables


def typed_into(shell: Sequence[str], variables: dict[str, str], *lines: str) -> str:
    """What a terminal shows of a shell into which this is typed, a line at each prompt."""
    ours, its = os.openpty()
    shown = ""
    with subprocess.Popen(
        shell, stdin=its, stdout=its, stderr=its, env=variables, start_new_session=True
    ):
        os.close(its)
        begin = 0
        try:
            for line in lines:
                while PROMPT not in shown[begin:]:
                    shown += os.read(ours, 4096).decode()
                begin = len(shown)
                os.write(ours, line.encode())
            while read := os.read(ours, 4096):
                shown += read.decode()
        except OSError:  # the shell has ended
            pass
        finally:
            os.close(ours)
    return shown


COMPLETED = "agilekit connections check logbook"
# It is shown, not run: the cursor goes to the beginning of the line.
TYPED = "agilekit connections check lo\t\x01echo is: \n"


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_completes_the_name_of_a_connection(folder: Path) -> None:
    variables = shell_with_agilekit(folder, "bash")
    shell = ("bash", "--norc", "--noprofile", "-i")
    shown = typed_into(shell, variables, ". ./completion\n", TYPED, "exit\n")
    assert f"is: {COMPLETED}" in shown.splitlines(), shown


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("zsh") is None, reason="needs zsh")
def test_zsh_completes_the_name_of_a_connection(folder: Path) -> None:
    variables = shell_with_agilekit(folder, "zsh")
    begin = "bindkey -e; autoload -Uz compinit; compinit -u; . ./completion\n"
    shown = typed_into(("zsh", "-f", "-i"), variables, begin, TYPED, "exit\n")
    assert f"is: {COMPLETED}" in shown.splitlines(), shown


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("fish") is None, reason="needs fish")
def test_fish_completes_the_name_of_a_connection(folder: Path) -> None:
    variables = shell_with_agilekit(folder, "fish")
    line = "source completion; complete -C 'agilekit connections check lo'"
    done = subprocess.run(
        [shutil.which("fish") or "", "--no-config", "-c", line],
        env=variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("logbook\tflyingdonut\n", "")
