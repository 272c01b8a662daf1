"""What a call gives has one plain form, whichever form its answer came in."""

from __future__ import annotations

import json
from typing import Any, Final, cast

import attrs
import pytest

from agilekit import EasyBacklog, Flow, KanbanTool
from agilekit.session.client import Client
from agilekit.wire.json import JSON
from agilekit.wire.serializable import Serializable
from tests.calls import Call
from tests.contract.services import SERVICES
from tests.each import each
from tests.session.scripted import Say, Scripted
from tests.wire.test_generated import MODELS

pytestmark = pytest.mark.anyio

CALLS: Final = [
    (service.name, cast("Call[Any]", call))
    for service in SERVICES
    for call in service.calls
    if getattr(call, "xml", None) and getattr(call, "json", None) is not None
]
IN_ONE_FORM_ONLY: Final = {
    field.name
    for _, cls in MODELS
    for field in attrs.fields(cls)
    if field.eq is False and field.name != "raw"
}
"""What does not count when two entities are compared."""


def client(service: str, server: Scripted, format: Any) -> Client:
    if service == "flow":
        return Flow("midori", key="5ec2e700", user_id=1, format=format, transport=server)
    if service == "easybacklog":
        url = "https://localhost:3000/api"
        return EasyBacklog(url, token="5ec2e700", format=format, transport=server)
    return KanbanTool("mycompany", token="5ec2e700", format=format, transport=server)


def plain(found: object) -> JSON:
    if isinstance(found, list):
        return [plain(one) for one in cast("list[object]", found)]
    return comparable(found.to_dict()) if isinstance(found, Serializable) else str(found)


def comparable(data: JSON) -> JSON:
    if isinstance(data, list):
        return [comparable(part) for part in data]
    if isinstance(data, dict):
        shown = {name: part for name, part in data.items() if name not in IN_ONE_FORM_ONLY}
        return {name: comparable(part) for name, part in shown.items()}
    return data


@each("service, call", CALLS)
async def test_an_answer_in_xml_has_the_plain_form_of_the_same_in_json(
    service: str, call: Call[Any]
) -> None:
    found: list[JSON] = []
    bodies = {"json": json.dumps(call.json).encode(), "xml": cast("str", call.xml).encode()}
    for format, body in bodies.items():
        async with client(service, Scripted(Say(body)), format) as one:
            found.append(plain(await call.make(one)))
    assert found[0] == found[1]


def test_the_calls_are_those_of_three_services() -> None:
    assert len({service for service, _ in CALLS}) == 3
    assert len(CALLS) > 40
    assert {"deletable", "snapshots", "data", "replaced"} == IN_ONE_FORM_ONLY
