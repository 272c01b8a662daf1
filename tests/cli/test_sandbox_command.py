"""``agilekit sandbox``"""

from __future__ import annotations

import re
import shlex
import signal
import socket
import subprocess
from collections.abc import Generator
from contextlib import contextmanager

import attrs
import httpx
import pytest
from click.testing import CliRunner

from agilekit.cli.commands import commands
from agilekit.cli.sandbox import FAULTS
from agilekit.sandbox import Faults
from tests.cli.shell import INTERRUPTIBLE, environment


@contextmanager
def running(*options: str) -> Generator[tuple[subprocess.Popen[str], str], None, None]:
    """A sandbox on a free port, and all that it printed."""
    with subprocess.Popen(
        [*INTERRUPTIBLE, "sandbox", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    ) as process:
        try:
            assert process.stdout is not None
            lines: list[str] = []
            while not lines or "BASE_URL=" not in lines[-1]:
                line = process.stdout.readline()
                assert line, "it ended before it had printed everything"
                lines.append(line)
            yield process, "".join(lines)
        finally:
            process.kill()


def commands_in(text: str) -> list[list[str]]:
    """The shell commands that are printed at the left margin, split into words."""
    return [
        shlex.split(command.replace("\\\n", " "))
        for command in re.findall(r"^(?:curl|export) (?:.*\\\n)*.*$", text, re.MULTILINE)
    ]


def test_it_serves_what_its_printed_commands_ask_until_interrupted() -> None:
    with running() as (process, text):
        (_, _, header, url), (_, *settings) = commands_in(text)
        name, _, value = header.partition(": ")
        answer = httpx.get(url, headers={name: value})
        assert answer.json()["title"]["value"] == "Lighthouse Logbook"
        given = dict(setting.split("=", 1) for setting in settings)
        assert url.startswith(given["AGILEKIT_FLYINGDONUT_BASE_URL"])
        assert set(given) == {
            f"AGILEKIT_FLYINGDONUT_{name}" for name in ("PROJECT", "SECRET", "USERNAME", "BASE_URL")
        }

        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "\nStopped.\n", "")


def test_its_options_shape_the_server() -> None:
    options = ("--seed", "empty", "--rate-limited", "1", "--retry-after", "7")
    with running(*options, "--fault-method", "POST") as (_, text):
        (_, _, header, url), _ = commands_in(text)
        headers = dict([header.split(": ")])
        assert httpx.get(url, headers=headers).json()["title"]["value"] == "Empty Logbook"
        refused = httpx.post(url, headers=headers)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "7")


def test_every_fault_has_an_option() -> None:
    assert set(FAULTS) == {
        field.name for field in attrs.fields(Faults) if isinstance(field.default, float)
    }


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--drop-after", "1.5"], "drop_after is a probability"),
        (["--latency", "nan"], "latency is in seconds"),
        (["--garbage", "0.6", "--cut-body", "0.6"], "more than 1"),
        (["--conflict-status", "302"], "conflict_status is 200 or from 400 to 499"),
        (["--port", "65536"], "65536"),
    ],
)
def test_an_option_out_of_range_is_a_usage_error(options: list[str], reason: str) -> None:
    result = CliRunner().invoke(commands, ["sandbox", *options])
    assert result.exit_code == 2
    assert reason in result.stderr


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(commands, ["sandbox", "--port", str(port)])
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: cannot listen at 127.0.0.1:{port}: ")
    assert len(result.stderr.splitlines()) == 1
