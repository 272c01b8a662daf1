"""What is mistyped: an option of every command and every typed value, and the rest by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import click

__all__ = ["BUCKET", "BY_HAND", "WITHOUT_A_FILE", "mistakes_of", "write_files"]

_CONNECTIONS: Final = """\
[connections.logbook]
service = "flyingdonut"
project = "54744060c955ca8169c61ee6"
secret = { env = "NOT_SET" }

[connections.work]
service = "kanbantool"
account = "mycompany"
token = { file = "no.token" }

[connections.local]
service = "flyingdonut"
project = "54744060c955ca8169c61ee6"
username = "jane.smith"
secret = { file = "the.secret" }
base_url = "http://127.0.0.1:9/api"

[targets.warehouse]
to = "postgresql://agile@db.invalid/agile"
password = { env = "NOT_SET" }
"""

BUCKET: Final = "54744060c955ca8169c61ee7"

_FILES: Final = {
    "agilekit.toml": _CONNECTIONS,
    "the.secret": "not-a-real-secret",
    "empty.toml": "",
    "broken.toml": "[connections.work\n",
    "mistyped.toml": _CONNECTIONS.replace("account", "acount"),
    "unknown-service.toml": _CONNECTIONS.replace("kanbantool", "kanban"),
    "secret-inside.toml": _CONNECTIONS.replace('{ file = "no.token" }', '"0123456789abcdef"'),
    "cards.csv": "title\nPaint the door\n",
    "semicolons.csv": "title;summry\nPaint the door;Twice\n",
    "mistyped.csv": "titel\nPaint the door\n",
    "empty.csv": "",
    "broken.jsonl": '{"title": "Paint the door"}\n{"title": \n',
    "notes.txt": "Paint the door\n",
    "broken.sqlite": "this is not a database, although its name says so",
}

BY_HAND: Final[Mapping[str, Sequence[Sequence[str]]]] = {
    "agilekit": [["creat"], ["connection", "list"], ["--verson"]],
    "agilekit connections": [["lst"], ["chek"]],
    "agilekit connections check": [
        ["logbok"],
        ["logbook"],
        ["kanbantool"],
        ["--connections", "missing.toml"],
        ["--connections", "empty.toml"],
        ["--connections", "broken.toml"],
        ["--connections", "mistyped.toml"],
        ["--connections", "unknown-service.toml"],
        ["--connections", "secret-inside.toml"],
        ["--connections", "links.toml"],
        ["--connections", "latin.csv"],
    ],
    "agilekit connections list": [["logbook"], ["--connections", "missing.toml"]],
    "agilekit connections init": [
        [],
        ["--service", "flow"],
        ["--service", "flow", "--board", "midori", "--account", "mycompany"],
        ["--service", "kanbantool", "--account", "a/b", "--name", "second"],
        ["--service", "kanbantool", "--account", "mycompany"],
        ["--service", "kanbantool", "--account", "mycompany", "--name", "my work"],
        ["--service", "kanbantool", "--base-url", "http://kanban.invalid", "--name", "second"],
        ["--service", "kanbantool", "--account", "mycompany", "--secret-in", "evn:TOKEN"],
        ["--service", "kanbantool", "--account", "mycompany", "--secret-in", "keyring"],
        ["--service", "kanbantool", "--account", "mycompany", "--user", "--connections", "x.toml"],
    ],
    "agilekit create": [
        [],
        ["cards.csv"],
        ["missing.csv", "--to", "logbook"],
        ["cards.csv", "--to", "logbok", "--into", "5"],
        ["cards.csv", "--to", "flyingdonutt", "--into", "5"],
        ["cards.csv", "--to", "flyingdonut", "--into", "5"],
        ["cards.csv", "--to", "logbook"],
        ["cards.csv", "--to", "logbook", "--into", "5"],
        ["cards.csv", "--to", "logbook", "--kind", "stories", "--into", "5"],
        ["cards.csv", "--to", "work", "--into", "Maintenance"],
        ["cards.csv", "--to", "work", "--kind", "comments", "--into", "5"],
        ["mistyped.csv", "--to", "logbook", "--into", "5"],
        ["semicolons.csv", "--to", "logbook", "--into", "5"],
        ["empty.csv", "--to", "logbook", "--into", "5"],
        ["latin.csv", "--to", "logbook", "--into", "5"],
        ["broken.jsonl", "--to", "local", "--into", BUCKET, "--dry-run"],
        ["notes.txt", "--to", "logbook", "--into", "5"],
        ["cards.csv", "--to", "logbook", "--into", "5", "--delimiter", "::"],
        ["cards.csv", "--to", "logbook", "--into", "5", "--encoding", "utf-9"],
        ["cards.csv", "--to", "logbook", "--into", "5", "--map", "title"],
        ["cards.csv", "--to", "logbook", "--into", "5", "--map", "title=titel"],
        ["cards.csv", "--to", "local", "--into", BUCKET, "--mark", "sumary", "--no-journal"],
        ["cards.csv", "--to", "logbook", "--into", "5", "--journal", "x", "--no-journal"],
        ["cards.csv", "--to", "logbook", "--into", "5", "--failures", "cards.csv"],
        ["-", "--to", "logbook", "--into", "5"],
        ["-", "--to", "logbook", "--into", "5", "--format", "csv"],
        ["cards.csv", "--to", "logbook", "--into", "5", "--connections", "missing.toml"],
    ],
    "agilekit demo": [["more"], ["--keep", "folder"]],
    "agilekit export": [
        [],
        ["logbok", "--to", "backup.sqlite"],
        ["logbook", "--to", "backup.sqlite"],
        ["flow", "--to", "backup.sqlite"],
        ["--to", "backup.sqlite", "--connections", "missing.toml"],
        ["--to", "backup.sqllite"],
        ["--to", "backup.json"],
        ["--to", "no/such/folder/backup.sqlite"],
        ["--to", "warehous"],
        ["--to", "warehouse"],
        ["--to", "sqlite://backup"],
        ["--to", "postgres:/db/agile"],
        ["--to", "broken.sqlite"],
        ["--to", "backup.sqlite", "--only", "wrk"],
        ["logbook", "--to", "backup.sqlite", "--only", "work"],
        ["--to", "backup.sqlite", "--tables", "cards,peple"],
        ["--to", "backup.sqlite", "--workers", "2", "--dask", "tcp://host:8786"],
        ["flow", "--to", "backup.sqlite", "--workers", "2"],
        ["--verify", "missing.sqlite"],
        ["--verify", "broken.sqlite"],
        ["--verify", "backup.sqlite", "--to", "backup.sqlite"],
    ],
    "agilekit journal": [["shwo"]],
    "agilekit journal show": [
        [],
        ["missing.agilekit-journal"],
        ["folder"],
        ["cards.csv"],
        ["cards.csv", "--failures", "cards.csv"],
    ],
    "agilekit list": [
        [],
        ["logbook"],
        ["--connection", "wrk"],
        ["--connection", "logbook"],
        ["--connection", "flow"],
        ["--connection", "local", "--kind", "stories"],
        ["--connection", "local", "--kind", "tasks"],
        ["--connections", "missing.toml"],
    ],
    "agilekit report": [
        ["missing.sqlite"],
        ["folder"],
        ["broken.sqlite"],
        ["cards.csv"],
        ["backup.sqlite", "--connection", "work"],
        ["--connection", "wrk"],
        ["--connection", "work"],
        ["--connections", "missing.toml"],
    ],
    "agilekit sandbox": [
        ["demo"],
        ["--port", "70000"],
        ["--write-connections", "agilekit.toml"],
        ["--rate-limited", "0.7", "--garbage", "0.7"],
        ["--conflict-status", "500"],
        ["--seed", "empty", "--kanbantool-shift-pages"],
        ["--host", "192.0.2.1", "--port", "0"],
    ],
    "agilekit show": [
        [],
        ["5"],
        ["5", "--connection", "wrk"],
        ["5", "--connection", "logbook"],
        ["5", "--connection", "local", "--kind", "stories"],
        ["Paint", "the", "door", "--connection", "local"],
    ],
}
"""The mistakes that can be made with each command, besides those in one option."""

WITHOUT_A_FILE: Final[Mapping[str, Sequence[Sequence[str]]]] = {
    "agilekit connections check": [[]],
    "agilekit connections list": [[]],
    "agilekit create": [
        ["../work/cards.csv", "--to", "logbook", "--into", "5"],
        ["../work/cards.csv", "--to", "flwo", "--into", "5"],
    ],
    "agilekit export": [["--to", "backup.sqlite"], ["flwo", "--to", "backup.sqlite"]],
    "agilekit list": [[], ["--connection", "flwo"]],
    "agilekit report": [[]],
    "agilekit show": [["5"]],
}
"""Those in a folder in which no file of connections is found."""


def write_files(folder: Path) -> None:
    """The files that the mistakes name."""
    for name, text in _FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "latin.csv").write_bytes("title\nTür\n".encode("cp1252"))
    (folder / "links.toml").symlink_to("links.toml")
    (folder / "folder").mkdir()
    (folder / "folder" / "notes.txt").write_text("", encoding="utf-8")


def mistakes_of(path: Sequence[str], command: click.Command) -> Iterator[Sequence[str]]:
    """The arguments of every mistake with a command."""
    options = [one for one in command.params if isinstance(one, click.Option)]
    first = options[0].opts[0] if options else "--help"
    yield [f"{first}x"]
    for option in options:
        if (wrong := _wrong_value(option)) is not None:
            yield [option.opts[0], *[wrong] * option.nargs]
    yield from BY_HAND[" ".join(path)]


def _wrong_value(option: click.Option) -> str | None:
    """What its type refuses before the command begins; None if it takes everything."""
    match option.type:
        case click.Choice():
            return f"{option.type.choices[0]}x"
        case click.types.IntParamType() | click.types.FloatParamType():
            return "many"
        case click.Path():
            return "folder" if not option.type.dir_okay else "cards.csv"
        case _:
            return None
