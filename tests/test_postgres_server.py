"""The PostgreSQL of the tests: skipped where there is none, and gone with whoever began it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests import postgres_server
from tests.postgres_server import PostgresServer

KEEPS_ONE = """
from tests.postgres_server import postgres_server
with postgres_server() as server:
    print(server.socket_folder, flush=True)
    input()
"""


@pytest.mark.parametrize("needed", ["", "1"])
def test_without_postgresql_its_tests_are_skipped_or_fail_if_it_is_needed(
    needed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_server, "_programs", lambda: None)
    monkeypatch.setenv("AGILEKIT_TESTS_NEED_POSTGRES", needed)
    outcome = pytest.fail.Exception if needed else pytest.skip.Exception
    with pytest.raises(outcome, match="install it"), postgres_server.postgres_server():
        pass


@pytest.mark.slow
def test_a_server_ends_with_the_process_that_began_it_also_if_that_is_killed(
    postgres: PostgresServer,  # skips the test where there is none
) -> None:
    root = Path(__file__).parent.parent
    with subprocess.Popen(
        [sys.executable, "-c", KEEPS_ONE],
        cwd=root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        server = PostgresServer(Path(process.stdout.readline().strip()))
        with psycopg.connect(server.url()) as connection:
            process.kill()
            # The connection is cut when the server ends.
            with pytest.raises(psycopg.OperationalError):
                connection.execute("SELECT pg_sleep(60)")
