"""How Sphinx builds the documentation."""

from __future__ import annotations

import re
import sys
from inspect import Parameter, getdoc, getsource, signature
from pathlib import Path
from typing import TYPE_CHECKING

from agilekit import __version__
from agilekit.demo import checks
from agilekit.demo.scenes import SCENES, Scene
from agilekit.export import TABLES, Table
from agilekit.export.target.views import VIEWS, View
from agilekit.sandbox.easybacklog import Store
from agilekit.sandbox.flow import Board
from agilekit.sandbox.flyingdonut import FlyingDonut, Project
from agilekit.sandbox.kanbantool import Account

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from sphinx.application import Sphinx

# What the tests have typed from the services' documents.
sys.path.append(str(Path(__file__).parents[1]))
from tests.contract.page import table

project = "agilekit"
author = "The agilekit authors"
copyright = author
version = release = __version__

extensions = ["sphinx.ext.autodoc", "myst_parser"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"agilekit {version}"
html_show_copyright = False
html_copy_source = False
default_role = "code"
pygments_style = "friendly"
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "undoc-members": True}
python_display_short_literal_types = True
python_maximum_signature_line_length = 88
python_use_unqualified_type_names = True

# Names of other libraries, and what stands only in annotations.
nitpick_ignore_regex = [
    ("py:.*", r"(anyio|attrs?|collections|datetime|httpx|httpx2|logging|opentelemetry)\..*"),
    ("py:.*", r"(os|pathlib|random|types|typing)\..*"),
    ("py:.*", r"(.*\.)?[A-Z](_co)?"),
    ("py:.*", r"agilekit\.(.*\.)?_[A-Za-z_]+"),
    ("py:.*", r"agilekit\.connections\.secrets\..*|agilekit\.export\.done\.DoneRule"),
    ("py:.*", r"agilekit\.export\.(generated|run_options|shards_plan)\..*"),
    (
        "py:.*",
        r"agilekit\.wire\..*|agilekit\.session\.(concurrency_limit|transport|session\.Session).*",
    ),
    ("py:.*", r"agilekit\.sandbox\.(faults|flyingdonut|messages|transport)\..*"),
    ("py:.*", r"agilekit\.sandbox\.\w+\.service\..*"),
    ("py:.*", r"Answers|Conflicts|Normalisation|Scope|Server|Way"),
    ("py:.*", r"DltSource|Pipeline"),
    ("py:.*", r"DaskClient|Destination|DoneNames|OnError|OnProgress"),  # beside a type of an extra
]

STATES: dict[type[object], str] = {
    FlyingDonut: "`sandbox.flyingdonut`",
    Project: "Each of `sandbox.flyingdonut.projects`",
    Board: "`sandbox.flow`",
    Store: "`sandbox.easybacklog`",
    Account: "`sandbox.kanbantool`",
}
_PARAMETER = re.compile(r"(?P<name>[a-z_]+): (?P<text>\S.*)")


def _name_parameters(
    app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
) -> None:
    """Makes fields of the lines ``name: text`` that describe a parameter."""
    if not callable(obj):
        return
    try:
        parameters = signature(obj).parameters
    except ValueError:
        return
    inside = False
    for index, line in enumerate(lines):
        found = _PARAMETER.fullmatch(line)
        if found and found["name"] in parameters:
            lines[index] = f":param {found['name']}: {found['text']}"
            inside = True
        elif inside and line:
            lines[index] = f"    {line}"
        else:
            inside = False


def _list_tables(app: Sphinx, page: str, source: list[str]) -> None:
    """Puts what the code knows where its page asks for it."""
    if page == "reference/export":
        source[0] = source[0].replace("[the tables]: <>", "\n".join(map(_table, TABLES)))
        source[0] = source[0].replace("[the views]: <>", "\n".join(map(_view, VIEWS)))
    if page == "reference/sandbox":
        source[0] = source[0].replace("[the additions]: <>", "\n".join(map(_additions, STATES)))
    if page == "coverage":
        source[0] = source[0].replace("[the calls]: <>", table())
    if page == "guides/demo":
        source[0] = source[0].replace("[the programs]: <>", "\n".join(map(_program, SCENES)))
        source[0] = source[0].replace("[the checks]: <>", _code(checks))


def _table(table: Table) -> str:
    lines = [f"### {table.name}", "", table.meaning, "", "| column | type | meaning |", "|-|-|-|"]
    for column in table.columns:
        name = f"**{column.name}**" if column.name in table.key else column.name
        where = f" Found in {column.references}." if column.references else ""
        lines.append(f"| {name} | {column.type} | {column.meaning}{where} |")
    return "\n".join([*lines, ""])


def _view(view: View) -> str:
    return f"- `{view.name}`: {view.meaning}"


def _program(scene: Scene) -> str:
    title = f"{scene.service}: {scene.title}"
    return "\n".join([f"## {title}", "", scene.about, "", _code(scene.program)])


def _code(module: ModuleType) -> str:
    file = f"{module.__name__.replace('.', '/')}.py"
    return "\n".join([f"`{file}`:", "", "```python", getsource(module).rstrip(), "```", ""])


def _additions(state: type[object]) -> str:
    methods = [name for name in dir(state) if name.startswith("add_")]
    rows = [_addition(name, getattr(state, name)) for name in methods]
    return "\n".join([f"### {STATES[state]}", "", "| method | what it does |", "|-|-|", *rows, ""])


def _addition(name: str, method: Callable[..., object]) -> str:
    _, *parameters = signature(method).parameters.values()
    needed = [
        one.name
        for one in parameters
        if one.default is one.empty and one.kind is not Parameter.VAR_KEYWORD
    ]
    left_out = ["…"] if len(needed) < len(parameters) else []
    meaning = (getdoc(method) or "").partition("\n\n")[0].replace("\n", " ").replace("``", "`")
    return f"| `{name}({', '.join(needed + left_out)})` | {meaning} |"


def setup(app: Sphinx) -> None:
    app.connect("source-read", _list_tables)
    app.connect("autodoc-process-docstring", _name_parameters)
