"""The source of dlt: what it loads, what it need not read, and what is left when it fails."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import pytest

import agilekit.dlt
from agilekit import Forbidden, InvalidInput, KanbanTool
from agilekit.connections import load as load_connections
from agilekit.dlt.tables import LOADED_MANIFEST
from agilekit.export import TABLES, ProjectReport, export
from agilekit.export.target.open_target import open_target
from agilekit.sandbox import Sandbox
from tests.dlt.pipelines import asked, changed, everything, load, pipeline_to, stored
from tests.export.clients import another, client, seeded
from tests.export.many import clients_of, filled
from tests.secret_forms import shows

if TYPE_CHECKING:
    from dlt import Pipeline

FAILED = "Pipeline execution failed"
ODD = "' \\ \" , ; \t \r\n é \U0001f600 \ue000 \uf026x {} NULL %s \x7f"


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    before = {*threading.enumerate()}
    yield
    assert {*threading.enumerate()} <= before


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox()


def hashes_of_an_export(sandbox: Sandbox, folder: Path) -> dict[str, object]:
    to = folder / "x.sqlite"

    async def exported() -> None:
        await export(clients_of(sandbox), to)

    anyio.run(exported)
    target = open_target(to)
    return {entry["project_id"]: entry["tables"] for entry in target.manifest()}


def loads_what_an_export_has(pipeline: Pipeline, sandbox: Sandbox, folder: Path) -> None:
    pipeline.run(agilekit.dlt.source(clients_of(sandbox)))
    found = agilekit.dlt.check(pipeline)
    assert found.problems == ()
    assert found.counted == ()
    expected = hashes_of_an_export(sandbox, folder)
    assert found.projects == len(expected)
    manifest = asked(pipeline, "SELECT project_id, tables FROM manifest")
    loads = asked(pipeline, "SELECT load_id FROM _dlt_loads")
    assert {id: json.loads(tables) for id, tables in manifest} == expected
    assert asked(pipeline, "SELECT DISTINCT run FROM manifest") == loads
    assert {stored(pipeline, table.name) for table in TABLES} != {0}


@pytest.mark.slow
def test_duckdb_has_the_rows_of_an_export(pipeline: Pipeline, tmp_path: Path) -> None:
    sandbox = filled(projects=2, cards=4, children=2)
    sandbox.kanbantool.add_task(next(iter(sandbox.kanbantool.boards.values())), ODD + "\0")
    loads_what_an_export_has(pipeline, sandbox, tmp_path)


@pytest.mark.slow
def test_postgres_has_the_rows_of_an_export(postgres_pipeline: Pipeline, tmp_path: Path) -> None:
    sandbox = filled(projects=2, cards=4, children=2)
    sandbox.kanbantool.add_task(next(iter(sandbox.kanbantool.boards.values())), ODD)
    loads_what_an_export_has(postgres_pipeline, sandbox, tmp_path)


@pytest.mark.slow
def test_postgres_has_no_nul_in_a_text_and_the_check_says_so(postgres_pipeline: Pipeline) -> None:
    sandbox = Sandbox()
    seeded(sandbox).add_card("before\0after")
    load(postgres_pipeline, sandbox)
    assert asked(postgres_pipeline, "SELECT id FROM cards WHERE title = 'beforeafter'")
    (problem,) = agilekit.dlt.check(postgres_pipeline).problems
    assert "the rows of cards are not those that were read" in problem


@pytest.mark.slow
def test_a_column_has_the_type_that_it_means(pipeline: Pipeline, sandbox: Sandbox) -> None:
    load(pipeline, sandbox)
    columns = pipeline.schemas["agilekit"].get_table_columns("cards")
    types = {name: column.get("data_type") for name, column in columns.items()}
    assert types["created_at"] == "timestamp"
    assert types["due_on"] == "date"
    assert types["is_done"] == "bool"
    assert types["estimate"] == "double"
    assert types["version"] == "bigint"
    assert types["assignees"] == types["raw"] == types["title"] == "text"
    assert columns["title"].get("description")
    merged_by = {name for name, column in columns.items() if column.get("merge_key")}
    assert merged_by == {"service", "host", "project_id"}
    # By a primary key besides, dlt would compare each row with each.
    assert not any(column.get("primary_key") for column in columns.values())
    ((read_at,),) = asked(pipeline, "SELECT finished_at FROM manifest")
    assert isinstance(read_at, datetime)
    assert read_at <= datetime.now(UTC)


@pytest.mark.slow
def test_a_project_that_did_not_change_is_not_read(pipeline: Pipeline, sandbox: Sandbox) -> None:
    reports: list[ProjectReport] = []
    every = load(pipeline, sandbox)
    few = load(pipeline, sandbox, on_project=reports.append)
    assert few < every
    assert reports[0].skipped
    changed(sandbox)
    assert load(pipeline, sandbox) > few
    assert stored(pipeline, "cards") == len(seeded(sandbox).cards)
    assert agilekit.dlt.check(pipeline).ok


@pytest.mark.slow
def test_it_is_read_if_the_destination_does_not_say_that_its_load_came_to_its_end(
    pipeline: Pipeline, sandbox: Sandbox
) -> None:
    every = load(pipeline, sandbox)
    asked(pipeline, "UPDATE _dlt_loads SET status = 1")
    (problem,) = agilekit.dlt.check(pipeline).problems
    assert "did not come to its end: run the pipeline again" in problem
    assert load(pipeline, sandbox) == every
    assert agilekit.dlt.check(pipeline).ok


@pytest.mark.slow
def test_it_is_read_if_more_tables_are_wanted_or_the_dataset_is_gone(
    pipeline: Pipeline, sandbox: Sandbox
) -> None:
    pipeline.run(agilekit.dlt.source([client(sandbox)], tables=["cards"]))
    assert stored(pipeline, "sprints") == 0
    every = load(pipeline, sandbox)
    assert stored(pipeline, "sprints")
    with pipeline.sql_client("agilekit") as database:
        database.drop_dataset()
    assert load(pipeline, sandbox) == every
    assert agilekit.dlt.check(pipeline).ok
    assert load(pipeline, sandbox, changed_only=False) == every


@pytest.mark.slow
def test_a_table_that_a_project_emptied_is_emptied_and_others_stay(
    pipeline: Pipeline, sandbox: Sandbox
) -> None:
    project, other = seeded(sandbox), another(sandbox, "Other")
    both = [client(sandbox, project), client(sandbox, other)]
    pipeline.run(agilekit.dlt.source(both))
    project.cards.clear()
    pipeline.run(agilekit.dlt.source(both, changed_only=False))
    assert asked(pipeline, "SELECT DISTINCT project_id FROM cards") == [(other.id,)]
    assert stored(pipeline, "projects") == 2
    assert asked(pipeline, "SELECT count(*) FROM cards WHERE tombstone IS NOT NULL") == [(0,)]
    assert agilekit.dlt.check(pipeline).ok


@pytest.mark.slow
def test_a_table_that_is_left_out_is_emptied(pipeline: Pipeline, sandbox: Sandbox) -> None:
    load(pipeline, sandbox)
    pipeline.run(agilekit.dlt.source([client(sandbox)], tables=["people"]))
    assert stored(pipeline, "cards") == 0
    assert stored(pipeline, "people")
    assert agilekit.dlt.check(pipeline).ok


@pytest.mark.slow
def test_of_what_is_not_selected_the_manifest_promises_nothing(
    pipeline: Pipeline, sandbox: Sandbox
) -> None:
    chosen = agilekit.dlt.source([client(sandbox)]).with_resources("cards", "manifest")
    pipeline.run(chosen)
    found = agilekit.dlt.check(pipeline)
    assert found.ok
    assert found.rows == len(seeded(sandbox).cards)


def test_the_first_project_that_cannot_be_read_ends_the_extraction(
    pipeline: Pipeline, sandbox: Sandbox
) -> None:
    wrong = client(sandbox, another(sandbox, "Wrong"), secret="0" * 32)
    with pytest.raises(Exception, match=FAILED) as caught:
        pipeline.run(agilekit.dlt.source([client(sandbox), wrong]))
    cause = caught.value.__cause__
    assert cause is not None
    assert isinstance(cause.__cause__, Forbidden)
    assert not pipeline.has_pending_data
    assert not wrong.is_open
    reports: list[ProjectReport] = []
    pipeline.run(agilekit.dlt.source([wrong, client(sandbox)], on_project=reports.append))
    assert isinstance(reports[0].error, Forbidden)
    assert asked(pipeline, "SELECT project_id FROM manifest") == [(seeded(sandbox).id,)]


def test_a_destination_in_which_nothing_is_replaced_is_refused(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    import dlt

    pipeline = pipeline_to(dlt.destinations.filesystem((tmp_path / "lake").as_uri()), tmp_path)
    with pytest.raises(Exception, match="cannot replace a project in filesystem, which does not"):
        pipeline.run(agilekit.dlt.source([client(sandbox)]))
    assert sandbox.count() == 0
    pipeline.deactivate()


def test_the_thread_ends_if_dlt_stops_midway(pipeline: Pipeline, sandbox: Sandbox) -> None:
    def fail(_batch: object) -> object:
        raise ZeroDivisionError

    reading = client(sandbox)
    source = agilekit.dlt.source([reading, client(sandbox, another(sandbox, "Other"))], at_once=1)
    source.resources["cards"].add_map(fail)
    with pytest.raises(Exception, match=FAILED):
        pipeline.extract(source)
    assert not reading.is_open


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The 'warn' method:DeprecationWarning")  # of dlt
def test_what_a_failed_load_has_torn_the_next_one_mends(
    pipeline: Pipeline, sandbox: Sandbox
) -> None:
    load(pipeline, sandbox)
    assert stored(pipeline, "projects")
    asked(pipeline, "ALTER TABLE tasks RENAME TO tasks_of_before")
    changed(sandbox)
    with pytest.raises(Exception, match=FAILED):
        load(pipeline, sandbox)
    asked(pipeline, "ALTER TABLE tasks_of_before RENAME TO tasks")
    assert pipeline.has_pending_data
    load(pipeline, sandbox)
    assert not pipeline.has_pending_data
    load(pipeline, sandbox)
    assert agilekit.dlt.check(pipeline).ok
    assert stored(pipeline, "cards") == len(seeded(sandbox).cards)


def test_no_secret_is_in_the_files_the_state_or_the_traces(
    pipeline: Pipeline, sandbox: Sandbox, tmp_path: Path
) -> None:
    project, secret = seeded(sandbox), "0f" * 16
    kanban = sandbox.kanbantool
    load(pipeline, sandbox)
    loaded = [everything(pipeline, table.name) for table in (*TABLES, LOADED_MANIFEST)]
    for wrong in (
        client(sandbox, another(sandbox, "Wrong"), secret=secret),
        KanbanTool(
            token=secret,
            token_in="query",
            base_url=kanban.base_url,
            transport=sandbox.transport(),
        ),
    ):
        with pytest.raises(Exception, match=FAILED) as caught:
            pipeline.run(agilekit.dlt.source([wrong]))
        shown = f"{caught.value} {caught.value!r} {pipeline.last_trace!r}"
        assert pipeline.last_trace is not None
        assert not shows(shown + pipeline.last_trace.asstr(2), secret)
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) > 10
    texts = [str(path) + path.read_bytes().decode("utf-8", "replace") for path in written]
    texts += [repr(loaded), repr(pipeline.state), pipeline.schemas["agilekit"].to_pretty_yaml()]
    for text in texts:
        assert project.secret not in text
        assert secret not in text


def test_connections_say_where_to_read_and_what_is_done(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "agilekit.toml").write_text(
        '[connections.work]\nservice = "kanbantool"\naccount = "lighthouse"\n'
        'token = { env = "WORK_TOKEN" }\ndone = ["Done"]\n',
        encoding="utf-8",
    )
    connections = load_connections()
    with pytest.raises(InvalidInput, match="WORK_TOKEN"):
        agilekit.dlt.source(connections)
    monkeypatch.setenv("WORK_TOKEN", "not-a-real-token")
    assert {"cards", "manifest"} <= {*agilekit.dlt.source(connections).resources}
    with pytest.raises(InvalidInput, match="done names the connection"):
        agilekit.dlt.source(connections, done={"home": ["Done"]})


def test_what_cannot_be_right_is_refused_at_once(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidInput, match="export needs clients"):
        agilekit.dlt.source([])
    with pytest.raises(InvalidInput, match="tables may be"):
        agilekit.dlt.source([client(sandbox)], tables=["card"])
    with pytest.raises(InvalidInput, match="at_once"):
        agilekit.dlt.source([client(sandbox)], at_once=0)

    async def source_of_an_open_client() -> None:
        async with client(sandbox) as donut:
            agilekit.dlt.source([donut])

    with pytest.raises(InvalidInput, match="is open"):
        anyio.run(source_of_an_open_client)
    monkeypatch.setitem(sys.modules, "dlt", None)
    with pytest.raises(InvalidInput, match=r"pip install 'agilekit\[dlt\]'"):
        agilekit.dlt.source([client(sandbox)])
