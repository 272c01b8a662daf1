"""A whole generated module: its members, and the imports that they need."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import fill
from typing import Final

from attrs import frozen

import agilekit
from scripts.blocking.members import WIDTH, Aliases, class_lines, function_lines, in_words
from scripts.blocking.source import Source

__all__ = ["Made", "client_package", "module_text"]

_HELPERS: Final = {
    "AnyClient": "clients",
    "Listing": "listing",
    "WrappedClient": "wrapped",
    "WrappedResource": "wrapped",
    "C_co": "wrapped",
    "async_client": "clients",
    "async_clients": "clients",
    "rows_here": "project_rows",
    "run": "portal",
    "taken_here": "drafts",
    "wrapped": "wrapped",
}
"""The modules of what is written by hand."""


@frozen
class Made:
    """A module that is generated."""

    module: str
    """Its name below ``agilekit``."""
    sources: Sequence[Source]
    classes: Sequence[str] = ()
    """Those that become classes of it; if there are none, the functions become functions."""
    resources: Collection[str] = ()
    """Of a client: the classes of its resources."""

    @property
    def path(self) -> Path:
        return Path(agilekit.__file__).parent / f"{self.module.replace('.', '/')}.py"


def module_text(made: Made, all_made: Iterable[Made]) -> str:
    aliases: Aliases = {}
    members = list(_members(made, aliases))
    body = "\n\n\n".join(members)
    imports = _Imports(made, all_made, aliases)
    public = ", ".join(f'"{name}"' for name in sorted(_defined(body)))
    parts = [
        _docstring(made),
        "from __future__ import annotations",
        *imports.sections(body),
        f"__all__ = [{public}]",
    ]
    return "\n\n".join(parts) + f"\n\n\n{body}\n"


def client_package(service: str, client: str) -> str:
    """The package of a service, which gives its client."""
    return (
        f'"""{client}: the blocking client and its resources, generated like all below."""\n\n'
        f"from agilekit.blocking.{service}.client import {client}\n\n"
        f'__all__ = ["{client}"]\n'
    )


def _members(made: Made, aliases: Aliases) -> Iterator[str]:
    for source in made.sources:
        for name in made.classes:
            yield "\n".join(class_lines(source, name, made.resources, aliases))
        for function in () if made.classes else source.functions():
            yield "\n".join(function_lines(source, function, aliases))


def _docstring(made: Made) -> str:
    first = in_words(made.sources[0].docstring.partition("\n")[0])
    named = " and ".join(f"`agilekit.{source.module}`" for source in made.sources)
    told = f"Generated from {named} by ``python -m scripts.blocking``."
    return f'"""{first}\n\n{fill(told, WIDTH)}\n"""'


def _defined(body: str) -> set[str]:
    return {
        node.name
        for node in ast.parse(body).body
        if isinstance(node, ast.ClassDef | ast.FunctionDef)
    }


@frozen
class _Imports:
    """What a module imports, in the order that ruff wants."""

    made: Made
    all_made: Iterable[Made]
    aliases: Aliases

    def sections(self, body: str) -> Iterator[str]:
        named = {node.id for node in ast.walk(ast.parse(body)) if isinstance(node, ast.Name)}
        used = {name for name in named - _defined(body) if self._is_imported(name)}
        late = sorted(name for name in used if self._source(name).is_late(name))
        checked = {name for name in used if self._source(name).is_for_checkers(name)}
        at_once = {name: self._home(name) for name in used - checked}
        at_once |= {"TYPE_CHECKING": ("typing", "TYPE_CHECKING")} if checked else {}
        at_once |= {"FirstUse": ("agilekit.first_use", "FirstUse")} if late else {}
        ours = {name for name, (module, _) in at_once.items() if module.startswith("agilekit")}
        for some in (at_once.keys() - ours, ours):
            if some:
                yield "\n".join(_statements({name: at_once[name] for name in some}))
        if checked:
            lines = _statements({name: self._home(name) for name in checked})
            block = ["if TYPE_CHECKING:", *(f"    {line}" for line in lines)]
            loads = [f'    {name} = FirstUse("{".".join(self._home(name))}")' for name in late]
            yield "\n".join([*block, *(["else:", *loads] if late else [])])

    def _is_imported(self, name: str) -> bool:
        """Whether it is not an argument, a variable or built in."""
        sources = self.made.sources
        known = any(one.import_of(name) or one.defines(name) for one in sources)
        return known or name in _HELPERS or name in self.aliases

    def _home(self, name: str) -> tuple[str, str]:
        """The module and the name there."""
        if name in self.aliases:
            return self.aliases[name]
        if name in _HELPERS:
            return f"agilekit.blocking.{_HELPERS[name]}", name
        source = self._source(name)
        home = source.import_of(name) or (f"agilekit.{source.module}", name)
        for made in self.all_made:
            if name in made.classes and home[0] == f"agilekit.{made.sources[0].module}":
                return f"agilekit.{made.module}", name
        return home

    def _source(self, name: str) -> Source:
        """The one that imports a name, or defines it."""
        knowing = [one for one in self.made.sources if one.import_of(name) or one.defines(name)]
        return (knowing or list(self.made.sources))[0]


def _statements(homes: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    plain = defaultdict[str, list[str]](list)
    statements: list[tuple[str, str, str]] = []
    for name, (module, there) in homes.items():
        if not there:
            statements.append(("", module, f"import {module}"))
        elif name == there:
            plain[module].append(name)
        else:
            statements.append((module, there, f"from {module} import {there} as {name}"))
    for module, names in plain.items():
        names.sort(key=lambda one: (not one.isupper(), not one[0].isupper(), one.lower()))
        statements.append((module, names[0], _from(module, names)))
    yield from (text for _, _, text in sorted(statements))


def _from(module: str, names: Sequence[str]) -> str:
    one = f"from {module} import {', '.join(names)}"
    if len(one) <= WIDTH:
        return one
    return "\n".join([f"from {module} import (", *(f"    {name}," for name in names), ")"])
