"""Every kind of flow, easyBacklog and Kanban Tool is created in bulk, each draft exactly once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest

from agilekit import BulkReport, Flow, InvalidInput, JournalError, ServerError, Unprocessable
from agilekit.bulk import BulkOptions, Draft
from agilekit.sandbox import Faults, Sandbox
from tests.bulk.clients import TRIALS, Format, Trial
from tests.bulk.unreachable import OftenUnreachable
from tests.contract import clients as contract
from tests.sizes import FULL
from tests.virtual_time import in_virtual_time

COUNT: Final = 2000 if FULL else 60
MIX: Final = Faults(
    drop_before=0.05,
    drop_after=0.05,
    cut_body=0.05,
    error_before=0.05,
    error_after=0.05,
    bad_gateway=0.05,
    rate_limited=0.05,
    retry_after=0.01,
    seed=4,
)
LOST: Final = Faults(drop_after=1, methods=frozenset({"POST"}))
BY_NAME: Final = {trial.name: trial for trial in TRIALS}

# Companies are not listed.
EXACT: Final = [trial for trial in TRIALS if trial.name != "easyBacklog companies"]


@pytest.fixture
def sandbox() -> Sandbox:
    return OftenUnreachable("demo")


def run(
    backend: str,
    trial: Trial,
    sandbox: Sandbox,
    drafts: list[Draft],
    options: BulkOptions | None = None,
    *,
    format: Format = "json",
) -> BulkReport[Any]:
    return in_virtual_time(backend, lambda: trial.job(sandbox, format, drafts, options or {}))


def posts(sandbox: Sandbox) -> int:
    return sum(request.method == "POST" for request in sandbox.requests)


def agrees(trial: Trial, sandbox: Sandbox, drafts: list[Draft], report: BulkReport[Any]) -> bool:
    """Whether each item of the report is one of the server's own, and says what its draft does."""
    held = trial.held(sandbox)
    ids = [trial.id_of(created.item) for created in report.created]
    for id, created in zip(ids, report.created, strict=True):
        asked = trial.asked(drafts[created.position])
        assert held[id] == asked == trial.told(created.item)
    return len(set(ids)) == len(ids)


def new(trial: Trial, sandbox: Sandbox, before: set[int]) -> Counter[object]:
    return Counter(what for id, what in trial.held(sandbox).items() if id not in before)


@pytest.mark.quick(2)
@pytest.mark.parametrize("trial", EXACT, ids=str)
def test_whatever_fails_each_draft_becomes_one_item_and_a_journal_knows_it(
    trial: Trial, sandbox: Sandbox, tmp_path: Path, anyio_backend: str
) -> None:
    drafts = trial.drafts(sandbox, COUNT)
    before = set(trial.held(sandbox))
    sandbox.faults = MIX
    options: BulkOptions = {"journal": tmp_path / "job.journal"}
    report = run(anyio_backend, trial, sandbox, drafts, options)
    assert [outcome.position for outcome in report] == list(range(COUNT))
    assert str(report) == f"{COUNT} created, 0 refused, 0 of unknown outcome"
    assert agrees(trial, sandbox, drafts, report)
    assert new(trial, sandbox, before) == Counter(map(trial.asked, drafts))

    sent = posts(sandbox)
    again = run(anyio_backend, trial, sandbox, drafts, options)
    assert posts(sandbox) == sent
    assert again.outcomes == report.outcomes


@pytest.mark.quick(1)
@pytest.mark.parametrize(
    "name", ["flow tasks", "easyBacklog stories", "easyBacklog sprint stories", "Kanban Tool tasks"]
)
def test_whatever_fails_each_draft_becomes_one_item_of_xml_without_a_journal(
    name: str, sandbox: Sandbox, anyio_backend: str
) -> None:
    trial = BY_NAME[name]
    drafts = trial.drafts(sandbox, COUNT)
    before = set(trial.held(sandbox))
    sandbox.faults = MIX
    report = run(anyio_backend, trial, sandbox, drafts, format="xml")
    assert len(report.created) == COUNT
    assert agrees(trial, sandbox, drafts, report)
    assert new(trial, sandbox, before) == Counter(map(trial.asked, drafts))


@pytest.mark.quick(6)
@pytest.mark.parametrize("trial", EXACT, ids=str)
@pytest.mark.parametrize("format", ["json", "xml"])
def test_a_draft_whose_answer_is_lost_is_found_and_not_sent_again(
    trial: Trial, format: Format, sandbox: Sandbox, anyio_backend: str
) -> None:
    sandbox.easybacklog.decimals_as_text = True
    sandbox.flow.ids_as_text = True
    drafts = trial.drafts(sandbox, 24)
    sandbox.faults = LOST
    report = run(anyio_backend, trial, sandbox, drafts, format=format)
    assert len(report.created) == 24 == posts(sandbox)
    assert agrees(trial, sandbox, drafts, report)


