"""What ``agilekit sandbox`` prints once it listens."""

from __future__ import annotations

from typing import Final

from agilekit.sandbox import Sandbox
from agilekit.services import SERVICES
from agilekit.wire.urls import is_loopback

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
            "flyingdonut",
            f"Authorization: secret {donut.secret}",
            f"{url}{donut.base_path}/projects/{donut.project_id}",
            project=donut.project_id,
            secret=donut.secret,
            username=donut.username,
            base_url=f"{url}{donut.base_path}",
        ),
        _service(
            "kanbantool",
            f"X-KanbanToolToken: {kanban.token}",
            f"{url}{kanban.base_path}/boards.json",
            token=kanban.token,
            base_url=f"{url}{kanban.base_path}",
        ),
        _service(
            "easybacklog",
            f"Authorization: token {easy.token}",
            f"{url}{easy.base_path}/accounts",
            token=easy.token,
            base_url=f"{url}{easy.base_path}",
        ),
        _service(
            "flow",
            f"X-Flow-Authentication: {flow.key}",
            f"{url}{flow.base_path}/projects.json",
            board=flow.board_name,
            key=flow.key,
            user_id=str(flow.user_id),
            base_url=f"{url}{flow.base_path}",
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


def _service(name: str, header: str, address: str, **settings: str) -> str:
    service = SERVICES[name]
    exports = " \\\n".join(
        f"  {service.settings.variable(setting)}={value}" for setting, value in settings.items()
    )
    return f"""\
{service.title}

curl -H '{header}' \\
  {address}

export \\
{exports}"""
