"""A loaded dataset is compared with the manifest that was loaded beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import agilekit.dlt
from agilekit import InvalidInput
from agilekit.export import ExportError
from agilekit.sandbox import Sandbox
from tests.dlt.pipelines import asked, load, stored
from tests.export.clients import client, seeded

if TYPE_CHECKING:
    from dlt import Pipeline


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox()


def test_what_was_changed_taken_or_added_there_is_found(
    pipeline: Pipeline, sandbox: Sandbox
) -> None:
    load(pipeline, sandbox)
    assert agilekit.dlt.check(pipeline).ok
    rows = stored(pipeline, "tasks")
    asked(pipeline, "UPDATE cards SET title = 'another' WHERE id = (SELECT min(id) FROM cards)")
    asked(pipeline, "DELETE FROM tasks WHERE id = (SELECT min(id) FROM tasks)")
    asked(pipeline, "DELETE FROM sprints")
    asked(pipeline, "UPDATE people SET project_id = 'of nobody'")
    found = agilekit.dlt.check(pipeline)
    assert not found.ok
    assert "problems=5" in repr(found)
    text = "\n".join(found.problems)
    assert "the rows of cards are not those that were read" in text
    assert f"tasks has {rows - 1} rows instead of {rows}" in text
    assert "sprints has 0 rows instead of" in text
    assert "people has 0 rows instead of" in text
    assert "rows of people that nothing promises" in text
    load(pipeline, sandbox, changed_only=False)
    (left,) = agilekit.dlt.check(pipeline).problems
    assert "of nobody" in left


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["pipeline", "postgres_pipeline"])
def test_a_column_that_a_hint_made_json_is_counted_only(
    kind: str, request: pytest.FixtureRequest, sandbox: Sandbox
) -> None:
    pipeline: Pipeline = request.getfixturevalue(kind)
    source = agilekit.dlt.source([client(sandbox)])
    source.resources["cards"].apply_hints(columns={"raw": {"data_type": "json"}})
    pipeline.run(source)
    found = agilekit.dlt.check(pipeline)
    assert found.counted == ("cards",)
    assert found.ok
    asked(pipeline, "DELETE FROM cards WHERE id = (SELECT min(id) FROM cards)")
    assert not agilekit.dlt.check(pipeline).ok


@pytest.mark.slow
def test_what_a_project_did_not_show_is_incomplete_but_no_problem(
    pipeline: Pipeline, sandbox: Sandbox
) -> None:
    source = agilekit.dlt.source([client(sandbox)], done=["No such column"])
    pipeline.run(source)
    found = agilekit.dlt.check(pipeline)
    assert found.ok
    (gap,) = found.incomplete
    assert seeded(sandbox).id in gap
    assert "No such column" in gap


def test_without_a_manifest_there_is_nothing_to_compare(pipeline: Pipeline) -> None:
    with pytest.raises(InvalidInput, match="the pipeline boards has loaded no manifest"):
        agilekit.dlt.check(pipeline)


@pytest.mark.slow
def test_a_destination_that_cannot_be_read_is_an_error_of_ours(
    pipeline: Pipeline, sandbox: Sandbox
) -> None:
    load(pipeline, sandbox)
    asked(pipeline, "DROP TABLE manifest")
    with pytest.raises(ExportError, match="cannot be read: DatabaseUndefinedRelation"):
        agilekit.dlt.check(pipeline)
