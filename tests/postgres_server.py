"""A real PostgreSQL for tests: a cluster of its own in a temporary folder, on a socket there.

It ends with the process that began it, however that ends: its shell waits for the end of a pipe.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Final

import pytest
from attrs import field, frozen

__all__ = ["PostgresServer", "postgres_server"]

_DEBIAN: Final = Path("/usr/lib/postgresql")
_USER: Final = "postgres"
_NEEDED: Final = "AGILEKIT_TESTS_NEED_POSTGRES"
_MISSING: Final = "PostgreSQL is not there: install it (Debian: postgresql), or put initdb on PATH"
# What a test is not about: that files outlive a power cut.
_CHEAP: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_SETTINGS: Final = {
    **_CHEAP,
    "listen_addresses": "",
    "max_connections": "40",
    "shared_buffers": "32MB",
    "autovacuum": "off",
    "log_min_messages": "fatal",
}
# Whoever is called locked has to show a password; the tests know no other way to be refused.
_WHO_MAY: Final = "local all locked scram-sha-256\nlocal all all trust\n"
_UNTIL_THE_PIPE_ENDS: Final = """
folder=$1; shift
"$@" &
cat > /dev/null
kill -QUIT $!
wait
rm -rf "$folder"
"""
_MOST_SECONDS: Final = 30


@frozen
class PostgresServer:
    """A running server."""

    socket_folder: Path
    _names: count[int] = field(factory=count, repr=False)

    def url(self, database: str = _USER, *, user: str = _USER, schema: str | None = None) -> str:
        """What `to` of an export may be. By default as a superuser, who needs no password."""
        host = str(self.socket_folder).replace("/", "%2F")
        options = f"?schema={schema}" if schema else ""
        return f"postgresql://{user}@{host}/{database}{options}"

    def new_schema(self) -> str:
        """The URL of a schema of which no test has heard yet."""
        return self.url(schema=f"test_{next(self._names)}")


@contextmanager
def postgres_server() -> Generator[PostgresServer]:
    """Skips the test where there is no PostgreSQL, or fails it if that must not be."""
    programs = _programs()
    if programs is None:
        if os.environ.get(_NEEDED):
            pytest.fail(_MISSING)
        pytest.skip(_MISSING)
    user = _USER if os.geteuid() == 0 else None  # a server refuses to be root
    # The path of a socket has at most 107 characters, to which the folders of pytest come near.
    folder = Path(tempfile.mkdtemp(prefix="agilekit-"))
    if user:
        shutil.chown(folder, user)
    data = _new_cluster(programs, folder, user)
    settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
    server = [str(programs / "postgres"), "-D", str(data), "-k", str(folder), *settings]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(
            ["/bin/sh", "-c", _UNTIL_THE_PIPE_ENDS, "sh", str(folder), *server],
            user=user,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
        ),
    ):
        _wait_until_ready(data / "postmaster.pid", folder / "log")
        yield PostgresServer(folder)


def _programs() -> Path | None:
    """The folder of the newest PostgreSQL."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    found = _DEBIAN.glob("*/bin/initdb")
    return max((one.parent for one in found), key=lambda one: int(one.parts[-2]), default=None)


def _new_cluster(programs: Path, folder: Path, user: str | None) -> Path:
    data = folder / "data"
    options = ["--username", _USER, "--encoding", "UTF8", "--auth", "trust"]
    cheap = ["--no-sync", "--no-locale", "--no-instructions"]
    subprocess.run(
        [programs / "initdb", "--pgdata", data, *options, *cheap],
        user=user,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (data / "pg_hba.conf").write_text(_WHO_MAY, encoding="utf-8")
    return data


def _wait_until_ready(status: Path, log: Path) -> None:
    """Returns when the last line of the server's file says that it takes connections."""
    until = time.monotonic() + _MOST_SECONDS
    while not status.exists() or "ready" not in status.read_text(encoding="utf-8"):
        if time.monotonic() > until:
            pytest.fail(f"PostgreSQL does not start: {log.read_text(encoding='utf-8')}")
        time.sleep(0.01)
