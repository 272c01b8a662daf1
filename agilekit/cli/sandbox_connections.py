"""How the running sandbox is reached: by variables, or by a file of connections."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from agilekit.connections.addition import new_file
from agilekit.connections.table import ConnectionTable
from agilekit.sandbox import Sandbox
from agilekit.services import SERVICES
from agilekit.wire.urls import is_loopback

__all__ = ["connections_written", "is_of_this_machine", "reachable", "settings_of"]

_EVERY_ADDRESS: Final = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # noqa: S104 - compared with
_HEAD: Final = """\
# The services of a running `agilekit sandbox`, which removes this file at its end, unless you have
# changed it. The secrets are fakes.
"""


def reachable(listening: str) -> str:
    """The URL ``http://HOST:PORT``, with the loopback address if HOST stands for every address."""
    scheme, _, address = listening.partition("://")
    host, _, port = address.rpartition(":")
    return f"{scheme}://{_EVERY_ADDRESS.get(host, host)}:{port}"


def is_of_this_machine(url: str) -> bool:
    """Whether clients take plain HTTP for it."""
    host = url.partition("://")[2].rpartition(":")[0]
    return is_loopback(host.strip("[]"))


def settings_of(sandbox: Sandbox, url: str) -> Mapping[str, Mapping[str, str]]:
    """The settings of a client of each service, its secret among them."""
    donut, kanban = sandbox.flyingdonut, sandbox.kanbantool
    easy, flow = sandbox.easybacklog, sandbox.flow
    return {
        "flyingdonut": {
            "project": donut.project_id,
            "secret": donut.secret,
            "username": donut.username,
            "base_url": f"{url}{donut.base_path}",
        },
        "kanbantool": {"token": kanban.token, "base_url": f"{url}{kanban.base_path}"},
        "easybacklog": {"token": easy.token, "base_url": f"{url}{easy.base_path}"},
        "flow": {
            "board": flow.board_name,
            "key": flow.key,
            "user_id": str(flow.user_id),
            "base_url": f"{url}{flow.base_path}",
        },
    }


@contextmanager
def connections_written(file: Path, sandbox: Sandbox, listening: str) -> Generator[None]:
    """The file is there inside. Raises InvalidInput if it was there before.

    What somebody has changed since then is left.
    """
    content = new_file(file, _HEAD, _tables(sandbox, reachable(listening)))
    try:
        yield
    finally:
        with suppress(OSError):
            if file.read_bytes() == content:
                file.unlink()


def _tables(sandbox: Sandbox, url: str) -> Iterator[ConnectionTable]:
    for service, given in settings_of(sandbox, url).items():
        (secret,) = given.keys() & {*SERVICES[service].settings.secrets}
        settings: dict[str, str | int | bool] = {
            key: int(value) if key == "user_id" else value
            for key, value in given.items()
            if key != secret
        }
        if not is_of_this_machine(url):
            settings["allow_http"] = True
        yield ConnectionTable(
            f"sandbox-{service}", service, settings, secret, "plain", given[secret]
        )
