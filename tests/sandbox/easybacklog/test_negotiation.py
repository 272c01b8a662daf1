"""Routing, negotiation, authentication and errors, as the server has them."""

from __future__ import annotations

from base64 import b64encode

import pytest

from tests.sandbox.easybacklog.caller import Caller, parsed

pytestmark = pytest.mark.anyio


@pytest.fixture
def caller() -> Caller:
    return Caller()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/accounts/33/companies/1"),
        ("PATCH", "/accounts/33"),
        ("PUT", "/accounts"),
        ("GET", "/nowhere"),
        ("GET", "/accounts/33.json.xml"),
        ("GET", "/locale/1"),
        ("POST", "/themes/1/stories/2/move-to-theme"),
        ("POST", "/accounts/33/companies/1"),
    ],
)
async def test_what_has_no_route_is_a_page_in_html(caller: Caller, method: str, path: str) -> None:
    answer = await caller.http.request(method, path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


async def test_a_posted_form_may_say_another_method(caller: Caller) -> None:
    path = f"{caller.themes}/{caller.theme.id}"
    form = {"_method": "put", "name": "Renamed"}
    answer = await caller.http.post(path, data=form)
    assert (answer.status_code, answer.json()["message"][-8:]) == (422, " _method")
    assert caller.theme.name == "Start here"
    caller.service.strict = False
    answer = await caller.http.post(path, data=form)
    assert (answer.status_code, answer.content) == (204, b"")
    assert caller.theme.name == "Renamed"
    caller.service.strict = True
    assert (await caller.http.post(path, json={"_method": "delete"})).status_code == 404
    assert (await caller.http.post(path, data={"_method": "delete"})).status_code == 204
    assert caller.backlog.themes == []


async def test_a_header_may_say_another_method_in_development_too(caller: Caller) -> None:
    path = f"{caller.themes}/{caller.theme.id}"
    for header, name in (("PUT", "One"), ("put", "Two")):
        headers = {"X-HTTP-Method-Override": header}
        for body in ({"data": {"name": name}}, {"json": {"name": f"{name}!"}}):
            answer = await caller.http.post(path, headers=headers, **body)  # type: ignore[arg-type] # by name
            assert (answer.status_code, answer.content) == (204, b"")
    assert caller.theme.name == "Two!"
    headers = {"X-HTTP-Method-Override": "DELETE"}
    assert (await caller.http.get(path, headers=headers)).status_code == 200
    assert (await caller.http.post(path, headers=headers)).status_code == 204
    assert caller.backlog.themes == []


@pytest.mark.parametrize(
    "header", ["Token {}", "Bearer {}", "token wrong", "Basic wrong", "", "Basic {}"]
)
async def test_other_credentials_are_refused_without_a_challenge(
    caller: Caller, header: str
) -> None:
    headers = {"Authorization": header.format(caller.service.token)}
    # Where the header is, the right key in the query does not help.
    params = {"api_key": caller.service.token}
    answer = await caller.http.get("/accounts", headers=headers, params=params)
    assert answer.status_code == 401
    assert answer.json() == {"status": "error", "message": "Invalid authentication details"}
    assert "www-authenticate" not in answer.headers


async def test_the_pair_and_the_key_in_the_query_open_too(caller: Caller) -> None:
    pair = b64encode(f"{caller.service.user_id}:{caller.service.token}".encode()).decode()
    answer = await caller.http.get("/accounts", headers={"Authorization": f"Basic {pair}"})
    assert answer.status_code == 200
    del caller.http.headers["authorization"]
    assert (await caller.http.get("/accounts")).status_code == 401
    key = {"api_key": caller.service.token}
    assert (await caller.http.get("/accounts", params=key)).status_code == 200


async def test_the_key_in_the_query_of_a_write_is_taken_for_an_attribute(caller: Caller) -> None:
    del caller.http.headers["authorization"]
    key = {"api_key": caller.service.token}
    answer = await caller.http.post(caller.themes, params=key, data={"name": "New"})
    assert answer.status_code == 422
    assert answer.json()["message"].endswith("cannot be set: api_key")
    caller.service.strict = False
    answer = await caller.http.post(caller.themes, params=key, data={"name": "New"})
    assert answer.status_code == 201


@pytest.mark.parametrize("path", ["/locales", "/scoring-rules/7", "/sprint-story-statuses/4"])
async def test_the_catalogue_is_open_to_all(caller: Caller, path: str) -> None:
    del caller.http.headers["authorization"]
    assert (await caller.http.get(path)).status_code == 200


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("application/vnd.easybacklog+json; version=1.0", "application/json"),
        ("application/xml", "application/xml"),
        ("application/vnd.easybacklog+xml; version=1.0", "application/xml"),
        ("application/vnd.easybacklog+json", "application/json"),
        ("application/vnd.easybacklog+xml", "application/xml"),
        ("text/json", "application/json"),
        ("text/xml", "application/xml"),
    ],
)
async def test_the_accept_header_chooses_the_format(caller: Caller, accept: str, kind: str) -> None:
    answer = await caller.http.get("/locales", headers={"Accept": accept})
    assert answer.headers["content-type"] == f"{kind}; charset=utf-8"


