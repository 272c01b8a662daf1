"""FastAPI answers with entities in whichever way a function gives them to it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from agilekit import AnyVersioned, VersionConflict, Versioned, plain
from agilekit.errors import ConflictDetail
from agilekit.flyingdonut import Card, Task
from agilekit.flyingdonut.decoders import DECODER
from agilekit.kanbantool import Task as KanbanTask
from agilekit.wire.serializable import Serializable
from tests.each import each
from tests.payloads.flyingdonut import FETCH_CARD
from tests.wire.test_serializable import ANSWERED, entities

pytestmark = pytest.mark.anyio

CARD: Final[Card] = DECODER.one(Card)(json.loads(json.dumps(FETCH_CARD)))
TASK: Final = Task(title=Versioned("Half an emoji \ud83d", 1))
Endpoint = Callable[[], Awaitable[Any]]


async def answer(endpoint: Endpoint, **how: Any) -> httpx.Response:
    app = FastAPI()
    app.get("/", **how)(endpoint)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://cards"
    ) as http:
        return await http.get("/")


async def annotated() -> Card:
    return CARD


async def one_of_two() -> Card | Task | None:
    return TASK


async def listed() -> list[Card | Task]:
    return [CARD, TASK]


async def by_name() -> dict[str, Card | KanbanTask]:
    return {"mine": CARD, "theirs": KanbanTask(id=3)}


async def without_annotation():  # type: ignore[no-untyped-def]
    return CARD


async def in_a_dict_without_annotation():  # type: ignore[no-untyped-def]
    return {"card": CARD, "others": [TASK], "title": CARD.title}


async def of_any_type() -> Any:
    return CARD


async def of_a_dict_of_anything() -> dict[str, Any]:
    return {"card": CARD, "others": [TASK], "title": CARD.title}


async def of_a_list_of_objects() -> list[object]:
    return [CARD, TASK, CARD.title]


class Page(BaseModel):
    """Names no type of what it holds."""

    model_config = ConfigDict(extra="allow")
    found: Any


async def in_a_model_without_types() -> Page:
    return Page.model_validate({"found": CARD, "next": TASK})


async def by_hand() -> JSONResponse:
    return JSONResponse(CARD.to_dict())


@each(
    "endpoint, how, expected",
    [
        (annotated, {}, CARD),
        (one_of_two, {}, TASK),
        (listed, {}, [CARD, TASK]),
        (by_name, {}, {"mine": CARD, "theirs": KanbanTask(id=3)}),
        (without_annotation, {}, CARD),
        (without_annotation, {"response_model": Card}, CARD),
        (without_annotation, {"response_model": None}, CARD),
        (
            in_a_dict_without_annotation,
            {},
            {"card": CARD, "others": [TASK], "title": CARD.title},
        ),
        (of_any_type, {}, CARD),
        (
            of_a_dict_of_anything,
            {},
            {"card": CARD, "others": [TASK], "title": CARD.title},
        ),
        (of_a_list_of_objects, {}, [CARD, TASK, CARD.title]),
        (in_a_model_without_types, {}, {"found": CARD, "next": TASK}),
        (by_hand, {}, CARD),
    ],
)
async def test_an_entity_is_answered_in_its_plain_form(
    endpoint: Endpoint, how: dict[str, Any], expected: object
) -> None:
    found = await answer(endpoint, **how)
    assert found.status_code == 200
    assert found.json() == plain(expected)


async def test_fields_can_be_left_out_of_an_answer() -> None:
    chosen = await answer(annotated, response_model_include={"id", "cid"})
    assert chosen.json() == {"id": CARD.id, "cid": CARD.cid}
    fewer = await answer(annotated, response_model_exclude={"title": {"version"}})
    assert fewer.json() == {**CARD.to_dict(), "title": {"value": CARD.title.value}}
    known = await answer(annotated, response_model_exclude_none=True)
    assert known.json()["value"] == {}
    assert "value" not in known.json()["owner"]


@each("service, cls", ANSWERED)
async def test_every_entity_can_be_answered_without_an_annotation(
    service: str, cls: type[Any]
) -> None:
    entity = next(entities(service, cls))

    async def endpoint() -> Any:
        return entity

    found = await answer(endpoint, response_model=None)
    assert found.json() == entity.to_dict()


async def test_what_an_error_holds_can_be_answered() -> None:
    detail = ConflictDetail[AnyVersioned](CARD.title, "Mine", Versioned("Theirs", 3))
    error = VersionConflict("it has changed", conflicts={"title": detail})
    assert plain(error.conflicts) == {
        "title": {
            "base": CARD.title.to_dict(),
            "mine": "Mine",
            "theirs": {"value": "Theirs", "version": 3},
            "reason": "changed by somebody else",
        }
    }


def test_an_encoder_of_json_needs_only_the_plain_form() -> None:
    held: dict[str, Serializable] = {"card": CARD, "title": CARD.title}
    assert json.loads(json.dumps(held, default=plain)) == plain(held)
