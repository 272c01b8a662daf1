"""Keys, paths and formats of flow, and whatever else may arrive."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from agilekit.sandbox import Sandbox
from agilekit.sandbox.flow.handlers.tasks import EDITABLE
from agilekit.sandbox.flow.routes import ROUTES
from agilekit.sandbox.messages import Request
from tests.each import each
from tests.sandbox.flow.caller import FlowCaller
from tests.sizes import examples

pytestmark = pytest.mark.anyio

DOCUMENTED = [
    "GET /members",
    "GET /projects",
    "GET /{project_id}/cols",
    "GET /{project_id}/task_types",
    "GET /{project_id}/tasks",
    "GET /{project_id}/tasks/recent_activity",
    "GET /item_history/{item_type}/{item_id}",
    "GET /task/{task_id}",
    "POST /task",
    "POST /authentication",
    "PUT /task/{task_id}",
    "DELETE /task/{task_id}",
    "DELETE /authentication/{key}",
]


@pytest.fixture
def caller() -> FlowCaller:
    return FlowCaller()


def as_key(key: str) -> dict[str, str]:
    return {"X-Flow-Authentication": key}


def test_the_table_is_that_of_the_document_in_its_order() -> None:
    assert [f"{route.method} /{'/'.join(route.template)}" for route in ROUTES] == DOCUMENTED


@pytest.mark.parametrize("key", ["", "wrong", "0" * 20])
async def test_without_a_key_everything_is_denied(caller: FlowCaller, key: str) -> None:
    for path in ("/members.json", "/nowhere.json", "/members"):
        answer = await caller.http.get(path, headers=as_key(key))
        assert answer.status_code == 403
        assert answer.json() == {"error": "Permission Denied"}


async def test_a_refusal_is_in_the_format_asked_for(caller: FlowCaller) -> None:
    answer = await caller.http.get("/members.xml", headers=as_key("wrong"))
    assert answer.status_code == 403
    assert answer.headers["content-type"].startswith("application/xml")
    assert answer.text.endswith("<error>Permission Denied</error>\n")


async def test_a_key_counts_in_its_own_header_only(caller: FlowCaller) -> None:
    key = caller.flow.key
    other = {"X-Flow-Authentication": "", "Authorization": f"Bearer {key}"}
    assert (await caller.http.get(f"/members.json?key={key}", headers=other)).status_code == 403


async def test_the_first_key_makes_others_of_20_hexadecimal_digits(caller: FlowCaller) -> None:
    answer = await caller.http.post("/authentication.json")
    assert answer.status_code == 200
    made = answer.json()
    assert list(made) == ["authentication_key"]
    key = made["authentication_key"]
    assert len(key) == len(bytes.fromhex(key)) * 2 == 20
    assert (await caller.http.get("/members.json", headers=as_key(key))).status_code == 200


async def test_another_key_than_the_first_makes_none(caller: FlowCaller) -> None:
    key = caller.flow.add_key()
    answer = await caller.http.post("/authentication.json", headers=as_key(key))
    assert answer.status_code == 403
    assert len(caller.flow.keys) == 2


async def test_there_are_ten_keys_at_most(caller: FlowCaller) -> None:
    answers = [await caller.http.post("/authentication.json") for _ in range(10)]
    assert [it.status_code for it in answers] == [200] * 9 + [400]
    assert len(set(caller.flow.keys)) == 10


@pytest.mark.parametrize("override", [False, True])
async def test_a_deleted_key_opens_nothing(caller: FlowCaller, override: bool) -> None:
    key = caller.flow.add_key()
    path = f"/authentication/{key}.json"
    if override:
        answer = await caller.http.post(path, data={"method": "delete"})
    else:
        answer = await caller.http.delete(path)
    assert answer.json() == {"authentication_key": key}
    assert (await caller.http.get("/members.json", headers=as_key(key))).status_code == 403
    assert (await caller.http.delete(path)).status_code == 404


@each(
    "path",
    [
        "/members",
        "/members.yaml",
        "/members.JSON",
        "/members.json/",
        "/.json",
        "/nowhere.json",
        "/99/cols.json",
        "/99/task_types.json",
        "/99/tasks.json",
        "/99/tasks/recent_activity.json",
        "/one/tasks.json",
        "/01e3/tasks.json",
        "/task/99.json",
        "/task/.json",
        "/task/..%2Fmembers.json",
        "/item_history/task/99.json",
        "/item_history/col/x.json",
        "/task.json",
        "/authentication.json",
    ],
)
async def test_what_does_not_exist_is_not_found(caller: FlowCaller, path: str) -> None:
    assert (await caller.get(path)).status_code == 404


@pytest.mark.parametrize("path", ["/item_history/member/1.json", "/item_history/tasks/1.json"])
async def test_another_type_of_item_is_a_bad_request(caller: FlowCaller, path: str) -> None:
    assert (await caller.get(path)).status_code == 400


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "HEAD"])
async def test_a_wrong_method_is_not_found(caller: FlowCaller, method: str) -> None:
    assert (await caller.http.request(method, "/members.json")).status_code == 404


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 100_000, b"[1]", b'"x"', b"null"])
async def test_a_malformed_body_is_a_bad_request(caller: FlowCaller, body: bytes) -> None:
    answer = await caller.http.post(
        "/task.json", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 400


async def test_a_text_that_no_xml_can_hold_is_answered_all_the_same(caller: FlowCaller) -> None:
    body = b'{"user_id":1,"project_id":1,"task_type_id":1,"task_text":"\\ud800\\u0000"}'
    headers = {"Content-Type": "application/json"}
    answer = await caller.http.post("/task.xml", content=body, headers=headers)
    assert answer.status_code == 200
    assert "\ufffd\ufffd" in (await caller.get("/task/1.xml")).text


FLOW = Sandbox("empty").flow
SEGMENT = some.sampled_from(
    ["members", "projects", "1", "cols", "tasks", "recent_activity", "task", "item_history", "%"]
)
NAME = some.sampled_from(
    [*EDITABLE, "user_id", "project_id", "method", "a[b]", "a" + "[b]" * 3_000, "[", "user_ids[]"]
)
VALUE = some.one_of(
    some.sampled_from(["1", "put", "delete", "none", "R", "1e9", "-0", ""]), some.text(max_size=5)
)
PAIRS = some.lists(some.tuples(NAME, VALUE), max_size=6)
PATH = some.lists(SEGMENT, max_size=4).map("/".join)


@settings(max_examples=examples(3), deadline=None)
@given(
    method=some.sampled_from(["GET", "POST", "PUT", "DELETE", "", "OPTIONS"]),
    path=some.one_of(PATH.map(str.encode), some.binary(max_size=20)),
    suffix=some.sampled_from([b".json", b".xml", b""]),
    query=some.binary(max_size=30),
    pairs=PAIRS,
    form=some.booleans(),
    noise=some.binary(max_size=30),
)
def test_whatever_arrives_is_answered_with_a_documented_status(
    method: str,
    path: bytes,
    suffix: bytes,
    query: bytes,
    pairs: list[tuple[str, str]],
    form: bool,
    noise: bytes,
) -> None:
    kind = b"application/x-www-form-urlencoded" if form else b"application/json"
    body = "&".join(f"{k}={v}" for k, v in pairs).encode("utf-8", "replace") if form else noise
    headers = [(b"content-type", kind), (b"x-flow-authentication", FLOW.key.encode())]
    raw = FLOW.base_path.encode() + b"/" + path + suffix
    answer = FLOW.handle(Request.read(method, raw, query, headers, body))
    assert answer.status in {200, 400, 403, 404}
