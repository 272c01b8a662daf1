"""What type checkers infer for the sandbox, its services and its fixture."""

from __future__ import annotations

from datetime import timedelta, tzinfo
from typing import Literal, assert_type

import httpx
import pytest

from agilekit.sandbox import Faults, Sandbox
from agilekit.sandbox.app import Handled
from agilekit.sandbox.commits import LateCommit
from agilekit.sandbox.easybacklog import EasyBacklog, Race
from agilekit.sandbox.faults import Fault
from agilekit.sandbox.flow import Flow
from agilekit.sandbox.flyingdonut import Batches, Change, FlyingDonut, Locking, RecordedForms
from agilekit.sandbox.kanbantool import KanbanTool
from agilekit.sandbox.rewriting import Rewriting
from agilekit.sandbox.server import Server
from agilekit.sandbox.transport import SandboxTransport

pytestmark = pytest.mark.anyio


async def test_the_fixture_is_a_sandbox_that_counts_what_it_handled(
    agilekit_sandbox: Sandbox,
) -> None:
    agilekit_sandbox.faults = Faults(latency=0.001, methods=frozenset({"GET"}))
    assert_type(agilekit_sandbox.faults, Faults)
    assert_type(agilekit_sandbox.latency("GET"), float)
    assert_type(agilekit_sandbox.count("GET"), int)
    assert_type(agilekit_sandbox.count(), int)
    assert_type(agilekit_sandbox.requests, list[Handled])
    assert_type([handled.status for handled in agilekit_sandbox.requests], list[int | None])
    assert_type(agilekit_sandbox.transport(), SandboxTransport)
    async with assert_type(agilekit_sandbox.serve(), Server) as server:
        assert_type(server.url, str)
    async with httpx.AsyncClient(transport=agilekit_sandbox.transport()) as http:
        await http.get(f"{agilekit_sandbox.flow.base_url}/members.json")
    (handled,) = agilekit_sandbox.requests
    assert_type(handled.fault, Fault | None)
    assert assert_type(handled.status, int | None) == 403


def test_a_sandbox_has_four_services_with_what_opens_them() -> None:
    sandbox = Sandbox("empty", conflict_status=200, conflict_scope="attribute", ignore=["title"])
    donut = assert_type(sandbox.flyingdonut, FlyingDonut)
    assert_type(donut.locking, Locking)
    assert_type(donut.recorded, RecordedForms)
    assert_type(donut.batches, Batches)
    assert_type(sandbox.rewriting, Rewriting)
    assert_type(sandbox.easybacklog.race, Race)
    assert_type(donut.projects[donut.project_id].history.changes, list[Change])
    assert_type(sandbox.late_commits, list[LateCommit])
    assert_type(sandbox.pending, int)
    assert_type((donut.project_id, donut.username, donut.secret), tuple[str, str, str])
    flow = assert_type(sandbox.flow, Flow)
    assert_type((flow.base_url, flow.base_path), tuple[str, str])
    assert_type((flow.key, flow.keys, flow.add_key()), tuple[str, list[str], str])
    assert_type((flow.user_id, flow.project_id), tuple[int, int])
    easy = assert_type(sandbox.easybacklog, EasyBacklog)
    assert_type((easy.base_url, easy.base_path), tuple[str, str])
    assert_type((easy.user_id, easy.token), tuple[int, str])
    assert_type((easy.account_id, easy.backlog_id), tuple[int, int])
    kanban = assert_type(sandbox.kanbantool, KanbanTool)
    assert_type((kanban.base_url, kanban.base_path), tuple[str, str])
    assert_type((kanban.token, kanban.user.id), tuple[str, int])


def test_the_arguments_of_a_client_are_known_one_by_one() -> None:
    sandbox = Sandbox("empty")
    donut = sandbox.flyingdonut.arguments()
    assert_type((donut["project_id"], donut["secret"], donut["username"]), tuple[str, str, str])
    assert_type((donut["base_url"], donut["transport"]), tuple[str, SandboxTransport | None])
    flow = sandbox.flow.arguments("http://127.0.0.1:8811")
    assert_type((flow["board"], flow["key"], flow["user_id"]), tuple[str, str, int])
    assert_type(sandbox.easybacklog.arguments()["token"], str)
    assert_type(sandbox.kanbantool.arguments()["token"], str)
    assert flow["transport"] is None


def test_what_the_documents_leave_open_is_chosen_from_closed_sets(
    agilekit_sandbox: Sandbox,
) -> None:
    flow = agilekit_sandbox.flow
    assert_type(flow.empty_map, Literal["[]", "{}"])
    assert_type(flow.ids_as_text, bool)
    assert_type(flow.lists, Literal["map", "list"])
    assert_type(flow.xml_maps, Literal["repeated", "id", "underscore", "numbered"])
    easy = agilekit_sandbox.easybacklog
    assert_type((easy.decimals_as_text, easy.strict), tuple[bool, bool])
    assert_type((easy.ready_after_reads, easy.ready_after), tuple[int, timedelta | None])
    assert_type(easy.copies_without_times, bool)
    assert_type(easy.ruby, Literal["1.9", "2.7"])
    assert_type(easy.keys, Literal["recorded", "documented"])
    kanban = agilekit_sandbox.kanbantool
    assert_type(kanban.envelopes, Literal["2013", "2017"])
    assert_type(kanban.keys, Literal["documented", "2013", "2017", "newest"] | None)
    assert_type((kanban.positions, kanban.siblings), tuple[Literal["place", "all 1"], bool])
    assert_type(kanban.errors, Literal["message", "messages", "fields", "error"])
    assert_type(kanban.bad_token_status, Literal[401, 403])
    assert_type(kanban.created_status, Literal[200, 201])
    assert_type(kanban.custom_fields, Literal[5, 10, 15])
    assert_type(kanban.timezone, tzinfo)
    assert_type(kanban.changelog_limit, int)
    assert_type(kanban.comments_recent_for, timedelta)
    assert_type(kanban.shift_pages, bool)