def test_a_company_whose_answer_is_lost_stays_unknown_and_is_not_sent_again(
    sandbox: Sandbox, tmp_path: Path, anyio_backend: str
) -> None:
    trial = BY_NAME["easyBacklog companies"]
    drafts = trial.drafts(sandbox, COUNT)
    before = set(trial.held(sandbox))
    sandbox.faults = MIX
    options: BulkOptions = {"journal": tmp_path / "job.journal"}
    report = run(anyio_backend, trial, sandbox, drafts, options)
    assert len(report) == COUNT
    assert report.unknown
    assert not report.refused
    assert agrees(trial, sandbox, drafts, report)
    made = new(trial, sandbox, before)
    created = Counter(trial.asked(drafts[one.position]) for one in report.created)
    unknown = Counter(trial.asked(drafts[one.position]) for one in report.unknown)
    assert created <= made <= created + unknown

    sent = posts(sandbox)
    again = run(anyio_backend, trial, sandbox, drafts, options)
    assert posts(sandbox) == sent
    assert str(again) == str(report)


def test_sprints_are_created_in_the_order_of_their_drafts(
    sandbox: Sandbox, tmp_path: Path, anyio_backend: str
) -> None:
    trial = BY_NAME["easyBacklog sprints"]
    drafts = trial.drafts(sandbox, COUNT)
    before = set(trial.held(sandbox))
    sandbox.faults = MIX
    options: BulkOptions = {"journal": tmp_path / "job.journal"}
    report = run(anyio_backend, trial, sandbox, drafts, options)
    assert [created.position for created in report.created] == list(range(COUNT))
    iterations = [sprint.iteration for sprint in report.items]
    assert iterations == list(range(iterations[0], iterations[0] + COUNT))
    assert agrees(trial, sandbox, drafts, report)
    assert new(trial, sandbox, before) == Counter(map(trial.asked, drafts))
    sent = posts(sandbox)
    assert run(anyio_backend, trial, sandbox, drafts, options).outcomes == report.outcomes
    assert posts(sandbox) == sent


def test_a_theme_of_a_name_that_is_taken_is_refused(sandbox: Sandbox, anyio_backend: str) -> None:
    report = run(anyio_backend, BY_NAME["easyBacklog themes"], sandbox, [{"name": "Gulls"}] * 3)
    assert str(report) == "1 created, 2 refused, 0 of unknown outcome"
    assert all(isinstance(refused.error, Unprocessable) for refused in report.refused)


def test_a_story_of_another_sprint_is_refused_after_some_tries(
    sandbox: Sandbox, anyio_backend: str
) -> None:
    trial, easy = BY_NAME["easyBacklog sprint stories"], sandbox.easybacklog
    (free,) = trial.drafts(sandbox, 1)
    other = easy.backlogs[easy.backlog_id].sprints[0]
    taken = easy.sprint_stories[easy.sprints[other].stories[0]].story_id
    report = run(anyio_backend, trial, sandbox, [{"story_id": taken}, free])
    (refused,), (created,) = report.refused, report.created
    assert (refused.position, created.position) == (0, 1)
    assert isinstance(refused.error, ServerError)
    assert 2 < posts(sandbox) < 20


@pytest.mark.parametrize("name", ["flow tasks", "easyBacklog stories", "Kanban Tool tasks"])
def test_what_is_written_a_little_otherwise_is_known_again(
    name: str, sandbox: Sandbox, anyio_backend: str
) -> None:
    kind = sandbox.flow.projects[sandbox.flow.project_id].task_types[0]
    draft: dict[str, Draft] = {
        "flow tasks": {"task_text": " Paint\tthe \n buoy ", "task_type_id": kind},
        "easyBacklog stories": {
            "i_want_to": "  paint\r\n\tthe buoy ",
            "so_i_can": "",
            "comments": None,
            "score": "3.0",
        },
        "Kanban Tool tasks": {
            "name": " Paint the  buoy",
            "swimlane_id": None,
            "workflow_stage_id": None,
            "due_date": "2040-05-04",
            "assigned_user_id": None,
            "tags": "",
            "size_estimate": "1.50",
        },
    }

    def trim(_: object) -> None:
        for task in sandbox.flow.tasks.values():
            task.text = " ".join(task.text.split())

    sandbox.faults = LOST
    report = run(anyio_backend, BY_NAME[name], sandbox, [draft[name]], {"on_progress": trim})
    assert len(report.created) == 1 == posts(sandbox)


