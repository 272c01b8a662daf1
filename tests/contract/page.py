"""The table of the page docs/coverage.md, made from the routes when the documentation is built."""

from __future__ import annotations

from functools import cache

from tests.contract.headings import Heading
from tests.contract.services import SERVICES, Service


@cache
def table() -> str:
    """What the page lists, in Markdown."""
    return "".join(_section(service) for service in SERVICES)


def _section(service: Service) -> str:
    calls = len({(op.method, op.path) for op in service.ops.values()})
    text = f"\n## {service.title}\n\n{calls} calls.\n"
    for title, headings in service.documents.items():
        text += f"\n### {title}\n\n| heading | call | method |\n|---|---|---|\n"
        text += "".join(line for heading in headings for line in _lines(service, heading))
    return text


def _lines(service: Service, heading: Heading) -> list[str]:
    if not isinstance(heading, str):
        return [f"| {heading[0]} | | {heading[1]} |\n"]
    lines: dict[str, list[str]] = {}
    for name, ops in service.methods.items():
        for op in ops:
            if op.heading == heading:
                lines.setdefault(f"`{op.method} {op.path}`", []).append(f"`{name}`")
    return [
        f"| {heading} | {call} | {', '.join(dict.fromkeys(methods))} |\n"
        for call, methods in lines.items()
    ]
