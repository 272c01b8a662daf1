"""A sandbox behind a port, and a file of connections that leads to it."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from agilekit.cli.commands import commands
from agilekit.sandbox import Sandbox

VARIABLES = {
    "flyingdonut": "DONUT_SECRET",
    "flow": "FLOW_KEY",
    "easybacklog": "EASY_TOKEN",
    "kanbantool": "KANBAN_TOKEN",
}


class Served:
    """The command line, pointed at a sandbox."""

    def __init__(self, url: str, sandbox: Sandbox, folder: Path) -> None:
        self.url = url
        self.sandbox = sandbox
        self.file = folder / "agilekit.toml"
        self.secrets = {
            "DONUT_SECRET": sandbox.flyingdonut.secret,
            "FLOW_KEY": sandbox.flow.key,
            "EASY_TOKEN": sandbox.easybacklog.token,
            "KANBAN_TOKEN": sandbox.kanbantool.token,
        }
        donut = sandbox.flyingdonut
        self.add("donut", "flyingdonut", "secret", project=donut.project_id)
        self.add("board", "flow", "key", board="midori", user_id=1)
        self.add("stories", "easybacklog", "token")
        self.add("work", "kanbantool", "token", account="mycompany")

    def add(
        self, name: str, service: str, secret: str, *, base_url: str = "", **settings: object
    ) -> None:
        """One more connection in the file."""
        path = getattr(self.sandbox, service).base_path
        lines = [
            f"[connections.{name}]",
            f'service = "{service}"',
            f'base_url = "{base_url or self.url + path}"',
            f'{secret} = {{ env = "{VARIABLES[service]}" }}',
            *(f"{key} = {value!r}" for key, value in settings.items()),
        ]
        with self.file.open("a", encoding="utf-8") as stream:
            stream.write("\n".join(lines) + "\n\n")

    def run(self, *arguments: str | Path, **environment: str | None) -> Result:
        """Runs a command; its output holds no secret, whatever happens."""
        result = CliRunner().invoke(
            commands,
            [str(argument) for argument in arguments],
            env={"AGILEKIT_CONNECTIONS": str(self.file), **self.secrets, **environment},
        )
        for secret in self.secrets.values():
            assert secret not in result.output
        return result