def test_a_rate_without_a_velocity_is_refused_also_when_no_reply_comes(
    sandbox: Sandbox, anyio_backend: str
) -> None:
    sandbox.faults = LOST
    company = next(iter(sandbox.easybacklog.companies))
    report = run(
        anyio_backend,
        BY_NAME["easyBacklog backlogs"],
        sandbox,
        [{"name": "Buoys", "rate": 700, "company_id": company}],
    )
    assert (len(report.created), len(report.refused), len(report.unknown)) == (0, 1, 0)
    assert "Buoys" not in [one.name for one in sandbox.easybacklog.backlogs.values()]


def test_a_backlog_that_is_archived_meanwhile_is_found_too(
    sandbox: Sandbox, anyio_backend: str
) -> None:
    easy = sandbox.easybacklog
    before = set(easy.backlogs)

    def archive(_: object) -> None:
        for id in easy.backlogs.keys() - before:
            easy.backlogs[id].archived = True

    sandbox.faults = LOST
    options: BulkOptions = {"on_progress": archive}
    trial = BY_NAME["easyBacklog backlogs"]
    (backlog,) = run(anyio_backend, trial, sandbox, [{"name": "Buoys"}], options).items
    assert backlog.archived
    assert easy.backlogs.keys() - before == {backlog.id}


@pytest.mark.quick(2)
@pytest.mark.parametrize(
    ("name", "short", "long"),
    [
        ("easyBacklog stories", {"i_want_to": "sail"}, {"i_want_to": "sail", "as_a": "pilot"}),
        ("easyBacklog backlogs", {"name": "Sea"}, {"name": "Sea", "velocity": 2}),
        ("Kanban Tool subtasks", {"name": "Sail"}, {"name": "Sail", "is_completed": True}),
        ("Kanban Tool tasks", {"name": "Sail"}, {"name": "Sail", "priority": 1}),
    ],
)
def test_drafts_of_one_text_that_differ_otherwise_are_told_apart(
    name: str, short: Draft, long: Draft, sandbox: Sandbox, anyio_backend: str
) -> None:
    sandbox.faults = LOST
    drafts = [short, long, short, long, long]
    report = run(anyio_backend, BY_NAME[name], sandbox, drafts)
    assert len(report.created) == 5 == posts(sandbox)
    (other,) = long.keys() - short.keys()
    found = [getattr(created.item, other) == long[other] for created in report.created]
    assert found == [False, True, False, True, True]


def test_a_task_of_flow_is_what_was_sent_under_the_id_that_came(
    sandbox: Sandbox, tmp_path: Path, anyio_backend: str
) -> None:
    trial, flow = BY_NAME["flow tasks"], sandbox.flow
    drafts = trial.drafts(sandbox, 1)
    options: BulkOptions = {"journal": tmp_path / "job.journal"}
    for _ in range(2):
        (task,) = run(anyio_backend, trial, sandbox, drafts, options).items
        assert task.task_id == max(flow.tasks)
        assert (task.project_id, task.user_id) == (flow.project_id, flow.user_id)
        assert task.raw == {
            "task_id": task.task_id,
            "user_id": flow.user_id,
            "project_id": flow.project_id,
            **drafts[0],
        }


def test_without_a_member_nothing_is_sent_to_flow(sandbox: Sandbox, anyio_backend: str) -> None:
    fake = sandbox.flow

    async def main() -> None:
        async with Flow(
            "b", key=fake.key, base_url=fake.base_url, transport=sandbox.transport()
        ) as flow:
            with pytest.raises(InvalidInput, match="user_id"):
                await flow.tasks.create_many(1, [{"task_text": "T", "task_type_id": 1}])

    in_virtual_time(anyio_backend, main)
    assert sandbox.requests == []


def test_a_container_that_is_not_valid_is_refused_at_once(
    sandbox: Sandbox, anyio_backend: str
) -> None:
    async def main() -> None:
        async with contract.easy_backlog(sandbox) as easy, contract.kanban_tool(sandbox) as kanban:
            with pytest.raises(InvalidInput, match="a theme or its id"):
                await easy.stories.create_many(0, [])
            with pytest.raises(InvalidInput, match="a board or its id"):
                await kanban.tasks.create_many(-1, [])

    in_virtual_time(anyio_backend, main)
    assert sandbox.requests == []


def test_jobs_of_two_containers_or_kinds_have_two_places(
    sandbox: Sandbox, tmp_path: Path, anyio_backend: str
) -> None:
    options: BulkOptions = {"journal": tmp_path / "job.journal"}
    run(anyio_backend, BY_NAME["Kanban Tool subtasks"], sandbox, [{"name": "Sail"}], options)
    sent = len(sandbox.requests)
    for name in ("Kanban Tool comments", "Kanban Tool tasks", "flow tasks"):
        with pytest.raises(JournalError, match="another job"):
            run(anyio_backend, BY_NAME[name], sandbox, [], options)
    assert len(sandbox.requests) == sent
