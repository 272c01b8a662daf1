"""The public names: all of the public packages, and those that the reference names beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Final

from attrs import frozen

__all__ = ["Name", "public_names"]

_REFERENCE: Final = Path(__file__).parents[2] / "docs" / "reference"
# What the reference finds in a module below one of these belongs to it, whichever module that is.
_PACKAGES: Final = (
    *("agilekit", "agilekit.events", "agilekit.errors"),
    *("agilekit.flyingdonut", "agilekit.flow", "agilekit.easybacklog", "agilekit.kanbantool"),
    *(
        "agilekit.connections",
        "agilekit.dlt",
        "agilekit.export",
        "agilekit.export.shards",
        "agilekit.export.testing",
    ),
    *("agilekit.report", "agilekit.dask", "agilekit.otel", "agilekit.sandbox"),
    "agilekit.blocking",
    *(f"agilekit.blocking.{service}" for service in ("flyingdonut", "flow", "easybacklog")),
    *("agilekit.blocking.kanbantool", "agilekit.blocking.dask"),
)
_SANDBOX_SERVICES: Final = tuple(
    f"agilekit.sandbox.{service}"
    for service in ("flyingdonut", "flow", "easybacklog", "kanbantool")
)
_DIRECTIVE: Final = re.compile(
    r"^\.\. auto(?:class|function|exception):: (?P<path>[\w.]+)(?P<parentheses>\(\))?\n"
    r"(?:   :(?P<option>(?:no-)?members):(?P<members>.*)\n)?",
    re.MULTILINE,
)


@frozen
class Name:
    """A public name, and how much of what it stands for is public."""

    package: str
    name: str
    value: object
    has_constructor: bool = True
    """Whether users make objects of the class themselves."""
    members: str = ""
    """A pattern that the public members of the class match, where not all are public."""


def public_names() -> dict[str, list[Name]]:
    """The public names of each package, in alphabetical order."""
    named = {(one.package, one.name): one for one in (*_documented(), *_listed())}
    packages = (*_PACKAGES, *_SANDBOX_SERVICES)
    return {
        package: sorted(
            (one for one in named.values() if one.package == package), key=lambda one: one.name
        )
        for package in packages
    }


def _listed() -> Iterator[Name]:
    hidden = {id(one.value) for one in _documented() if not one.has_constructor}
    for package in _PACKAGES:
        module = import_module(package)
        for name in module.__all__:
            value = getattr(module, name)
            yield Name(package, name, value, has_constructor=id(value) not in hidden)


def _documented() -> Iterator[Name]:
    for page in sorted(_REFERENCE.glob("*.md")):
        for found in _DIRECTIVE.finditer(page.read_text(encoding="utf-8")):
            module, _, name = found["path"].rpartition(".")
            members = {None: "", "no-members": "add_.*"}.get(
                found["option"], (found["members"] or "").strip().replace(", ", "|")
            )
            value = getattr(import_module(module), name)
            yield Name(_package(module), name, value, found["parentheses"] is None, members)


def _package(module: str) -> str:
    above = [one for one in (*_PACKAGES, *_SANDBOX_SERVICES) if f"{module}.".startswith(f"{one}.")]
    return max(above, key=len)