async def test_without_an_accept_header_json_comes(caller: Caller) -> None:
    del caller.http.headers["accept"]
    assert (await caller.http.get("/accounts")).json()


async def test_the_suffix_goes_before_the_header(caller: Caller) -> None:
    answer = await caller.http.get("/locales.json", headers={"Accept": "application/xml"})
    assert answer.json()[0]["code"] == "en-US"


@pytest.mark.parametrize(
    ("accept", "kind", "body"),
    [
        ("application/json, */*", "text/html", "<h1>This API does not answer in HTML"),
        ("text/html", "text/html", "<h1>This API does not answer in HTML"),
        (
            "application/vnd.easybacklog+json;version=1.0",
            "application/vnd.easybacklog+json;version=1.0; charset=utf-8",
            "is not supported",
        ),
        ("application/pdf", "application/pdf; charset=utf-8", "is not supported"),
        ("image/png, application/json", "image/png; charset=utf-8", "is not supported"),
    ],
)
async def test_other_types_are_not_acceptable(
    caller: Caller, accept: str, kind: str, body: str
) -> None:
    caller.service.strict = False
    answer = await caller.http.get(caller.themes, headers={"Accept": accept})
    assert answer.status_code == 406
    assert answer.headers["content-type"].startswith(kind)
    assert body in answer.text


async def test_a_406_of_the_backlogs_may_be_empty(caller: Caller) -> None:
    answer = await caller.http.get(f"{caller.own}/backlogs.pdf")
    assert (answer.status_code, answer.content) == (406, b"")
    assert answer.headers["content-type"] == "application/pdf; charset=utf-8"


@pytest.mark.parametrize(
    "accept", ["text/html", "text/html,application/xml;q=0.9,*/*;q=0.8", "*/*, text/json", ""]
)
async def test_a_browser_gets_a_page_of_500_in_development(caller: Caller, accept: str) -> None:
    answer = await caller.http.get(caller.themes, headers={"Accept": accept})
    kind = answer.headers["content-type"]
    assert (answer.status_code, kind) == (500, "text/html; charset=utf-8")


async def test_of_several_plain_types_the_first_counts(caller: Caller) -> None:
    for accept, kind in (
        ("application/json, application/xml", "application/json; charset=utf-8"),
        ("application/xml,application/json", "application/xml; charset=utf-8"),
    ):
        answer = await caller.http.get(caller.themes, headers={"Accept": accept})
        assert (answer.status_code, answer.headers["content-type"]) == (200, kind)


async def test_validation_answers_422_with_the_single_errors(caller: Caller) -> None:
    form = {"name": " ", "velocity": "fast", "rate": "-1"}
    answer = await caller.http.post(f"{caller.own}/backlogs", data=form)
    assert answer.status_code == 422
    found = answer.json()
    assert found["status"] == "error"
    assert found["message"] == ", ".join(found["errors"])
    assert set(found["errors"]) == {
        "Name can't be blank",
        "Velocity is not a number",
        "Rate must be a number greater than or equal to 1",
    }
    assert set(found) == {"status", "message", "errors"}


