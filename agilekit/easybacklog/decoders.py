"""What an answer of easyBacklog is decoded to.

`DECODER` decodes an entity or an array of entities. What comes in another form, and what differs
between JSON and XML, is brought into the form of the others before.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeVar

from attrs import evolve

from agilekit.easybacklog.models import Backlog, Snapshot
from agilekit.wire.decode import Malformed, loose_elements, to_int
from agilekit.wire.decoder import Decoder
from agilekit.wire.generated import WHOLE, text_by
from agilekit.wire.json import JSON
from agilekit.wire.route import Decode
from agilekit.wire.times import from_iso

__all__ = ["DECODER", "backlog", "snapshot", "snapshots"]

E = TypeVar("E", Backlog, Snapshot)

_GROUPS: Final = ("manual_snapshots", "sprint_snapshots")
_NAMES: Final = {
    "completed": "completed?",
    "criteria": "acceptance_criteria",
    "total_expected_points_for_this_sprint": "total_expected_points",
}
_TEXT: Final = "#text"


def _time(value: JSON) -> datetime:
    # In attributes of XML a time is written as 2011-01-03 15:03:00 UTC.
    if isinstance(value, str) and value.count(" ") == 2:
        before, _, zone = value.rpartition(" ")
        value = before + zone.replace("UTC", "Z")
    return from_iso(value)


def _own_name(name: str) -> str:
    return name


def _id(value: object, _: object) -> int:
    return 0 if value is None or value == "" else to_int(value)


# An int that may not be null is an id.
DECODER: Final = Decoder(
    time=_time,
    keys=_own_name,
    loose=True,
    hooks={int: _id},
    usual_shapes={int: WHOLE, datetime: text_by(_time)},
)

_SNAPSHOTS: Final = DECODER.entities(Snapshot)


# Source: easyBacklog API documentation, "List the Snapshots".
def snapshots(data: JSON) -> list[Snapshot]:
    """The snapshots of both groups, those made by hand first."""
    if not isinstance(data, dict):
        return _SNAPSHOTS(data)  # an array, like any other listing
    if data.keys().isdisjoint(_GROUPS):
        raise Malformed(f"expected {' and '.join(_GROUPS)}, found {', '.join(data)!r:.60}")
    return [one for group in _GROUPS for one in _SNAPSHOTS(data.get(group) or [])]


# Source: easyBacklog API documentation, "Retrieve a Backlog". With its children, XML is another
# document than JSON: everything that is not a child is an attribute, some names differ, and a
# criterion is just text. The backlog is the root, or an element beside its sprints and snapshots.
def _of_either_format(decode: Decode[E]) -> Callable[[JSON], E]:
    def decode_plain(data: JSON) -> E:
        if not isinstance(data, dict):
            return decode(data)
        inner = data.get("backlog")  # if the backlog is not the root
        beside = {name: part for name, part in data.items() if name != "backlog"}
        try:
            plain = _renamed({**beside, **inner} if isinstance(inner, dict) else data)
        except RecursionError:
            raise Malformed("nested too deeply") from None
        return evolve(decode(plain), raw=data)  # raw is the answer as it came

    return decode_plain


def _renamed(node: JSON) -> JSON:
    if isinstance(node, list):
        return [_renamed(part) for part in node]
    if not isinstance(node, dict):
        return node
    made = {_NAMES.get(name, name): _renamed(part) for name, part in node.items()}
    if "sprint_story_id" in node:  # in XML that is the id of a sprint story
        made.setdefault("id", node["sprint_story_id"])
    if made.get("acceptance_criteria") is not None:
        made["acceptance_criteria"] = _criteria(made["acceptance_criteria"])
    return made


def _criteria(node: JSON) -> JSON:
    try:
        found = loose_elements(node)
    except ValueError as error:
        raise Malformed(f"acceptance criteria: {error}") from None
    return [_criterion(one) for one in found]


def _criterion(node: JSON) -> JSON:
    """An acceptance criterion that may be only its text, as an object."""
    if isinstance(node, str):
        return {"criterion": node}
    if isinstance(node, dict) and _TEXT in node:
        return {"criterion": node[_TEXT], **node}
    return node


backlog: Final = _of_either_format(DECODER.entity(Backlog))
snapshot: Final = _of_either_format(DECODER.entity(Snapshot))
