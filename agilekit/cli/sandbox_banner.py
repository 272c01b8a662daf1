"""What ``agilekit sandbox`` prints once it listens."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Final

from agilekit.cli.sandbox_connections import is_of_this_machine, reachable, settings_of
from agilekit.connections.search import FILE
from agilekit.sandbox import Sandbox
from agilekit.services import SERVICES

__all__ = ["banner"]

_BEYOND: Final = """

This address is plain HTTP beyond this machine: from_env() refuses it, unless
you pass allow_http=True; a file of connections says allow_http = true."""
_WRITTEN: Final = """{file}
names them as connections until then. In another terminal{here}:

agilekit list --connection sandbox-kanbantool{option}
agilekit export{option} --to backup.sqlite

"""


def banner(sandbox: Sandbox, listening: str, file: Path | None = None) -> str:
    """What to paste into a shell: for each service a first request, and its variables.

    listening: ``http://HOST:PORT``. If HOST stands for every address of the machine, the loopback
    address is shown.
    file: a file of connections that leads to them.
    """
    url = reachable(listening)
    beyond = "" if is_of_this_machine(url) else _BEYOND
    settings = settings_of(sandbox, url)
    donut, kanban = sandbox.flyingdonut, sandbox.kanbantool
    easy, flow = sandbox.easybacklog, sandbox.flow
    requests = {
        "flyingdonut": (f"Authorization: secret {donut.secret}", f"/projects/{donut.project_id}"),
        "kanbantool": (f"X-KanbanToolToken: {kanban.token}", "/boards.json"),
        "easybacklog": (f"Authorization: token {easy.token}", "/accounts"),
        "flow": (f"X-Flow-Authentication: {flow.key}", "/projects.json"),
    }
    told = "\n\n".join(
        _service(name, header, f"{settings[name]['base_url']}{path}", **settings[name])
        for name, (header, path) in requests.items()
    )
    return f"""\
Four fake services are listening at {listening}. Ctrl-C stops them.
{_named_by(file)}Their secrets open only this sandbox. Of each service: how to look at it, and
the variables by which its client's from_env() finds it. Once all of them are
set, this exports everything:

agilekit export flyingdonut kanbantool easybacklog flow --to backup.sqlite{beyond}

{told}"""


def _named_by(file: Path | None) -> str:
    if file is None:
        return ""
    is_found = file.absolute() == Path(FILE).absolute()
    option = "" if is_found else f" --connections {shlex.quote(str(file))}"
    return _WRITTEN.format(file=file, option=option, here=", in this folder" if is_found else "")


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
