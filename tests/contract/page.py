"""docs/coverage.md, made from the route tables: ``python -m tests.contract.page``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.contract.headings import Heading
from tests.contract.services import SERVICES, Service

PAGE: Final = Path(__file__).parents[2] / "docs" / "coverage.md"

_OPENING: Final = """\
# Documented calls

Every heading of the services' documents, in their order, and where its subject is in the library.
Headings that each call repeats, such as *Arguments* or *Response*, are left out. Where a heading
has several URLs, each has a line.
"""


def page() -> str:
    """The page as it has to be."""
    return _OPENING + "".join(_section(service) for service in SERVICES)


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


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
