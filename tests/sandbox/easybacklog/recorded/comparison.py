"""Two forms of an answer that can be compared: what is expected, and what came."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from xml.etree import ElementTree as ET

from tests.sandbox.easybacklog.recorded.exchange import ID, TIME, Refused, Whole, Xml

if TYPE_CHECKING:
    from agilekit.sandbox.messages import Json
    from tests.sandbox.easybacklog.recorded.exchange import Answer, Shape

Element: TypeAlias = "tuple[str, str | None, str | list[Element] | None]"

_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(Z| UTC|(?=\+))")
_NO_IDS: Final = frozenset({"unique_id", "scoring_rule_id", "sprint_story_status_id"})
_DATES: Final = frozenset({"start_on", "starts_on", "completed_on", "not_ready_since"})
_ITEMS: Final = {
    "stories": "story",
    "criteria": "criterion",
    "acceptance_criteria": "acceptance_criterion",
    "sprint_stories": "sprint_story",
    "statuses": "status",
}
_NULLS: Final = {
    "account_id": "integer",
    "company_id": "integer",
    "default_rate": "integer",
    "default_use_50_90": "boolean",
    "default_velocity": "decimal",
    "locale_id": "integer",
    "not_ready_since": "date",
    "rate": "integer",
    "score_50": "decimal",
    "score_90": "decimal",
    "scoring_rule_id": "integer",
    "use_50_90": "boolean",
    "velocity": "decimal",
}


def expected(answer: Answer) -> object:
    match answer:
        case Xml():
            return _element(answer.root, answer.value, of_hash=answer.of_hash)
        case Whole():
            return ET.canonicalize(re.sub(r"\n\s*", "", answer.text))
        case Refused():
            return [*answer.errors] or answer.names
        case _:
            return json.dumps(answer, sort_keys=True, indent=1, default=float)


def came(body: bytes, answer: Answer) -> object:
    """The same of an answer that came; of errors, what was expected of them if it is there."""
    match answer:
        case Xml():
            return _read(ET.fromstring(body))  # noqa: S314 - the sandbox's own
        case Whole():
            text = re.sub(r"\b((?:\w+_)?id)=\"\d+\"", _masked, body.decode())
            return ET.canonicalize(re.sub(r">\s+<", "><", _TIME.sub(TIME, text)))
        case Refused():
            return _refusal(body, answer)
        case _:
            return json.dumps(_plain("", json.loads(body)), sort_keys=True, indent=1)


def _masked(found: re.Match[str]) -> str:
    return found[0] if found[1] in _NO_IDS else f'{found[1]}="ID"'


def _is_id(name: str) -> bool:
    return name not in _NO_IDS and (name == "id" or name.endswith("_id"))


def _plain(name: str, value: Json) -> object:
    match value:
        case dict():
            return {key: _plain(key, one) for key, one in value.items()}
        case list():
            return [_plain(name, one) for one in value]
        case str():
            return _TIME.sub(TIME, value)
        case int() if _is_id(name):
            return ID
        case _:
            return value


def _refusal(body: bytes, answer: Refused) -> object:
    if answer.xml:
        root = ET.fromstring(body)  # noqa: S314 - the sandbox's own
        found: dict[str, Any] = {child.tag: child.text for child in root}
        errors = [str(one.text) for one in root.iter("error")]
        if root.tag != "response":
            return root.tag
    else:
        found = json.loads(body)
        errors = found.get("errors", [])
    if set(found) != {"status", "message"} | ({"errors"} if answer.errors else set()):
        return sorted(found)
    if found["status"] != "error" or (errors and found["message"] != ", ".join(errors)):
        return found
    if not answer.errors:
        return answer.names if answer.names in found["message"] else found["message"]
    pairs = zip(answer.errors, errors, strict=False)
    if len(errors) == len(answer.errors) and all(it.startswith(head) for head, it in pairs):
        return [*answer.errors]
    return errors


def _element(name: str, value: Shape, *, of_hash: bool) -> Element:
    tag = name.replace("_", "-")
    match value:
        case None:
            return tag, None if of_hash else _NULLS.get(name), None
        case dict():
            inside = [_element(key, one, of_hash=of_hash) for key, one in value.items()]
            return tag, None, sorted(inside, key=lambda it: it[0])
        case list():
            item = _ITEMS.get(name) or name.removesuffix("s")
            return tag, "array", [_element(item, one, of_hash=of_hash) for one in value]
        case "ID" if name.startswith("parent_"):
            return tag, "yaml", "--- ID\n"
        case str() if value.startswith(TIME) and name != "not_ready_since":
            return tag, "datetime", value
        case str() if name in _DATES:
            return tag, "date", value
        case bool():
            return tag, "boolean", str(value).lower()
        case int() | "ID":
            return tag, "Integer" if of_hash else "integer", str(value)
        case float():
            return tag, "float", str(value)
        case Decimal():
            return tag, "decimal", str(value)
        case _:
            return tag, None, value


def _read(element: ET.Element) -> Element:
    name, kind = element.tag.replace("-", "_"), element.get("type")
    if element.get("nil") == "true":
        return element.tag, kind, None
    children = [_read(child) for child in element]
    if kind == "array":
        return element.tag, kind, children
    if children:
        return element.tag, kind, sorted(children, key=lambda it: it[0])
    text = _TIME.sub(TIME, element.text or "")
    return element.tag, kind, re.sub(r"\d+", ID, text) if _is_id(name) else text
