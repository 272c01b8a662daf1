"""What ``agilekit create`` reads, and what it can create of it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from threading import Thread

import click
import pytest
from click.testing import Result

from agilekit import EasyBacklog, Flow, FlyingDonut, InvalidInput, KanbanTool, Refused
from agilekit.cli.commands import commands
from agilekit.cli.create.columns import Columns
from agilekit.cli.create.drafts_file import DraftsFile, Format
from agilekit.cli.create.output import Tally
from agilekit.services import SERVICES
from agilekit.session.client import Client
from tests.cli.create.test_command import Served, served
from tests.each import each

__all__ = ["served"]

FIELDS = ("title", "task_type_id", "estimate", "is_completed")
EVERY_KIND = [(to, kind) for to, service in SERVICES.items() for kind in service.kinds]


def read(
    folder: Path,
    content: str | bytes,
    format: Format = "csv",
    mapped: Mapping[str, str | None] | None = None,
) -> DraftsFile:
    path = folder / "drafts"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return DraftsFile(
        path, name="x", format=format, columns=Columns(FIELDS, ("title",), mapped or {})
    )


def drafts(given: DraftsFile) -> Iterator[tuple[int | None, dict[str, object] | str]]:
    """Each draft with its line; the reason of one that cannot be read."""
    for position, draft in enumerate(given):
        try:
            yield given.line(position), dict(draft)
        except InvalidInput as error:
            yield given.line(position), str(error)


def test_lines_are_counted_as_in_the_file(tmp_path: Path) -> None:
    given = read(tmp_path, '\ntitle\nA\n\n"B\nb"\n"C\r\nc"\n\nD')
    assert [(line, draft) for line, draft in drafts(given)] == [
        (3, {"title": "A"}),
        (5, {"title": "B\nb"}),
        (7, {"title": "C\r\nc"}),
        (10, {"title": "D"}),
    ]
    assert len(given) == 4


def test_lines_of_json_are_counted_from_1_with_the_empty_ones(tmp_path: Path) -> None:
    given = read(tmp_path, '{"title": "A\u2028"}\n\n{"title": "B"}\r\n', "jsonl")
    assert list(drafts(given)) == [(1, {"title": "A\u2028"}), (3, {"title": "B"})]


def test_what_spreadsheets_write_is_understood(tmp_path: Path) -> None:
    text = (
        "\ufeffTitle,Task type ID,Is-Completed,Estimate\r\nA, 7 ,TRUE,2.5\r\nB,,, \r\n,,,\r\nC\r\n"
    )
    assert [draft for _, draft in drafts(read(tmp_path, text))] == [
        {"title": "A", "task_type_id": 7, "is_completed": "true", "estimate": "2.5"},
        {"title": "B"},
        {"title": "C"},
    ]


def test_columns_are_mapped_or_left_out(tmp_path: Path) -> None:
    mapped = {"a=b": "title", "Title": None}
    given = read(tmp_path, "Title,a=b\nno,yes\n", mapped=mapped)
    assert list(drafts(given)) == [(2, {"title": "yes"})]
    given = read(tmp_path, '{"Title": 1, "a=b": null, "x": 2}', "jsonl", mapped)
    assert list(drafts(given)) == [(1, {"title": None, "x": 2})]


@pytest.mark.parametrize(
    ("content", "format", "reason"),
    [
        ("title\nA,1\n", "csv", "it has 2 cells, but the header has 1"),
        ("{", "jsonl", "it is not valid JSON: "),
        ("[" * 100_000, "jsonl", "it is not valid JSON: "),
        ("7", "jsonl", "it is not a JSON object"),
        ('{"title": "A", "Title": "B"}', "jsonl", "two of its keys are title"),
    ],
    ids=["too many cells", "not JSON", "endlessly deep", "a number", "one field twice"],
)
def test_a_line_that_is_not_a_draft_says_why(
    tmp_path: Path, content: str, format: Format, reason: str
) -> None:
    ((_, found),) = drafts(read(tmp_path, content, format))
    assert isinstance(found, str)
    assert reason in found


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "no header"),
        ("\n\n", "no header"),
        ("title,Prio,Owner\n", "no field for the columns 'Prio', 'Owner'; the fields are title, "),
        ("title,\n", "no field for the column ''"),
        ("title,Title\n", "the columns 'title', 'Title' are both title"),
        ("estimate\n", "no column for title; there is column 'estimate'"),
        ('title\n"A\nB\n', "line 3: unexpected end of data"),
        ('title\nA\n"B" b\n', "line 3: "),
        (b"title\nGr\xfc\xdfe\n", "not text in UTF-8"),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_is_refused_at_once(
    tmp_path: Path, content: str | bytes, reason: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(tmp_path, content)
    assert str(caught.value).startswith("x")
    assert reason in str(caught.value)


def test_a_draft_that_only_the_journal_holds_has_no_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # A job that stops does not come to the end of its input, and so does not see that it is short.
    tally = Tally(read(tmp_path, "title\nA\n"), None)
    tally.print_failures(
        [Refused(0, {}, InvalidInput("wrong")), Refused(1, {}, InvalidInput("gone"))]
    )
    told = "line 2: refused: wrong\nno line any more: refused: gone\n"
    assert capsys.readouterr().err == told


@pytest.mark.parametrize(
    ("to", "client"),
    [
        ("flyingdonut", FlyingDonut("p", secret="s")),
        ("flow", Flow("b", key="k")),
        ("easybacklog", EasyBacklog("https://easy.invalid/api", token="t")),
        ("kanbantool", KanbanTool("a", token="t")),
    ],
    ids=str,
)
def test_every_create_many_can_be_reached(to: str, client: Client) -> None:
    offered = {name for name, one in vars(client).items() if hasattr(one, "create_many")}
    assert {kind.replace("-", "_") for kind in SERVICES[to].kinds} == offered


@each(("to", "kind"), EVERY_KIND)
def test_the_help_names_every_kind_and_its_container(to: str, kind: str) -> None:
    command = commands.commands["create"]
    text = command.get_help(click.Context(command, info_name="create"))
    into = "/".join(name.upper() for name in SERVICES[to].kinds[kind].spec.container)
    assert f"{kind} ({into or 'no --into'})" in text
    assert max(map(len, text.splitlines())) <= 80


@each(("to", "kind"), EVERY_KIND)
def test_every_field_of_a_draft_can_be_written_and_no_other(to: str, kind: str) -> None:
    spec = SERVICES[to].kinds[kind].spec
    assert set(spec.fields) == set(spec.write)
    assert set(spec.required) <= set(spec.fields)


def drafted(served: Served, to: str, kind: str) -> tuple[str | None, dict[str, object]]:
    """A container of the sandbox, and a draft that fits into it."""
    sandbox = served.sandbox
    if to == "flyingdonut":
        (project,) = sandbox.flyingdonut.projects.values()
        card = project.add_card("Home")
        return (served.bucket if kind == "cards" else card.id), {"title": "New"}
    if to == "flow":
        return str(sandbox.flow.project_id), {"task_text": "New", "task_type_id": 1}
    if to == "kanbantool":
        (board,) = sandbox.kanbantool.boards.values()
        task = sandbox.kanbantool.add_task(board, "Home")
        of_kind: dict[str, tuple[str | None, dict[str, object]]] = {
            "tasks": (str(board.id), {"name": "New"}),
            "subtasks": (f"{board.id}/{task.id}", {"name": "New", "is_completed": True}),
            "comments": (f"{board.id}/{task.id}", {"content": "New"}),
            "timers": (
                None,
                {"board_id": board.id, "task_id": task.id, "started_at": "2026-03-02T08:00:00Z"},
            ),
        }
        return of_kind[kind]
    easy = sandbox.easybacklog
    theme = next(iter(easy.themes.values()))
    story = easy.add_story(theme)
    sprint = easy.add_sprint(easy.backlogs[easy.backlog_id], start_on=date(2026, 3, 2))
    ids = {"story": story.id, "theme": theme.id, "sprint": sprint.id}
    ids |= {"backlog": easy.backlog_id, "account": easy.account_id}
    draft: dict[str, dict[str, object]] = {
        "stories": {"as_a": "keeper", "score": 3},
        "criteria": {"criterion": "New"},
        "sprints": {"start_on": "2026-09-07", "duration_days": 5, "explicit_velocity": 3},
        "sprint-stories": {"story_id": story.id},
    }
    return str(ids[SERVICES[to].kinds[kind].spec.container[0]]), draft.get(kind, {"name": "New"})


@pytest.mark.quick(4)
@pytest.mark.parametrize(("to", "kind"), EVERY_KIND)
@pytest.mark.parametrize("format", ["csv", "jsonl"])
def test_every_kind_is_created_from_either_format(
    served: Served, to: str, kind: str, format: Format
) -> None:
    container, draft = drafted(served, to, kind)
    texts = [json.dumps(cell) if isinstance(cell, bool) else str(cell) for cell in draft.values()]
    csv_lines = [",".join(draft), ",".join(texts)]
    file = served.write(f"new.{format}", csv_lines if format == "csv" else [json.dumps(draft)])
    into = [] if container is None else ["--into", container]

    def create(*more: str) -> Result:
        return served.create("--kind", kind, *into, file, *more, to=to)

    rehearsed = create("--dry-run")
    assert (rehearsed.exit_code, served.sandbox.count()) == (0, 0), rehearsed.output
    result = create()
    assert result.exit_code == 0, result.output
    assert served.sandbox.count("POST") == 1
    (head,) = [line for line in rehearsed.stdout.splitlines() if line.startswith("POST ")]
    sent = [one.path for one in served.sandbox.requests if one.method == "POST"]
    assert head == f"POST {sent[0]}"


def test_a_kind_that_lies_in_nothing_takes_no_container(served: Served) -> None:
    file = served.write("new.csv", ["board_id,task_id,started_at", "1,1,2026-03-02T08:00:00Z"])
    result = served.create("--kind", "timers", "--into", "7", file, to="kanbantool")
    assert (result.exit_code, served.sandbox.count()) == (2, 0)
    assert "--kind timers needs no --into, not '7'" in result.stderr


def test_a_pipe_is_read_like_standard_input(served: Served) -> None:
    pipe = served.folder / "cards.csv"
    os.mkfifo(pipe)
    assert served.cards(pipe).exit_code == 2  # no file that a journal could lie beside
    writer = Thread(target=pipe.write_text, args=("title\nCard 0\n",))
    writer.start()
    result = served.cards(pipe, "--no-journal")
    writer.join()
    assert (result.exit_code, served.titles) == (0, {"Card 0": 1}), result.output
