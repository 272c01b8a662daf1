"""Files of connections that lead to a sandbox which is served at a URL."""

from __future__ import annotations

from pathlib import Path

from agilekit.sandbox import Sandbox


def connections_file(sandbox: Sandbox, url: str, folder: Path) -> Path:
    """One connection for each project of Flying Donut, and one for each other service."""
    donut, flow = sandbox.flyingdonut, sandbox.flow
    easy, kanban = sandbox.easybacklog, sandbox.kanbantool
    tables = [
        f'[connections."donut {index}"]\nservice = "flyingdonut"\nproject = "{one.id}"\n'
        f'secret = "{one.secret}"\nbase_url = "{url}{donut.base_path}"\n'
        for index, one in enumerate(donut.projects.values())
    ]
    tables.append(
        f'[connections.flow_]\nservice = "flow"\nboard = "midori"\nkey = "{flow.key}"\n'
        f'base_url = "{url}{flow.base_path}"\n'
    )
    tables.append(
        f'[connections.stories]\nservice = "easybacklog"\ntoken = "{easy.token}"\n'
        f'base_url = "{url}{easy.base_path}"\n'
    )
    tables.append(
        f'[connections.boards]\nservice = "kanbantool"\ntoken = "{kanban.token}"\n'
        f'base_url = "{url}{kanban.base_path}"\n'
    )
    file = folder / "agilekit.toml"
    file.write_text("\n".join(["secrets_in_this_file = true\n", *tables]), encoding="utf-8")
    return file
