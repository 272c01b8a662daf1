"""An answer of success that shows no entity, or another one, is not a success."""

from __future__ import annotations

import json
from typing import Final

import pytest

from agilekit import DecodeError, UnknownOutcome
from agilekit.wire.json import JSON
from agilekit.wire.route import no_result
from tests.contract.services import SERVICES, AnyOp, Made, Service, named
from tests.each import each
from tests.session.scripted import Say, Scripted

pytestmark = pytest.mark.anyio

OTHER_OID: Final[JSON] = {"$oid": "f" * 24}
OTHER: Final[dict[str, JSON]] = {"id": 987654, "task_id": 987654}
NO_ENTITY: Final[dict[str, JSON]] = {
    "errors": {"errors": ["Name can't be blank"]},
    "no errors": {"errors": []},
    "an error": {"error": {"message": "no"}},
    "a message": {"status": "error", "message": "no"},
    "an empty object": {},
    "ids of null": dict.fromkeys(("id", "_id", "task_id", "project_id", "user_id", "col_id")),
    "ids of 0": dict.fromkeys(("id", "task_id", "project_id", "user_id", "col_id"), 0),
}
NEEDS_NONE: Final = ("Generating time report", "PUT /task", "DELETE ", "Deleting ")
"""The beginnings of the headings of calls whose answers may show nothing, or have any form."""


def ops_of(service: Service, call: Made) -> list[AnyOp]:
    return [op for op in service.ops.values() if op.heading == call.heading]


def shows_an_entity(service: Service, call: Made) -> bool:
    told = any(op.decode is no_result for op in ops_of(service, call))
    return not told and not call.heading.startswith(NEEDS_NONE)


def is_edit(service: Service, call: Made) -> bool:
    return service.name == "flyingdonut" and call.method == "PUT"


def may_be(service: Service, call: Made, body: JSON) -> bool:
    """Whether a body is one that an answer to a call may have."""
    is_burndown = "Burndown" in call.heading  # which has no identity of its own
    return (service.name == "flow" and body == {}) or (is_burndown and "_id" in str(body))


CALLS: Final = [
    (service, call)
    for service in SERVICES
    for call in service.calls
    if shows_an_entity(service, call) and not is_edit(service, call)
]
OF_ENTITIES: Final = [
    (service, call)
    for service in SERVICES
    for call in service.calls
    if any(op.entity_id for op in ops_of(service, call)) and not is_edit(service, call)
]


@each(("service", "call"), CALLS, ids=named)
async def test_an_answer_without_an_entity_is_not_a_success(service: Service, call: Made) -> None:
    bodies = [body for body in NO_ENTITY.values() if not may_be(service, call, body)]
    server = Scripted(*[Say(json.dumps(body).encode()) for body in bodies])
    async with service.at(server) as client:
        for body in bodies:
            with pytest.raises(DecodeError if call.method == "GET" else UnknownOutcome):
                pytest.fail(f"{body} gave {await call.make(client)}")


@each(("service", "call"), OF_ENTITIES, ids=named)
async def test_an_answer_of_another_entity_is_not_a_success(service: Service, call: Made) -> None:
    body = {"_id": OTHER_OID, "id": OTHER_OID} if service.name == "flyingdonut" else OTHER
    error = DecodeError if call.method == "GET" else UnknownOutcome
    async with service.at(Scripted(Say(body))) as client:
        with pytest.raises(error, match="asked for"):
            await call.make(client)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_read_of_one_entity_says_which(service: Service) -> None:
    of_lists = ("GET /item_history/item_type/item_id.format",)
    for op in service.ops.values():
        if op.method == "GET" and op.path.endswith("}") and op.heading not in of_lists:
            assert op.path.endswith(f"{{{op.entity_id}}}"), op.heading


@pytest.mark.parametrize(
    "service", [one for one in SERVICES if one.name != "flow"], ids=lambda service: service.name
)
async def test_an_element_of_a_list_without_an_id_is_not_an_entity(service: Service) -> None:
    lists = [call for call in service.calls if call.heading.startswith(("List", "Fetch"))]
    of_many = [call for call in lists if not any(op.entity_id for op in ops_of(service, call))]
    for call in of_many:
        if "Burndown" in call.heading or call.method != "GET":
            continue
        named: JSON = {"name": "n", "title": "t", "content": "c"}
        if "Backlog Cards" in call.heading:
            named = {"id": "b", "bucket": "B", "items": [{"errors": ["x"]}]}
        async with service.at(Scripted(Say([named]))) as client:
            with pytest.raises(DecodeError):
                await call.make(client)
