"""The parameters of a request: those of the query and those of the body, form fields or JSON."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import parse_qsl

from agilekit.sandbox.messages import Refusal

if TYPE_CHECKING:
    from agilekit.sandbox.messages import Json, Request

_NAME: Final = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_FORM: Final = "application/x-www-form-urlencoded"
_DEEPEST: Final = 32  # brackets in a name; one with more is taken as it is


def query_params(request: Request) -> dict[str, Json]:
    """The parameters of the query; ``task[name]=x`` is ``{"task": {"name": "x"}}``."""
    return _nested(request.query)


def body_params(request: Request) -> dict[str, Json]:
    """The parameters of the body, by its content type. Raises :class:`Refusal` (400)."""
    kind = request.headers.get("content-type", _FORM).partition(";")[0].strip().lower()
    if not request.body:
        return {}
    if kind == _FORM:
        return _nested(request.body.decode(errors="replace"))
    if kind == "application/json" or kind.endswith("+json"):
        try:
            data = cast("Json", json.loads(request.body))
        except (ValueError, RecursionError) as error:
            raise Refusal(400, "The body is not valid JSON") from error
        return data if isinstance(data, dict) else {}
    return {}


def merge(first: dict[str, Json], second: dict[str, Json]) -> dict[str, Json]:
    """The parameters of both; if both have one, the second's counts."""
    both = dict(first)
    for name, value in second.items():
        old = both.get(name)
        both[name] = (
            merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
        )
    return both


def _nested(encoded: str) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        whole = _NAME.fullmatch(name)
        head, *inner = [whole[1], *re.findall(r"\[([^\[\]]*)\]", whole[2])] if whole else [name]
        if len(inner) > _DEEPEST:
            head, inner = name, []
        _put(found, [head, *inner], value)
    return found


def _put(into: dict[str, Json], path: list[str], value: str) -> None:
    head, *rest = path
    if not rest:
        into[head] = value
    elif rest == [""]:  # name[]=a&name[]=b
        many = into.setdefault(head, [])
        if isinstance(many, list):
            many.append(value)
    else:
        inside = into.setdefault(head, {})
        if isinstance(inside, dict):
            _put(inside, rest, value)
