"""The same call in each format, with and without the override of methods."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from agilekit.wire.dialect import Dialect, Format, Override, beyond_bmp
from agilekit.wire.json import JSON
from agilekit.wire.request import Request, Server
from agilekit.wire.route import Route

SERVER = Server.at("https://host/api", allow_http=False)
READ = Route[JSON]("Read", "GET", "/tasks/{id}", lambda data: data)
CREATE = Route[JSON]("Create", "POST", "/tasks", lambda data: data)
UPDATE = Route[JSON]("Update", "PUT", "/tasks/{id}", lambda data: data, safe_write=True)
DELETE = Route[JSON]("Delete", "DELETE", "/tasks/{id}", lambda data: data, safe_write=True)
REPORT = Route[JSON]("Report", "GET", "/report", lambda data: data, json_only=True)

IN_QUERY = Override("_m", in_query=True)
IN_FORM = Override("_method", in_query=False)


def query(request: Request) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))


def fields(request: Request) -> dict[str, str]:
    return dict(parse_qsl(request.content.decode(), keep_blank_values=True))


def test_the_path_ends_in_the_format_if_the_service_wants_it() -> None:
    endings: dict[Format, str] = {"json": ".json", "xml": ".xml", "jsonp": ".json"}
    for format, suffix in endings.items():
        dialect = Dialect(format=format, has_suffix=True)
        request = SERVER.request(READ, {"id": 7}, dialect=dialect)
        assert request.path == f"/api/tasks/7{suffix}"
    assert SERVER.request(READ, {"id": 7}, dialect=Dialect(format="xml")).path == "/api/tasks/7"


def test_a_call_that_knows_only_json_is_made_in_json() -> None:
    dialect = Dialect(format="xml", has_suffix=True)
    request = SERVER.request(REPORT, {}, dialect=dialect)
    assert request.path == "/api/report.json"
    assert ("Accept", "application/json") in request.headers
    assert dialect.for_route(REPORT).document(b"[1]").data == [1]


def test_the_accept_header_is_the_one_type_of_the_format() -> None:
    dialect = Dialect(format="xml", accepted={"xml": "application/vnd.x+xml; version=1.0"})
    headers = SERVER.request(READ, {"id": 7}, dialect=dialect).headers
    assert ("Accept", "application/vnd.x+xml; version=1.0") in headers
    assert len([name for name, _ in headers if name == "Accept"]) == 1


def test_an_override_in_the_query_leaves_the_form_fields_alone() -> None:
    dialect = Dialect(override=IN_QUERY, sends_form=True)
    put = SERVER.request(UPDATE, {"id": 7}, {"task": {"name": "x"}}, dialect=dialect)
    assert (put.method, query(put), fields(put)) == ("POST", {"_m": "put"}, {"task[name]": "x"})
    delete = SERVER.request(DELETE, {"id": 7}, dialect=dialect)
    assert (delete.method, query(delete), delete.content) == ("POST", {"_m": "delete"}, b"")
    assert ("Content-Length", "0") in delete.headers


def test_an_override_among_the_form_fields_leaves_the_query_alone() -> None:
    dialect = Dialect(override=IN_FORM, sends_form=True)
    put = SERVER.request(UPDATE, {"id": 7}, {"name": "x"}, dialect=dialect)
    assert (put.method, query(put)) == ("POST", {})
    assert fields(put) == {"_method": "put", "name": "x"}
    delete = SERVER.request(DELETE, {"id": 7}, dialect=dialect)
    assert (delete.method, fields(delete)) == ("POST", {"_method": "delete"})


def test_an_override_in_a_header_leaves_the_query_and_the_form_fields_alone() -> None:
    dialect = Dialect(override=Override("X-Method", in_header=True), sends_form=True)
    put = SERVER.request(UPDATE, {"id": 7}, {"name": "x"}, dialect=dialect)
    assert (put.method, query(put), fields(put)) == ("POST", {}, {"name": "x"})
    delete = SERVER.request(DELETE, {"id": 7}, dialect=dialect)
    assert (delete.method, query(delete), delete.content) == ("POST", {}, b"")
    methods = [dict(one.headers).get("X-Method") for one in (put, delete)]
    assert methods == ["PUT", "DELETE"]
    assert "X-Method" not in dict(SERVER.request(READ, {"id": 7}, dialect=dialect).headers)


def test_get_and_post_need_no_override() -> None:
    dialect = Dialect(override=IN_FORM, sends_form=True)
    assert query(SERVER.request(READ, {"id": 7}, dialect=dialect)) == {}
    post = SERVER.request(CREATE, {}, {"name": "x"}, dialect=dialect)
    assert (post.method, fields(post)) == ("POST", {"name": "x"})


def test_what_goes_with_a_delete_stands_in_the_query() -> None:
    request = SERVER.request(DELETE, {"id": 7}, {"user_id": 1}, dialect=Dialect(sends_form=True))
    assert (request.method, query(request), request.content) == ("DELETE", {"user_id": "1"}, b"")


def test_over_jsonp_everything_is_a_get_that_names_its_callback() -> None:
    dialect = Dialect(format="jsonp", has_suffix=True, sends_form=True, override=IN_QUERY)
    read = SERVER.request(READ, {"id": 7}, dialect=dialect, query={"page": 2})
    assert query(read) == {"page": "2", "callback": "agilekit"}
    create = SERVER.request(CREATE, {}, {"task": {"name": "x & y"}}, dialect=dialect)
    assert (create.method, create.content, create.writes) == ("GET", b"", True)
    assert query(create) == {"task[name]": "x & y", "_m": "post", "callback": "agilekit"}


@pytest.mark.parametrize(
    ("text", "wide"),
    [("a", False), ("\uffff", False), ("\U00010000", True), ("a \U0001f389 b", True), ("", False)],
)
def test_characters_beyond_16_bits_are_seen_wherever_they_are(text: str, wide: bool) -> None:
    assert beyond_bmp({"i_want_to": text}) == wide
    assert beyond_bmp([{"i_want_to": "a", "comments": {"value": text}}]) == wide
    assert not beyond_bmp({"i_want_to": "a", "score": 3, "color": None})
