"""What the four services have in common: how a client gets to them, and what they show."""

from __future__ import annotations

import pytest

from agilekit import EasyBacklog, Flow, FlyingDonut, KanbanTool
from agilekit.sandbox import Faults, Sandbox
from agilekit.sandbox.easybacklog import Race
from agilekit.sandbox.flow import Board
from agilekit.sandbox.flyingdonut import Batches, Locking, RecordedForms
from agilekit.sandbox.rewriting import Rewriting
from agilekit.sandbox.transport import SandboxTransport

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("served", [False, True], ids=["in process", "served"])
async def test_a_client_is_made_from_the_arguments_of_its_service(*, served: bool) -> None:
    sandbox = Sandbox()
    async with sandbox.serve() as server:
        url = server.url if served else None
        async with (
            FlyingDonut(**sandbox.flyingdonut.arguments(url), retries=0) as donut,
            Flow(**sandbox.flow.arguments(url), format="xml") as flow,
            EasyBacklog(**sandbox.easybacklog.arguments(url), concurrency=1) as easy,
            KanbanTool(**sandbox.kanbantool.arguments(url), override=True) as kanban,
        ):
            bucket, *_ = await donut.buckets.all()
            await donut.cards.create(bucket, title="Paint the door")  # it takes the username
            assert donut.base_url == f"{url or 'https://sandbox.invalid'}/flyingdonut/api"
            assert flow.board == "lighthouse"
            assert len(await flow.members.all()) == len(sandbox.flow.members)
            assert [one.id for one in await easy.accounts.all()] == [sandbox.easybacklog.account_id]
            assert len(await kanban.boards.all()) == len(sandbox.kanbantool.boards)
    assert sandbox.count("POST") == 1


async def test_the_arguments_reach_a_sandbox_by_its_own_transport() -> None:
    class Counting(Sandbox):
        transports = 0

        def transport(self) -> SandboxTransport:
            self.transports += 1
            return super().transport()

    sandbox = Counting()
    sandbox.flow.arguments()
    sandbox.flow.arguments("http://127.0.0.1:8811")
    assert sandbox.transports == 1


def test_what_a_sandbox_shows_of_itself_is_one_line_without_secrets() -> None:
    faults = Faults(drop_after=1, methods=frozenset({"PUT", "POST"}), seed=7)
    sandbox = Sandbox("empty", faults=faults)
    donut, flow = sandbox.flyingdonut, sandbox.flow
    easy, kanban = sandbox.easybacklog, sandbox.kanbantool
    project = donut.projects[donut.project_id]
    project.add_task(project.add_card("Paint the door"), "Buy the paint")
    flow.add_task(flow.projects[flow.project_id], "Paint the door")
    easy.add_story(next(iter(easy.themes.values())))
    board = next(iter(kanban.boards.values()))
    kanban.add_task(board, "Paint the door")
    shown: list[tuple[object, str]] = [
        (sandbox, f"<Sandbox: {faults!r}, requests=0, pending=0>"),
        (faults, "Faults(drop_after=1, seed=7, methods={'POST', 'PUT'})"),
        (donut, "<FlyingDonut of a sandbox: projects=1, cards=1, tasks=1>"),
        (flow, "<Flow of a sandbox: 'lighthouse', projects=1, tasks=1>"),
        (easy, "<EasyBacklog of a sandbox: backlogs=1, stories=1>"),
        (kanban, "<KanbanTool of a sandbox: boards=1, tasks=1>"),
        (
            project,
            f"<Project {project.id} 'Empty Logbook': cards=1, tasks=1, sprints=0>",
        ),
        (sandbox.transport(), f"SandboxTransport({sandbox!r})"),
        (sandbox.serve(port=8811), "<Server: http://127.0.0.1:8811>"),
    ]
    for one, text in shown:
        assert repr(one) == text
    for secret in (donut.secret, flow.key, easy.token, kanban.token):
        assert all(secret not in text for _, text in shown)
        assert secret not in repr((board, kanban.user))


@pytest.mark.parametrize("board", [Board(), Sandbox().flow], ids=["alone", "served"])
def test_a_board_counts_what_it_holds(board: Board) -> None:
    board.add_member("Jane Smith")
    assert "\n" not in repr(board)
    assert repr(board.board_name) in repr(board)


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        (Faults(), "Faults()"),
        (Faults(latency=0.5, commit_status=504), "Faults(latency=0.5, commit_status=504)"),
        (Rewriting(ways={"strip", "cut"}), "Rewriting(ways={'cut', 'strip'})"),
        (Locking(status=200, normalise=True), "Locking(status=200, normalise={'round', 'strip'})"),
        (Batches(largest=9), "Batches(largest=9)"),
        (RecordedForms(milestones=True), "RecordedForms(milestones=True)"),
        (Race(odds=0.5), "Race(odds=0.5)"),
    ],
    ids=repr,
)
def test_options_show_what_differs_from_the_defaults(options: object, shown: str) -> None:
    assert repr(options) == shown
