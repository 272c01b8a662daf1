"""What a body holds: attributes with their values and versions, each checked.

Everything that is not as documented is refused with 400 and the reason, and then nothing of the
request is done.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, NoReturn, cast, get_args

from agilekit.sandbox.flyingdonut.state import Number, TaskState
from agilekit.sandbox.messages import Json, Refusal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from agilekit.sandbox.flyingdonut.project import Project

_LARGEST: Final = 10**15
_NUMERIC: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_STATES: Final[tuple[TaskState, ...]] = get_args(TaskState)


def _not_a_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def decode(body: bytes) -> Json:
    """The JSON of a body; ``NaN`` and ``Infinity``, which Python would read, are not JSON."""
    try:
        return cast("Json", json.loads(body, parse_constant=_not_a_number))
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "The body is not valid JSON") from error


def attributes(project: Project, payload: Json, known: Collection[str]) -> dict[str, Json]:
    """The attributes of one object, whose ``username`` must be allowed to write (else 403)."""
    if not isinstance(payload, dict):
        raise Refusal(400, "An object is expected")
    username = payload.get("username")
    if not isinstance(username, str) or not username:
        raise Refusal(400, "username is missing")
    if not project.may_write(username):
        raise Refusal(403, f"{username} is not a member with write permission")
    project.history.username = username
    attributes = {name: given for name, given in payload.items() if name != "username"}
    if unknown := sorted(attributes.keys() - known):
        raise Refusal(400, f"Unknown or read-only attributes: {', '.join(unknown)}")
    return attributes


def value_of(name: str, attribute: Json) -> Json:
    if not isinstance(attribute, dict) or "value" not in attribute:
        raise Refusal(400, f'{name} must be an object with a "value"')
    return attribute["value"]


def version_of(name: str, attribute: Json) -> int:
    number = attribute.get("version") if isinstance(attribute, dict) else None
    if isinstance(number, bool) or not isinstance(number, int):
        raise Refusal(400, f'{name} must have an integer "version"')
    return number


def title(value: Json) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Refusal(400, "title must be text and not empty")
    return value


def summary(value: Json) -> str:
    """The markdown of a summary; html that comes with it is ignored, the service makes its own."""
    if value is None or value == "":
        return ""
    text = value.get("markdown") if isinstance(value, dict) else None
    if not isinstance(text, str):
        raise Refusal(400, 'summary must be empty or an object with "markdown"')
    return text


def estimate(value: Json) -> Number | None:
    """A number, or one written as a string, as in the sample of Create Backlog Bucket Card."""
    if isinstance(value, str) and _NUMERIC.fullmatch(value):
        value = float(value) if "." in value else int(value)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > _LARGEST:
        raise Refusal(400, "estimate must be a finite number or null")
    return value


def reference(name: str, value: Json, known: Mapping[str, object]) -> str:
    identifier = value.get("$oid") if isinstance(value, dict) else None
    if not isinstance(identifier, str) or identifier not in known:
        raise Refusal(400, f'{name} must be {{"$oid": …}} of one that exists in the project')
    return identifier


def check_containers(attributes: Mapping[str, Json]) -> None:
    """A card may leave its bucket only for a sprint."""
    if "state" not in attributes or value_of("state", attributes["state"]) is not None:
        return
    if "iteration" not in attributes or value_of("iteration", attributes["iteration"]) is None:
        raise Refusal(400, "state can be null only together with an iteration")


def task_state(value: Json) -> TaskState:
    for state in _STATES:
        if value == state:
            return state
    raise Refusal(400, f"state must be one of {', '.join(_STATES)}")
