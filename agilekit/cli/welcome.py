"""What ``agilekit sandbox`` prints when it listens."""

from __future__ import annotations

from agilekit.sandbox import Sandbox

__all__ = ["welcome"]


def welcome(sandbox: Sandbox, url: str) -> str:
    """What to paste into a shell: for each service a first request, and its variables."""
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
Four fake services are listening at {url}. Ctrl-C stops them.
Their secrets open this sandbox alone. Of each service: how to look at it, and
the variables by which its client's from_env() finds it. `agilekit export` needs
those of Flying Donut.

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
