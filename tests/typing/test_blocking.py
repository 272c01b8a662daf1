"""What type checkers infer of blocking calls; the same lines run against the sandbox.

The annotations are those of the async methods, which tests/blocking/test_generated.py compares: so
one method of each kind stands here.
"""

from __future__ import annotations

from pathlib import Path
from typing import assert_type

import pytest

from agilekit import BulkReport, InvalidInput
from agilekit.blocking import (
    AnyClient,
    EasyBacklog,
    Flow,
    FlyingDonut,
    KanbanTool,
    Listing,
    Pages,
    check_connection,
    client_of,
    export,
    export_shard,
    part,
    rows,
)
from agilekit.connections import Connection
from agilekit.easybacklog import Account, Backlog
from agilekit.export import ExportReport, ProjectData, PythonValue
from agilekit.export.shards import Shard, ShardReport
from agilekit.flow import EditedTask, Project
from agilekit.flyingdonut import Bucket, Card, CardDraft, SprintItem
from agilekit.kanbantool import Task
from agilekit.sandbox import Sandbox
from agilekit.wire.json import JSON


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox()


def test_a_client_opens_as_itself_and_so_do_its_views(sandbox: Sandbox) -> None:
    with FlyingDonut(**sandbox.flyingdonut.arguments()) as donut:
        assert_type(donut, FlyingDonut)
        assert_type(donut.using(username="omar.haddad"), FlyingDonut)
        assert_type(donut.project_id, str)
        assert_type(donut.is_open, bool)
        assert_type(donut.request("GET", "/iterations"), JSON)
    easy = EasyBacklog(**sandbox.easybacklog.arguments())
    assert_type(easy.exact(), EasyBacklog | None)


def test_calls_give_entities_and_listings_give_lists_one_by_one_and_pages(
    sandbox: Sandbox,
) -> None:
    with FlyingDonut(**sandbox.flyingdonut.arguments()) as donut:
        listing = assert_type(donut.buckets.all(), Listing[Bucket])
        (bucket, *_) = assert_type(list(listing), list[Bucket])
        assert_type([*listing], list[Bucket])
        for one in listing:
            assert_type(one, Bucket)
        with assert_type(listing.pages(prefetch=1), Pages[Bucket]) as pages:
            for page in pages:
                assert_type(page, list[Bucket])
        card = assert_type(donut.cards.create(bucket, title="One", estimate=1), Card)
        card = assert_type(donut.cards.update(card, estimate=lambda now: (now or 0) + 1), Card)
        for sprint in donut.sprints.all():
            assert_type(list(donut.cards.in_sprint(sprint)), list[SprintItem])
        drafts: list[CardDraft] = [{"title": "Two"}]
        report = assert_type(donut.cards.create_many(bucket, iter(drafts)), BulkReport[Card])
        assert report.items


def test_keywords_and_overloads_are_those_of_the_async_client(sandbox: Sandbox) -> None:
    with KanbanTool(**sandbox.kanbantool.arguments()) as kanban:
        (board, *_) = kanban.boards.all()
        task = kanban.tasks.create(board, name="Moved")
        assert_type(kanban.tasks.move(board, task, direction="next_stage"), Task)
        assert_type(kanban.tasks.move(board, task, stage=task.workflow_stage_id), Task)
        with pytest.raises(InvalidInput):
            kanban.tasks.move(board, task, direction="up", stage=1)  # type: ignore[call-overload] # pyright: ignore[reportCallIssue]
        with pytest.raises(InvalidInput):
            kanban.tasks.create(board, nmae="Misspelt")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
        assert_type(kanban.tasks.delete(board, task), Task | None)
    with Flow(**sandbox.flow.arguments()) as flow:
        (project, *_) = assert_type(list(flow.projects.all()), list[Project])
        for one in flow.tasks.all(project):
            assert_type(flow.tasks.update(one, task_status="R"), EditedTask)
            break


def test_what_gives_nothing_gives_none(sandbox: Sandbox) -> None:
    with EasyBacklog(**sandbox.easybacklog.arguments()) as easy:
        (account, *_) = assert_type(list(easy.accounts.all()), list[Account])
        for backlog in assert_type(easy.backlogs.all(account), Listing[Backlog]):
            assert_type(easy.backlogs.archive(account, backlog), None)
            break


def test_exports_take_blocking_clients_and_connections(sandbox: Sandbox, tmp_path: Path) -> None:
    donut = FlyingDonut(**sandbox.flyingdonut.arguments())
    assert_type(export([donut], to=tmp_path / "one.jsonl", changed_only=True), ExportReport)
    assert_type(export({"it": donut}, to=tmp_path / "two.jsonl", tables=["cards"]), ExportReport)
    for table, row in rows([donut]):
        assert_type(table, str)
        assert_type(row, dict[str, PythonValue])
        break
    assert_type(part(donut, donut.project_id), ProjectData)


def connection(connection: Connection) -> None:
    assert_type(client_of(connection, concurrency=2), AnyClient)
    assert_type(check_connection(connection), str)


def shard(shard: Shard) -> None:
    assert_type(export_shard(shard), ShardReport)
