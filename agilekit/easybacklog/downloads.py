"""Backlogs and snapshots as files: spreadsheets and story cards.

Source: easyBacklog API documentation, "Retrieve a Backlog", Excel (XLS) and PDF.
"""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Final, Literal, TypeAlias

from agilekit.checks import check_choice, id_of
from agilekit.easybacklog.models import Sprint, Theme
from agilekit.errors import InvalidInput
from agilekit.session.download import download
from agilekit.session.session import Session
from agilekit.wire.json import JSON
from agilekit.wire.route import Route

__all__ = ["FoldSide", "PageSize", "PrintFormat", "download_document"]

PrintFormat: TypeAlias = Literal["xls", "pdf"]
PageSize: TypeAlias = Literal["A4", "LETTER"]
FoldSide: TypeAlias = Literal["short", "long"]

_ACCEPTED: Final[Mapping[str, str]] = {
    "xls": "application/vnd.easybacklog+xls; version=1.0",
    "pdf": "application/vnd.easybacklog+pdf; version=1.0",
}
_TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    "xls": ("application/vnd.ms-excel", "application/vnd.easybacklog+xls"),
    "pdf": ("application/pdf", "application/vnd.easybacklog+pdf"),
}
"""The media types of the answers."""


async def download_document(
    session: Session,
    route: Route[object],
    ids: Mapping[str, object],
    to: str | PathLike[str],
    *,
    format: object,
    print_scope: object,
    page_size: object,
    fold_side: object,
) -> Path:
    """Makes the file `to`. Raises InvalidInput for what cannot be asked for."""
    format = check_choice("format", format, _ACCEPTED)
    query: dict[str, JSON] = {
        **_scope(print_scope),
        # The published server knows the sizes only in capitals, unlike the document.
        **_chosen("page_size", page_size, ("A4", "LETTER")),
        **_chosen("fold_side", fold_side, ("short", "long")),
    }
    # Source: "Retrieve a Backlog", PDF: what is printed, and on what, is asked only of a PDF.
    if format == "xls" and query:
        raise InvalidInput(f"{', '.join(query)}: only a pdf has it")
    accept, types = _ACCEPTED[format], _TYPES[format]
    return await download(session, route, ids, query, accept=accept, types=types, to=to)


def _scope(wanted: object) -> dict[str, JSON]:
    match wanted:
        case None:
            return {}
        case Sprint():
            return {"print_scope": f"sprint-{id_of(wanted, Sprint)}"}
        case Theme():
            return {"print_scope": f"theme-{id_of(wanted, Theme)}"}
        case _:
            raise InvalidInput(f"print_scope must be a sprint or a theme, not {wanted!r:.60}")


def _chosen(name: str, value: object, values: tuple[str, ...]) -> dict[str, JSON]:
    return {} if value is None else {name: check_choice(name, value, values)}
