"""The client's arguments, and how it says who is calling."""

from __future__ import annotations

from base64 import b64encode
from typing import Any, cast

import pytest

from agilekit import AgilekitError, Event, InvalidInput, Redirected, Unauthorized
from agilekit.easybacklog import EasyBacklog
from agilekit.sandbox import Sandbox
from tests.each import each
from tests.easybacklog.server import BASE_URL, TOKEN, USER_ID, easy_at
from tests.payloads import easybacklog as samples
from tests.session.scripted import Say, Scripted

pytestmark = pytest.mark.anyio

VARIABLES = ("BASE_URL", "TOKEN", "USER_ID", "KEY")


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in VARIABLES:
        monkeypatch.delenv(f"AGILEKIT_EASYBACKLOG_{name}", raising=False)
    return monkeypatch


@each(
    "wrong",
    [
        {"base_url": ""},
        {"base_url": None},
        {"base_url": "ftp://host/api"},
        {"base_url": "http://example.org/api"},
        {"token": None},
        {"token": ""},
        {"token": "two words"},
        {"token": 5},
        {"user_id": 981},
        {"key": "k"},
        {"user_id": 981, "key": "k"},
        {"token": None, "user_id": 981},
        {"token": None, "key": "k"},
        {"token": None, "user_id": 0, "key": "k"},
        {"token": None, "user_id": "jane", "key": "k"},
        {"token": None, "user_id": True, "key": "k"},
        {"token": None, "user_id": 981, "key": ""},
        {"token": None, "user_id": 981, "key": 5},
        {"token": None, "user_id": 981, "key": "k", "token_in": "query"},
        {"token_in": "cookie"},
        {"token_in": None},
        {"token": 5, "token_in": "query"},
        {"format": "jsonp"},
        {"format": "JSON"},
        {"format": None},
        {"format": ["json"]},
        {"override": 1},
        {"override": None},
        {"concurrency": 0},
        {"timeout": 0},
    ],
    ids=lambda wrong: repr(wrong)[1:-1],
)
def test_an_argument_that_cannot_be_right_is_refused_at_once(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidInput) as caught:
        EasyBacklog(**cast("Any", {"base_url": BASE_URL, "token": TOKEN, **wrong}))
    assert TOKEN not in str(caught.value)


def test_plain_http_is_for_this_machine_unless_it_is_allowed() -> None:
    client = EasyBacklog("http://localhost:3000/api", token=TOKEN)
    assert client.base_url == "http://localhost:3000/api"
    client = EasyBacklog("http://example.org/api/", token=TOKEN, allow_http=True)
    assert client.base_url == "http://example.org/api"


async def test_a_token_goes_into_the_header_in_lower_case() -> None:
    server = Scripted(Say([]))
    async with easy_at(server) as easy:
        await easy.accounts.all()
    [request] = server.requests
    assert request.headers["authorization"] == f"token {TOKEN}"
    assert request.url.query == b""


async def test_a_user_and_a_key_go_by_basic_authentication() -> None:
    server = Scripted(Say([]))
    async with EasyBacklog(BASE_URL, user_id=USER_ID, key=TOKEN, transport=server) as easy:
        await easy.accounts.all()
    pair = b64encode(f"{USER_ID}:{TOKEN}".encode()).decode()
    assert server.requests[0].headers["authorization"] == f"Basic {pair}"


@pytest.mark.parametrize("override", [False, True])
async def test_a_token_in_the_query_stays_out_of_writes(override: bool) -> None:
    server = Scripted(Say({"name": "Acme"}, 201))
    async with EasyBacklog(
        BASE_URL, token=TOKEN, token_in="query", override=override, transport=server
    ) as easy:
        await easy.companies.get(604, 121)
        await easy.stories.get(100145, associated=True)
        await easy.companies.create(604, name="New company name")
        await easy.companies.update(604, 121, name="New company name")
        await easy.companies.delete(604, 121)
    company, story, *writes = server.requests
    assert company.url.query == f"api_key={TOKEN}".encode()
    assert dict(story.url.params) == {"include_associated_data": "true", "api_key": TOKEN}
    assert "authorization" not in company.headers
    assert len(writes) == 3
    for write in writes:
        assert TOKEN.encode() not in write.url.query + write.content
        assert write.headers["authorization"] == f"token {TOKEN}"


async def test_the_token_shows_nowhere() -> None:
    told: list[Event] = []
    server = Scripted(Say({"status": "error", "message": f"not {TOKEN}"}, 401))
    for token_in in ("header", "query"):
        easy = EasyBacklog(
            BASE_URL, token=TOKEN, token_in=token_in, transport=server, on_event=told.append
        )
        assert repr(easy) == "EasyBacklog('https://localhost:3000/api')"
        async with easy:
            with pytest.raises(AgilekitError) as caught:
                await easy.accounts.all()
        assert TOKEN not in f"{caught.value} {caught.value!r} {vars(caught.value)}"
    assert told
    assert TOKEN not in repr(told)


