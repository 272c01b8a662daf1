"""No message shows a secret, in whatever form and wherever a server repeats it."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from html import escape
from typing import Final, TypeAlias

import httpx
import pytest

from agilekit import (
    Abort,
    AgilekitError,
    Event,
    FlyingDonut,
    Force,
    UnknownOutcome,
    VersionConflict,
)
from agilekit.versioned import Versioned
from tests.each import each
from tests.secret_forms import FORMS, shows
from tests.session.scripted import Say, Scripted, Step
from tests.test_secrets import SECRET, chain, donut_of, told_by, told_in
from tests.virtual_time import in_virtual_time

Call: TypeAlias = Callable[[FlyingDonut], Awaitable[object]]

CALLS: Final[dict[str, Call]] = {
    "get": lambda donut: donut.cards.get("c"),
    "create": lambda donut: donut.cards.create("b", title="T"),
    "update": lambda donut: donut.cards.update("c", title="T", on_conflict=Force()),
}


def in_xml(text: str) -> bytes:
    return f"<errors><message>{escape(text)}</message></errors>".encode()


MESSAGES: Final[dict[str, Callable[[str], list[Step]]]] = {
    "a refusal": lambda text: [Say({"error": text}, 403)],
    "a refusal deep inside": lambda text: [Say({"a": [{"b": [{"c": [{"d": text}]}]}]}, 422)],
    "the key of a refusal": lambda text: [Say({"errors": {text: ["is wrong"]}}, 400)],
    "a refusal as text": lambda text: [Say(text.encode(), 404)],
    "a broken refusal": lambda text: [Say(json.dumps({"error": text}).encode()[:-1], 404)],
    "a refusal in UTF-16": lambda text: [Say(json.dumps({"error": text}).encode("utf-16"), 400)],
    "one in UTF-16 without a mark": lambda text: [Say(f"\u4e00{text}".encode("utf-16-be"), 400)],
    "a web page": lambda text: [Say(f"<html><title>{text}</title><p>{text}".encode(), 500)],
    "a refusal in XML": lambda text: [Say(in_xml(text), 409)],
    "a refusal behind a lost attempt": lambda text: [
        httpx.ReadError("lost"),
        Say({"error": text}, 400),
    ],
    "what is no JSON": lambda text: [Say(text.encode())],
    "a value of another kind": lambda text: [Say({"cid": text, "archived": {"value": text}})],
    "a list in the place of a card": lambda text: [Say([text, {text: 1}])],
    "a broken connection": lambda text: [httpx.ReadError(text)],
    "no connection": lambda text: [httpx.ConnectError(f"{text!r} {text.encode()!r}")],
}


@pytest.mark.quick(2)
@pytest.mark.parametrize("message", MESSAGES)
@each("form", FORMS)
def test_no_message_shows_the_secret_in_any_form(
    form: str, message: str, anyio_backend: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.clear()
    steps = MESSAGES[message](f"no such key: {FORMS[form](SECRET)}, sorry")
    told: list[Event] = []

    async def main() -> list[str]:
        return [await failure_of(call, Scripted(*steps), told) for call in CALLS.values()]

    shown = in_virtual_time(anyio_backend, main)
    assert not shows("\n".join([*dict.fromkeys([*shown, *map(repr, told)]), caplog.text]), SECRET)
    if "refusal" in message:
        assert "********" in "".join(shown)


async def failure_of(call: Call, server: Scripted, told: list[Event]) -> str:
    """Everything that a failure tells, but for its traceback."""
    async with donut_of(server, told) as donut:
        with pytest.raises(AgilekitError) as caught:
            await call(donut)
    return "\n".join(f"{one} {one!r} {told_in(one)}" for one in chain(caught.value))


@pytest.mark.quick(8)
@pytest.mark.anyio
@pytest.mark.parametrize("before", range(0, 64, 3))
async def test_no_message_shows_a_part_of_the_secret_where_a_value_is_cut(before: int) -> None:
    text = "-" * before + SECRET
    for body in ([text], {"cid": text}, {"title": {"value": [text], "version": text}}):
        shown = await failure_of(CALLS["get"], Scripted(Say(body)), [])
        assert SECRET[:5] not in shown
    header = {"content-encoding": text}
    shown = await failure_of(CALLS["get"], Scripted(Say({}, headers=header)), [])
    assert SECRET[:5] not in shown


@pytest.mark.anyio
async def test_a_body_with_the_secret_is_attached_to_no_error() -> None:
    for body in (b'{"a": "%s"' % SECRET.encode(), b"\xff%s" % SECRET.encode()):
        async with donut_of(Scripted(Say(body)), []) as donut:
            with pytest.raises(AgilekitError) as caught:
                await donut.cards.get("c")
        assert list(chain(caught.value)) == [caught.value]


@pytest.mark.anyio
async def test_a_conflict_holds_the_values_of_the_server_and_tells_none() -> None:
    card = {"_id": "c", "title": {"value": f"Rotate {SECRET}", "version": 5}}
    newer = {"_id": "c", "title": {"value": f"Rotate {SECRET}!", "version": 6}}
    async with donut_of(Scripted(Say(card), Say(newer, 409)), []) as donut:
        read = await donut.cards.get("c")
        with pytest.raises(VersionConflict) as caught:
            await donut.cards.update(read, title="T", on_conflict=Abort())
    assert caught.value.conflicts["title"].theirs == Versioned(f"Rotate {SECRET}!", 6)
    assert SECRET not in told_by(caught.value)


def test_an_unknown_outcome_tells_no_value_that_it_holds() -> None:
    held = {"title": Versioned(SECRET, 5)}
    error = UnknownOutcome("nobody knows", evidence=held, applied=held, method="PUT", path="/p")
    assert error.evidence == error.applied == held
    assert SECRET not in told_by(error)
