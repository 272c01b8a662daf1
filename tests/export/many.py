"""A sandbox with many projects in each service, and clients that lead to all of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Unpack

from agilekit import EasyBacklog, Flow, FlyingDonut, KanbanTool
from agilekit.export import Exportable
from agilekit.sandbox import Sandbox
from agilekit.sandbox.flow import Edit
from agilekit.session.options import Options

_BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)


def filled(
    *, projects: int, cards: int, children: int, seed: int = 7, only: str | None = None
) -> Sandbox:
    """A sandbox with so many projects a service, cards a project, and children a card on average.

    only: the one service to fill.
    """
    sandbox, random = Sandbox("empty"), Random(seed)
    fills = {
        "flyingdonut": _fill_donut,
        "flow": _fill_flow,
        "easybacklog": _fill_easybacklog,
        "kanbantool": _fill_kanbantool,
    }
    for service, fill in fills.items():
        if only in (None, service):
            for number in range(projects):
                fill(sandbox, f"Project {number}", cards, children, random)
    return sandbox


def clients_of(
    sandbox: Sandbox, url: str | None = None, **options: Unpack[Options]
) -> dict[str, Exportable]:
    """Clients by names: in process, or at the URL of a server."""
    if url is None:
        options["transport"] = sandbox.transport()

    def at(base_url: str, base_path: str) -> str:
        return base_url if url is None else f"{url}{base_path}"

    donut, flow = sandbox.flyingdonut, sandbox.flow
    easy, kanban = sandbox.easybacklog, sandbox.kanbantool
    clients: dict[str, Exportable] = {
        f"donut {place}": FlyingDonut(
            one.id,
            secret=one.secret,
            base_url=at(donut.base_url, donut.base_path),
            **options,
        )
        for place, one in enumerate(donut.projects.values())
    }
    clients["flow"] = Flow(
        "midori", key=flow.key, user_id=1, base_url=at(flow.base_url, flow.base_path), **options
    )
    clients["stories"] = EasyBacklog(at(easy.base_url, easy.base_path), token=easy.token, **options)
    clients["boards"] = KanbanTool(
        "mycompany",
        token=kanban.token,
        base_url=at(kanban.base_url, kanban.base_path),
        **options,
    )
    return clients


def _fill_donut(sandbox: Sandbox, title: str, cards: int, children: int, random: Random) -> None:
    project = sandbox.flyingdonut.add_project(title)
    buckets = [project.add_bucket(f"Bucket {number}") for number in range(3)]
    sprints = [project.add_sprint(f"Sprint {number}") for number in range(3)]
    for number in range(cards):
        card = project.add_card(
            f"Card {number}",
            bucket=random.choice(buckets),
            sprint=random.choice([None, *sprints]),
            estimate=random.choice([None, 1, 2, 5, 8]),
        )
        for task in range(_some(children, random)):
            project.add_task(card, f"Task {task}", estimate=1.5)


def _fill_flow(sandbox: Sandbox, title: str, cards: int, children: int, random: Random) -> None:
    board = sandbox.flow
    project = board.add_project(title, archived=random.random() < 0.2, at=_BEGIN)
    columns = board.columns_of(project)
    for number in range(cards):
        at = _BEGIN + timedelta(minutes=number)
        task = board.add_task(project, f"Task {number}", at=at)
        for step in range(_some(children, random)):
            board.edit_task(
                task, Edit(column=columns[step % len(columns)]), at=at + timedelta(hours=1 + step)
            )


def _fill_easybacklog(
    sandbox: Sandbox, title: str, cards: int, children: int, random: Random
) -> None:
    store = sandbox.easybacklog
    account = next(iter(store.accounts.values()))
    backlog = store.add_backlog(account, title)
    themes = [store.add_theme(backlog, f"Theme {number}") for number in range(4)]
    sprint = store.add_sprint(backlog, start_on=date(2026, 3, 2), explicit_velocity=Decimal(20))
    for number in range(cards):
        story = store.add_story(
            random.choice(themes), i_want_to=f"want {number}", score=Decimal(random.randint(1, 8))
        )
        for criterion in range(_some(children, random)):
            store.add_criterion(story, f"Criterion {criterion}")
        if random.random() < 0.2:
            store.add_sprint_story(sprint, story)


def _fill_kanbantool(
    sandbox: Sandbox, title: str, cards: int, children: int, random: Random
) -> None:
    account = sandbox.kanbantool
    board = account.add_board(title)
    for number in range(cards):
        archived = _BEGIN + timedelta(hours=number) if random.random() < 0.3 else None
        task = account.add_task(board, f"Task {number}", archived_at=archived)
        for child in range(_some(children, random)):
            if child % 3 == 2:
                account.add_comment(task, f"Comment {child}")
            else:
                account.add_subtask(task, f"Subtask {child}")


def _some(children: int, random: Random) -> int:
    return random.randint(0, 2 * children)
