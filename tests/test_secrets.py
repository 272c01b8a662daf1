"""The secret goes into one header, and no message shows it. An answer stays as it came."""

from __future__ import annotations

import json
import logging
import pickle
import traceback
from collections.abc import Iterator
from typing import Final

import httpx
import pytest

from agilekit import AgilekitError, BadRequest, Created, Event, FlyingDonut, InvalidInput
from agilekit.flyingdonut import Card
from agilekit.sandbox import Faults, Sandbox
from agilekit.session.session import Session
from agilekit.wire.credential import Credential
from agilekit.wire.request import Server
from agilekit.wire.route import Route
from tests.each import each
from tests.ids import short
from tests.session.scripted import Say, Scripted, Step
from tests.virtual_time import in_virtual_time

pytestmark = pytest.mark.anyio

SECRET: Final = "hush68300163a5d8b2d71d60fff19f056ab3"
VALUES: Final = ("conflicts", "applied", "evidence", "details")
"""What an error holds of the user's data, exactly as the server does. No message tells it."""


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error with all that is attached to it."""
    if error is None:
        return
    yield error
    yield from chain(error.__cause__)
    yield from chain(error.__context__)


def told_by(error: BaseException) -> str:
    """Everything that an error shows, in every way to show it, but for values of the server."""
    parts = ["".join(traceback.format_exception(error))]
    for one in chain(error):
        parts += [str(one), repr(one), repr(one.args), repr(told_in(one))]
        if isinstance(one, AgilekitError):
            parts.append(repr(pickle.dumps((one.args, told_in(one)))))
    return "\n".join(parts)


def told_in(error: BaseException) -> dict[str, object]:
    """The attributes of an error, but for values of the server."""
    return {name: value for name, value in vars(error).items() if name not in VALUES}


def shown_by(result: object, step: Step) -> str:
    """What a call gives, unless the server itself put the secret there: then it is data."""
    said = isinstance(step, Say) and 200 <= step.status < 300 and SECRET in repr(step.body)
    return "" if said else repr(result)


def donut_of(server: httpx.AsyncBaseTransport, told: list[Event], retries: int = 1) -> FlyingDonut:
    return FlyingDonut(
        "p",
        secret=SECRET,
        username="u",
        retries=retries,
        transport=server,
        on_event=told.append,
    )


ECHO: Final = f"no such key: secret {SECRET}"
STEPS: Final[list[Step]] = [
    *(
        Say(body, status, {"retry-after": "0"})
        for status in (400, 401, 403, 404, 409, 422, 429, 500, 503)
        for body in ({"error": ECHO}, {SECRET: [ECHO]}, f"<html><title>{ECHO}</title>".encode())
    ),
    Say(ECHO.encode()),
    Say([ECHO]),
    Say({"_id": ECHO, "title": {"value": [ECHO], "version": ECHO}}),
    Say({"_id": {"$oid": "1"}, "title": {"value": ECHO, "version": 1}, SECRET: SECRET}),
    Say(b'{"a": "' + SECRET.encode(), cut_by=httpx.RemoteProtocolError(f"bad line: {ECHO}")),
    Say(status=302, headers={"location": f"https://evil.com/{SECRET}"}),
    Say(status=302, headers={"location": f"https://[{SECRET}"}),
    Say({}, headers={"content-encoding": SECRET[:20]}),
    httpx.ConnectError(ECHO),
    httpx.ReadError(ECHO),
    httpx.LocalProtocolError(f"Illegal header value b'{SECRET}'"),
]


@pytest.mark.quick(8)
@pytest.mark.parametrize("step", STEPS, ids=lambda step: repr(step)[:60])
async def test_nothing_shows_the_secret_when_a_server_echoes_it(
    step: Step, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told: list[Event] = []
    shown: list[str] = []
    async with donut_of(Scripted(step), told) as donut:
        for call in (
            lambda: donut.cards.get("c"),
            lambda: donut.cards.create("b", title="T"),
            lambda: donut.cards.update(Card(), title="T"),
            lambda: donut.cards.in_sprint("s"),
        ):
            try:
                shown.append(shown_by(await call(), step))
            except AgilekitError as error:
                shown.append(told_by(error))
    shown += [repr(event) + str(event) for event in told]
    assert SECRET not in "\n".join(shown)
    assert SECRET not in caplog.text


@pytest.mark.quick(19)
@pytest.mark.parametrize("step", STEPS, ids=lambda step: repr(step)[:60])
def test_nothing_of_a_bulk_job_shows_the_secret(
    anyio_backend: str, step: Step, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told: list[Event] = []

    async def main() -> str:
        async with donut_of(Scripted(Say([]), step), told) as donut:
            try:
                report = await donut.cards.create_many("b", [{"title": "T"}])
            except AgilekitError as error:
                return told_by(error)
            shown = [repr(report)]
            for one in report:
                if isinstance(one, Created):
                    shown.append(shown_by(one.item, step))
                else:
                    shown += [repr(one), told_by(one.error)]
            return "\n".join(shown)

    assert SECRET not in in_virtual_time(anyio_backend, main)
    assert SECRET not in repr(told) + caplog.text


async def test_what_a_server_echoes_stays_in_raw_and_is_redacted_in_a_refusal() -> None:
    echo = {"_id": {"$oid": "c"}, "colour": ECHO, SECRET: [SECRET]}
    server = Scripted(Say(echo), Say({"error": ECHO, SECRET: [{SECRET: ECHO}]}, 400))
    async with donut_of(server, []) as donut:
        card = await donut.cards.get("c")
        assert card.raw == echo
        with pytest.raises(BadRequest, match=r"no such key: secret \*{8}$") as caught:
            await donut.cards.get("c")
    redacted = "no such key: secret ********"
    assert caught.value.body == {"error": redacted, "********": [{"********": redacted}]}


@each("secret", ["hush/6830/0163", 'hush"quoted"0163', "hush\\back\\0163", "hush<6830>&'0163"])
@each("escape_slashes", [False, True])
async def test_an_echo_in_the_escapes_of_json_is_redacted_too(
    secret: str, escape_slashes: bool
) -> None:
    body = json.dumps({"error": f"no such key: {secret}"})
    if escape_slashes:
        body = body.replace("/", "\\/")  # as PHP writes them
    server = Scripted(Say(body.encode(), 400))
    async with FlyingDonut("p", secret=secret, transport=server) as donut:
        with pytest.raises(AgilekitError) as caught:
            await donut.cards.get("c")
    assert secret not in told_by(caught.value)
    assert secret not in repr(vars(caught.value))


@pytest.mark.parametrize(
    "faults",
    [
        Faults(),
        Faults(drop_before=1),
        Faults(cut_body=1),
        Faults(garbage=1),
        Faults(rate_limited=1, retry_after=0),
        Faults(bad_gateway=1),
        Faults(error_before=1),
    ],
    ids=short,
)
async def test_no_log_and_no_error_of_a_real_connection_shows_the_secret(
    faults: Faults, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in logging.root.manager.loggerDict:
        logging.getLogger(name).setLevel(logging.DEBUG)
    told: list[Event] = []
    shown: list[str] = []
    sandbox = Sandbox("empty", faults=faults)
    home = sandbox.flyingdonut
    async with sandbox.serve() as server:
        url = f"{server.url}{home.base_path}"
        async with FlyingDonut(
            home.project_id,
            secret=home.secret,
            username="u",
            base_url=url,
            retries=1,
            on_event=told.append,
        ) as donut:
            for call in (donut.project.get, lambda: donut.cards.create("b", title="T")):
                try:
                    shown.append(repr(await call()))
                except AgilekitError as error:
                    shown.append(told_by(error))
    assert home.secret not in "\n".join(shown)
    assert caplog.records
    assert home.secret not in caplog.text
    assert home.secret not in "\n".join(repr(record.__dict__) for record in caplog.records)
    assert home.secret not in repr(told)


async def test_no_object_of_the_client_shows_the_secret() -> None:
    server = Scripted(Say({}))
    credential = Credential.in_header("Authorization", "secret", SECRET, what="secret")
    where = Server.at("https://host/api", allow_http=False)
    request = where.request(Route[object]("Test", "GET", "/thing", lambda data: data), {})
    async with FlyingDonut("p", secret=SECRET, transport=server) as donut:
        listing = donut.buckets.all()
        objects: list[object] = [donut, donut.cards, donut.project, listing, listing.pages()]
        objects += [credential, where, request, Session("https://host", credential)]
        objects += [server.requests, *vars(donut).values()]
        for one in objects:
            assert SECRET not in f"{one!r} {one!s}"


async def test_the_secret_is_in_one_header_and_never_in_an_address() -> None:
    server = Scripted(Say({"_id": {"$oid": "c"}}))
    async with donut_of(server, []) as donut:
        await donut.cards.get("c")
        await donut.cards.create("b", title="T")
    for request in server.requests:
        assert SECRET not in str(request.url)
        assert SECRET.encode() not in request.content
        assert [name for name, value in request.headers.items() if SECRET in value] == [
            "authorization"
        ]


@pytest.mark.parametrize(
    "wrong", [f"{SECRET}\n", f"{SECRET} ", f" {SECRET}", f"{SECRET}\r\nX: y", f"ö{SECRET}", ""]
)
def test_a_secret_that_cannot_be_sent_is_refused_without_being_shown(wrong: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        FlyingDonut("p", secret=wrong)
    assert SECRET not in told_by(caught.value)


def test_plain_http_is_refused_without_showing_the_secret() -> None:
    with pytest.raises(InvalidInput, match="allow_http=True") as caught:
        FlyingDonut("p", secret=SECRET, base_url="http://example.com/api")
    assert SECRET not in told_by(caught.value)


async def test_a_short_secret_does_not_eat_the_words_of_the_data() -> None:
    answer = {"_id": {"$oid": "c"}, "colour": "card"}
    server = Scripted(Say(answer))
    async with FlyingDonut("p", secret="card", transport=server) as donut:
        assert (await donut.cards.get("c")).raw == answer