async def test_a_redirect_to_another_origin_that_bears_the_key_is_not_followed() -> None:
    # In production the server sends plain HTTP elsewhere, with the whole query.
    place = f"https://localhost/api/accounts?api_key={TOKEN}"
    server = Scripted(Say(b"", 302, {"location": place}))
    async with EasyBacklog(
        "http://localhost:3000/api", token=TOKEN, token_in="query", transport=server
    ) as easy:
        with pytest.raises(Redirected, match="use base_url='https://localhost/api'") as caught:
            await easy.accounts.all()
    assert len(server.requests) == 1
    assert TOKEN not in f"{caught.value} {vars(caught.value)}"


@pytest.mark.parametrize(
    ("base_url", "missing"),
    [
        ("http://localhost:3000", True),
        ("http://localhost:3000/backlog/", True),
        ("http://localhost:3000/api", False),
        ("http://localhost:3000/api/", False),
    ],
)
async def test_a_401_that_asks_to_sign_in_says_that_the_path_of_the_api_may_be_missing(
    base_url: str, missing: bool
) -> None:
    said = {"error": "You need to sign in or sign up before continuing."}
    for body, hinted in ((said, missing), ({"error": "Invalid authentication details"}, False)):
        server = Scripted(Say(body, 401))
        async with EasyBacklog(base_url, token=TOKEN, transport=server) as easy:
            with pytest.raises(Unauthorized) as caught:
                await easy.accounts.all()
        assert ("/api, which may be missing" in str(caught.value)) == hinted


async def test_from_env_reads_a_token(variables: pytest.MonkeyPatch) -> None:
    variables.setenv("AGILEKIT_EASYBACKLOG_BASE_URL", "http://localhost:3000/api")
    variables.setenv("AGILEKIT_EASYBACKLOG_TOKEN", TOKEN)
    server = Scripted(Say([]))
    async with EasyBacklog.from_env(transport=server) as easy:
        assert easy.base_url == "http://localhost:3000/api"
        await easy.accounts.all()
    assert server.requests[0].headers["authorization"] == f"token {TOKEN}"


async def test_from_env_reads_a_user_and_a_key(variables: pytest.MonkeyPatch) -> None:
    variables.setenv("AGILEKIT_EASYBACKLOG_BASE_URL", BASE_URL)
    variables.setenv("AGILEKIT_EASYBACKLOG_USER_ID", "981")
    variables.setenv("AGILEKIT_EASYBACKLOG_KEY", TOKEN)
    server = Scripted(Say([]))
    async with EasyBacklog.from_env(transport=server) as easy:
        await easy.accounts.all()
    assert server.requests[0].headers["authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "BASE_URL"),
        ({"TOKEN": TOKEN}, "BASE_URL"),
        ({"BASE_URL": BASE_URL}, "TOKEN"),
        ({"BASE_URL": BASE_URL, "TOKEN": ""}, "TOKEN"),
        ({"BASE_URL": BASE_URL, "KEY": TOKEN}, "USER_ID"),
        ({"BASE_URL": BASE_URL, "USER_ID": "981"}, "KEY"),
        ({"BASE_URL": BASE_URL, "USER_ID": "jane", "KEY": TOKEN}, "USER_ID"),
        ({"BASE_URL": BASE_URL, "USER_ID": "981", "KEY": TOKEN, "TOKEN": TOKEN}, "either"),
    ],
)
def test_from_env_names_what_is_missing_or_wrong(
    variables: pytest.MonkeyPatch, given: dict[str, str], named: str
) -> None:
    for name, value in given.items():
        variables.setenv(f"AGILEKIT_EASYBACKLOG_{name}", value)
    with pytest.raises(InvalidInput, match=named) as caught:
        EasyBacklog.from_env()
    assert TOKEN not in str(caught.value)


async def test_a_listing_gives_a_list_or_one_at_a_time_or_one_page() -> None:
    server = Scripted(Say(samples.SNAPSHOTS))
    async with easy_at(server) as easy:
        listing = easy.snapshots.all(604, 7069)
        assert server.requests == []
        assert [one.id for one in await listing] == [358, 363]
        assert [one.id async for one in listing] == [358, 363]
        async with listing.pages(prefetch=2) as pages:
            assert [[one.id for one in page] async for page in pages] == [[358, 363]]
    assert len(server.requests) == 3


async def test_a_view_in_xml_shows_each_character_on_the_same_connections() -> None:
    sandbox = Sandbox()
    store = sandbox.easybacklog
    store.sixteen_bits = True
    theme = store.themes[store.backlogs[store.backlog_id].themes[0]]
    story = store.add_story(theme, i_want_to="party \U0001f389")
    async with EasyBacklog(**store.arguments()) as easy:
        exact = easy.exact()
        assert exact is not None
        assert exact.is_open
        assert exact.exact() is None
        assert (await easy.stories.get(story.id)).i_want_to == "party \uf389"
        assert (await exact.stories.get(story.id)).i_want_to == "party \U0001f389"
        assert (await exact.accounts.all())[0].raw == (await easy.accounts.all())[0].raw
    assert not exact.is_open