async def test_errors_in_xml_are_a_response(caller: Caller) -> None:
    answer = await caller.http.post(f"{caller.themes}.xml", data={"name": ""})
    assert answer.status_code == 422
    root = parsed(answer.content)
    assert [child.tag for child in root] == ["errors", "status", "message"]
    assert (root.tag, root[0].get("type"), root[0][0].tag) == ("response", "array", "error")
    assert root[0][0].text == root.findtext("message") == "Name can't be blank"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/accounts/999", "Account"),
        ("/accounts/999/backlogs/357", "Backlog"),
        ("/accounts/33/backlogs/357/snapshots/9", "Snapshot"),
        ("/accounts/33/companies/1", "Company"),
        ("/backlogs/999/themes", "Theme"),
        ("/backlogs/357/sprints/abc", "Sprint"),
        ("/themes/999/stories/1", "Story"),
        ("/stories/999", "Story"),
        ("/stories/999/acceptance-criteria", "Acceptance criterion"),
        ("/sprints/999/sprint-stories", "Sprint story"),
        ("/scoring-rules/1", "Scoring rule"),
    ],
)
async def test_a_404_names_what_was_asked_for(caller: Caller, path: str, name: str) -> None:
    answer = await caller.http.get(path)
    assert answer.status_code == 404
    assert answer.json() == {"status": "error", "message": f"{name} does not exist"}


async def test_errors_of_downloads_are_pages(caller: Caller) -> None:
    answer = await caller.http.get(f"{caller.own}/backlogs/999.pdf")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    size = {"page_size": "letter"}
    assert (await caller.http.get(f"{caller.of_backlog}.pdf", params=size)).status_code == 500


async def test_the_root_of_a_body_in_xml_is_taken_for_an_attribute(caller: Caller) -> None:
    xml = {"Content-Type": "application/xml"}
    body = b"<theme><name>New</name></theme>"
    answer = await caller.http.post(caller.themes, content=body, headers=xml)
    assert (answer.status_code, answer.json().keys()) == (422, {"status", "message"})
    assert "theme" in answer.json()["message"]
    caller.service.strict = False
    for content in (body, b"no XML"):
        answer = await caller.http.post(caller.themes, content=content, headers=xml)
        assert answer.json()["errors"] == ["Name can't be blank"]


async def test_broken_json_makes_the_server_fail(caller: Caller) -> None:
    json = {"Content-Type": "application/json"}
    answer = await caller.http.post(caller.themes, content=b'{"name":', headers=json)
    kind = answer.headers["content-type"]
    assert (answer.status_code, kind) == (500, "text/html; charset=utf-8")


async def test_a_reader_may_read_and_a_stranger_may_not(caller: Caller) -> None:
    caller.account.privilege = "read"
    assert (await caller.http.get(caller.themes)).status_code == 200
    assert (await caller.http.post(caller.themes, data={"name": "New"})).status_code == 403
    caller.account.privilege = "readstatus"
    sprint, story = caller.sprint(), caller.story()
    path = caller.assign(sprint, story)
    answer = await caller.http.put(path, data={"sprint_story_status_id": "2"})
    assert answer.status_code == 204
    caller.account.privilege = "none"
    assert (await caller.http.get("/accounts")).json() == []
    answer = await caller.http.get(caller.own)
    assert answer.status_code == 403
    assert answer.json()["message"] == "No permission to view this account"
    assert (await caller.http.get(f"{caller.of_backlog}/stats")).status_code == 400


async def test_an_account_and_a_theme_say_what_is_wrong(caller: Caller) -> None:
    caller.service.add_account("Taken", privilege="none")
    form = {"name": "Taken", "locale_id": "99", "scoring_rule_id": "1", "default_rate": "1e99"}
    answer = await caller.http.put(caller.own, data=form)
    assert answer.json()["errors"] == [
        "Name has already been taken",
        "Locale can't be blank",
        "Scoring rule does not exist",
        "Default rate is not a number",
    ]
    answer = await caller.http.post(caller.themes, json={"name": caller.theme.name, "code": []})
    assert answer.json()["errors"] == ["Name has already been taken", "Code is invalid"]


async def test_an_attribute_that_may_not_be_written_is_refused_in_strict_mode(
    caller: Caller,
) -> None:
    form = {"name": "Mine", "created_at": "2026-01-01", "colour": "red"}
    path = f"{caller.themes}/{caller.theme.id}"
    answer = await caller.http.put(path, data=form)
    assert answer.status_code == 422
    assert "errors" not in answer.json()
    assert answer.json()["message"].endswith("cannot be set: created_at, colour")
    assert caller.theme.name == "Start here"
    caller.service.strict = False
    assert (await caller.http.put(path, data=form)).status_code == 204
    assert caller.theme.name == "Mine"
