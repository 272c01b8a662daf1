"""The documentation agrees with the code, and every example in it runs."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from importlib import import_module
from io import StringIO
from pathlib import Path
from types import CodeType
from typing import Final

import anyio
import click
import pytest
from anyio.from_thread import start_blocking_portal
from sybil import Example, Sybil
from sybil.parsers.myst import CodeBlockParser

from agilekit import FlyingDonut
from agilekit.cli.commands import commands
from agilekit.flyingdonut import routes
from agilekit.sandbox import Sandbox
from agilekit.session.session import Options
from agilekit.wire.op import Op

ROOT: Final = Path(__file__).parent.parent
DOCS: Final = ROOT / "docs"
PAGES: Final = sorted([ROOT / "README.md", *DOCS.rglob("*.md")])
REFERENCE: Final = "\n".join(page.read_text() for page in (DOCS / "reference").glob("*.md"))
PUBLIC: Final = [
    f"{module}.{name}"
    for module in ("agilekit", "agilekit.flyingdonut", "agilekit.sandbox", "agilekit.export")
    for name in import_module(module).__all__
]


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Sandbox]:
    """A server that ``from_env`` finds, and an empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    sandbox = Sandbox()
    fake = sandbox.flyingdonut
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(sandbox.serve()) as server,
    ):
        for name, value in {
            "PROJECT": fake.project_id,
            "SECRET": fake.secret,
            "USERNAME": fake.username,
            "BASE_URL": server.url + fake.base_path,
        }.items():
            monkeypatch.setenv(f"AGILEKIT_FLYINGDONUT_{name}", value)
        yield sandbox


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_example_of_a_page_runs_and_prints_what_the_page_says(
    page: Path, sandbox: Sandbox, anyio_backend: str
) -> None:
    reader = _Reader(anyio_backend)
    parsers = [
        CodeBlockParser(language="python", evaluator=reader.run),
        CodeBlockParser(language="text", evaluator=reader.compare),
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
                anyio.run(_awaited, code, example.namespace, backend=self._backend)
            else:
                exec(code, example.namespace)  # noqa: S102 - our own documentation
        self._printed = printed.getvalue()

    def compare(self, example: Example) -> None:
        """A ``text`` block right after an example is what it prints."""
        if self._printed is not None:
            assert self._printed == example.parsed
        self._printed = None


async def _awaited(code: CodeType, namespace: dict[str, object]) -> None:
    """Runs an example inside ``async with FlyingDonut.from_env() as donut``."""
    async with FlyingDonut.from_env() as donut:
        namespace["donut"] = donut
        await eval(code, namespace)  # noqa: S307 - our own documentation


def _pytest(source: str) -> None:
    Path("test_example.py").write_text(source)
    Path("pytest.ini").write_text("[pytest]\n")  # keeps it from looking for one further up
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_example.py"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_in_the_reference(name: str) -> None:
    directive = r"^\.\. (?:auto)?(?:class|data|exception|function):: ([\w.]+)"
    listed = {_what(found) for found in re.findall(directive, REFERENCE, re.MULTILINE)}
    assert _what(name) in listed


def _what(name: str) -> object:
    """What a dotted name stands for; the name itself where it is no class or function."""
    module, _, bare = name.rpartition(".")
    value: object = getattr(import_module(module or "agilekit"), bare, None)
    return value if isinstance(value, type) or inspect.isfunction(value) else name


def test_the_table_of_calls_is_that_of_the_routes() -> None:
    rows = re.findall(
        r"^\| ([A-Z][\w ]+) \| `([A-Z]+) (\S+)` \| (.+) \|$",
        (DOCS / "coverage.md").read_text(),
        re.MULTILINE,
    )
    documented = dict.fromkeys(
        (op.heading, op.method, op.path) for op in vars(routes).values() if isinstance(op, Op)
    )
    assert [row[:3] for row in rows] == list(documented)
    assert len(rows) == 16


def test_the_table_of_calls_names_every_method_once() -> None:
    named = re.findall(r"`(\w+\.\w+)`", (DOCS / "coverage.md").read_text())
    resources: list[tuple[str, object]] = [
        (name, value)
        for name, value in vars(FlyingDonut("1", secret="5ec2e700")).items()
        if not name.startswith("_") and not isinstance(value, str)
    ]
    methods = [
        f"{name}.{method}"
        for name, resource in resources
        for method in dict[str, object](resource.__class__.__dict__)
        if not method.startswith("_")
    ]
    assert sorted(named) == sorted(methods)


@pytest.mark.parametrize("option", Options.__annotations__)
def test_every_option_of_a_client_is_in_the_guide(option: str) -> None:
    assert f"| `{option}` |" in (DOCS / "guides" / "configuration.md").read_text()


def test_the_page_of_the_command_line_lists_every_command_and_option() -> None:
    sections = re.split(r"^## agilekit (\w+)$", (DOCS / "cli.md").read_text(), flags=re.MULTILINE)
    documented = {
        name: sorted(re.findall(r"^\| `(--[\w-]+)", text, re.MULTILINE))
        for name, text in zip(sections[1::2], sections[2::2], strict=True)
    }
    offered = {
        name: sorted(
            option
            for parameter in command.params
            if isinstance(parameter, click.Option)
            for option in parameter.opts
            if option.startswith("--") and option != "--help"
        )
        for name, command in commands.commands.items()
    }
    assert documented == offered


def test_no_link_of_the_readme_leads_nowhere() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / "README.md").read_text()):
        assert target in {"CONTRIBUTING.md", "LICENSE"} or (ROOT / target).exists(), target
