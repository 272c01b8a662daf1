"""The documentation agrees with the code, and every example in it runs."""

from __future__ import annotations

import ast
import inspect
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack, redirect_stdout
from importlib import import_module
from io import StringIO
from pathlib import Path
from types import CodeType
from typing import Final

import anyio
import click
import pytest
from anyio.from_thread import start_blocking_portal
from click.testing import CliRunner
from sybil import Example, Sybil
from sybil.parsers.myst import CodeBlockParser

from agilekit import EasyBacklog, Flow, FlyingDonut, KanbanTool
from agilekit.cli.commands import commands
from agilekit.export import TABLES
from agilekit.sandbox import Sandbox
from agilekit.session.client import Client
from agilekit.session.options import Options
from tests.each import each

ROOT: Final = Path(__file__).parent.parent
DOCS: Final = ROOT / "docs"
PAGES: Final = sorted([ROOT / "README.md", *DOCS.rglob("*.md")])
REFERENCE: Final = "\n".join(page.read_text() for page in (DOCS / "reference").glob("*.md"))
PUBLIC: Final = [
    f"{module}.{name}"
    for module in (
        "agilekit",
        "agilekit.flyingdonut",
        "agilekit.flow",
        "agilekit.easybacklog",
        "agilekit.kanbantool",
        "agilekit.sandbox",
        "agilekit.export",
        "agilekit.export.shards",
        "agilekit.export.testing",
        "agilekit.connections",
        "agilekit.dlt",
        "agilekit.report",
        "agilekit.dask",
        "agilekit.otel",
        "agilekit.blocking",
        "agilekit.blocking.dask",
    )
    for name in import_module(module).__all__
]
CLIENTS: Final[Mapping[str, Callable[[], Client]]] = {
    "donut": FlyingDonut.from_env,
    "flow": Flow.from_env,
    "easy": EasyBacklog.from_env,
    "kanban": KanbanTool.from_env,
}


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Sandbox]:
    """A server that ``from_env`` finds, and an empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    sandbox = Sandbox()
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(sandbox.serve()) as server,
    ):
        for name, value in _settings(sandbox, server.url).items():
            monkeypatch.setenv(f"AGILEKIT_{name}", value)
        yield sandbox


def _settings(sandbox: Sandbox, url: str) -> dict[str, str]:
    """The variables of every service but for their prefix."""
    donut, flow = sandbox.flyingdonut, sandbox.flow
    easy, kanban = sandbox.easybacklog, sandbox.kanbantool
    return {
        "FLYINGDONUT_PROJECT": donut.project_id,
        "FLYINGDONUT_SECRET": donut.secret,
        "FLYINGDONUT_USERNAME": donut.username,
        "FLYINGDONUT_BASE_URL": url + donut.base_path,
        "FLOW_BOARD": flow.board_name,
        "FLOW_KEY": flow.key,
        "FLOW_USER_ID": str(flow.user_id),
        "FLOW_BASE_URL": url + flow.base_path,
        "EASYBACKLOG_TOKEN": easy.token,
        "EASYBACKLOG_BASE_URL": url + easy.base_path,
        "KANBANTOOL_ACCOUNT": "lighthouse",
        "KANBANTOOL_TOKEN": kanban.token,
        "KANBANTOOL_BASE_URL": url + kanban.base_path,
    }


@pytest.mark.quick(16)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_example_of_a_page_runs_and_prints_what_the_page_says(
    page: Path, sandbox: Sandbox, anyio_backend: str
) -> None:
    reader = _Reader(anyio_backend)
    parsers = [
        CodeBlockParser(language="python", evaluator=reader.run),
        CodeBlockParser(language="text", evaluator=reader.compare),
        CodeBlockParser(language="console", evaluator=reader.run_commands),
    ]
    document = Sybil(parsers=parsers).parse(page)
    document.namespace["sandbox"] = sandbox
    for example in document.examples():
        example.evaluate()


class _Reader:
    """Does what a reader of one page does: runs each example, and looks at what it prints."""

    def __init__(self, backend: str) -> None:
        self._backend = backend
        self._printed: str | None = None

    def run(self, example: Example) -> None:
        source = "\n" * (example.line + example.parsed.line_offset) + example.parsed
        printed = StringIO()
        with redirect_stdout(printed):
            if re.search(r"^(async )?def test_", source, re.MULTILINE):
                _pytest(source)
            flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            code = compile(source, example.path, "exec", flags=flags, dont_inherit=True)
            if code.co_flags & inspect.CO_COROUTINE:
                names = _names(source)
                anyio.run(_awaited, code, names, example.namespace, backend=self._backend)
            else:
                exec(code, example.namespace)  # noqa: S102 - our own documentation
        self._printed = printed.getvalue()

    def compare(self, example: Example) -> None:
        """A ``text`` block right after an example is what it prints."""
        if self._printed is not None:
            assert self._printed == example.parsed
        self._printed = None

    def run_commands(self, example: Example) -> None:
        """A ``console`` block has commands after ``$``, and below each what a terminal shows."""
        terminal = {"FORCE_COLOR": "1", "COLUMNS": "80"}
        shown = ""
        for line in re.findall(r"^\$ (.+)$", example.parsed, re.MULTILINE):
            name, *arguments = shlex.split(line)
            assert name == "agilekit", line
            shown += f"$ {line}\n{CliRunner().invoke(commands, arguments, env=terminal).output}"
        assert shown == example.parsed


async def _awaited(code: CodeType, names: set[str], namespace: dict[str, object]) -> None:
    """Runs an example inside ``async with FlyingDonut.from_env() as donut`` and the like."""
    async with AsyncExitStack() as clients:
        for name in CLIENTS.keys() & names:
            namespace[name] = await clients.enter_async_context(CLIENTS[name]())
        await eval(code, namespace)  # noqa: S307 - our own documentation


def _names(source: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}


def _pytest(source: str) -> None:
    Path("test_example.py").write_text(source)
    Path("pytest.ini").write_text("[pytest]\n")  # keeps it from looking for one further up
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_example.py"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


@each("name", PUBLIC)
def test_every_public_name_is_in_the_reference(name: str) -> None:
    directive = r"^\.\. (?:auto)?(?:class|data|exception|function):: ([\w.]+)"
    listed = {_what(found) for found in re.findall(directive, REFERENCE, re.MULTILINE)}
    assert _what(name) in listed


def _what(name: str) -> object:
    """What a dotted name stands for; the name itself where it is no class or function."""
    module, _, bare = name.rpartition(".")
    value: object = getattr(import_module(module or "agilekit"), bare, None)
    return value if isinstance(value, type) or inspect.isfunction(value) else name


@pytest.mark.parametrize("option", Options.__annotations__)
def test_every_option_of_a_client_is_in_the_guide(option: str) -> None:
    assert f"| `{option}` |" in (DOCS / "guides" / "configuration.md").read_text()


@pytest.mark.parametrize("client", [FlyingDonut, Flow, EasyBacklog, KanbanTool])
def test_every_argument_and_variable_of_a_client_is_in_the_guide(client: type[Client]) -> None:
    page = (DOCS / "guides" / "configuration.md").read_text()
    sections = re.split(r"^##+ (.+)$", page, flags=re.MULTILINE)
    texts = dict(zip(sections[1::2], sections[2::2], strict=True))
    text = next(text for name, text in texts.items() if _bare(name) == _bare(client.__name__))
    arguments = inspect.signature(client).parameters.keys() - {"options"}
    assert set(re.findall(r"^\| `(\w+)`", text, re.MULTILINE)) == arguments
    source = inspect.getsource(inspect.getmodule(client) or client)
    variables = set(re.findall(r"AGILEKIT(?:_[A-Z]+)+", source))
    assert variables <= set(re.findall(r"^\| `(\w+)`", texts["From the environment"], re.MULTILINE))


def _bare(name: str) -> str:
    return name.replace(" ", "").lower()


def test_the_page_of_the_command_line_lists_every_command_and_option() -> None:
    sections = re.split(r"^## agilekit (\w+)$", (DOCS / "cli.md").read_text(), flags=re.MULTILINE)
    documented = {
        name: sorted(re.findall(r"^\| `(--[\w-]+)", text, re.MULTILINE))
        for name, text in zip(sections[1::2], sections[2::2], strict=True)
    }
    offered = {name: sorted(_options(command)) for name, command in commands.commands.items()}
    assert documented == offered


def _options(command: click.Command) -> set[str]:
    """The options of a command, or of all that a group has."""
    found = {
        option
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
        if option.startswith("--") and option != "--help"
    }
    if isinstance(command, click.Group):
        return found.union(*map(_options, command.commands.values()))
    return found


def test_no_link_of_the_readme_leads_nowhere() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / "README.md").read_text()):
        assert target in {"CONTRIBUTING.md", "LICENSE"} or (ROOT / target).exists(), target


def test_the_page_of_the_tables_names_every_column() -> None:
    page = (DOCS / "export.md").read_text()
    sections = re.split(r"^## (\w+)$", page, flags=re.MULTILINE)
    texts = dict(zip(sections[1::2], sections[2::2], strict=True))
    assert list(texts) == [table.name for table in TABLES]
    for table in TABLES:
        named = set(re.findall(r"`(\w+)`", texts[table.name]))
        own = {column.name for column in table.columns}
        missing = own - named - {"service", "host", "project_id", "raw"}
        assert table.name == "extras" or not missing, table.name
