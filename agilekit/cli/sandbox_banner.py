"""What ``agilekit sandbox`` prints once it listens."""

from __future__ import annotations

from typing import Final

from agilekit.sandbox import Sandbox
from agilekit.wire.request import is_loopback

__all__ = ["banner"]

_EVERY_ADDRESS: Final = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # noqa: S104 - compared with
_BEYOND: Final = """

This address is plain HTTP beyond this machine: from_env() refuses it, unless
you pass allow_http=True; a file of connections says allow_http = true."""


def banner(sandbox: Sandbox, listening: str) -> str:
    """What to paste into a shell: for each service a first request, and its variables.

    listening: ``http://HOST:PORT``. If HOST stands for every address of the machine, the loopback
    address is shown.
    """
    scheme, _, address = listening.partition("://")
    host, _, port = address.rpartition(":")
    host = _EVERY_ADDRESS.get(host, host)
    url = f"{scheme}://{host}:{port}"
    beyond = "" if is_loopback(host.strip("[]")) else _BEYOND
    donut, kanban = sandbox.flyingdonut, sandbox.kanbantool
    easy, flow = sandbox.easybacklog, sandbox.flow
    services = (
        _service(
            "Flying Donut",
            f"Authorization: secret {donut.secret}",
            f"{url}{donut.base_path}/projects/{donut.project_id}",
            PROJECT=donut.project_id,
            SECRET=donut.secret,
            USERNAME=donut.username,
            BASE_URL=f"{url}{donut.base_path}",
        ),
        _service(
            "Kanban Tool",
            f"X-KanbanToolToken: {kanban.token}",
            f"{url}{kanban.base_path}/boards.json",
            TOKEN=kanban.token,
            BASE_URL=f"{url}{kanban.base_path}",
        ),
        _service(
            "easyBacklog",
            f"Authorization: token {easy.token}",
            f"{url}{easy.base_path}/accounts",
            TOKEN=easy.token,
            BASE_URL=f"{url}{easy.base_path}",
        ),
        _service(
            "flow",
            f"X-Flow-Authentication: {flow.key}",
            f"{url}{flow.base_path}/projects.json",
            BOARD=flow.board_name,
            KEY=flow.key,
            USER_ID=str(flow.user_id),
            BASE_URL=f"{url}{flow.base_path}",
        ),
    )
    told = "\n\n".join(services)
    return f"""\
Four fake services are listening at {listening}. Ctrl-C stops them.
Their secrets open only this sandbox. Of each service: how to look at it, and
the variables by which its client's from_env() finds it. Once all of them are
set, this exports everything:

agilekit export flyingdonut kanbantool easybacklog flow --to backup.sqlite{beyond}

{told}"""


def _service(name: str, header: str, address: str, **variables: str) -> str:
    prefix = f"AGILEKIT_{name.replace(' ', '').upper()}_"
    exports = " \\\n".join(f"  {prefix}{key}={value}" for key, value in variables.items())
    return f"""\
{name}

curl -H '{header}' \\
  {address}

export \\
{exports}"""
