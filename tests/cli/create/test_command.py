"""``agilekit create`` against a sandbox behind a port."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal
from click.testing import CliRunner, Result

from agilekit import InvalidInput
from agilekit.cli.commands import commands
from agilekit.cli.create.drafts_file import DraftsFile
from agilekit.cli.signals import Interrupted
from agilekit.sandbox import Faults, Sandbox
from agilekit.sandbox.messages import Answer, Request, Response
from tests.cli.shell import INTERRUPTIBLE, environment
from tests.cli.test_signals import Clock
from tests.sizes import FULL


class Served:
    """A sandbox behind a port, and the command line pointed at it, in a folder of its own."""

    def __init__(self, url: str, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self.donut, flow = sandbox.flyingdonut, sandbox.flow
        easy, kanban = sandbox.easybacklog, sandbox.kanbantool
        self.bucket = next(iter(self.donut.projects[self.donut.project_id].buckets))
        self.secrets = [self.donut.secret, flow.key, easy.token, kanban.token]
        self.variables = {
            "AGILEKIT_FLYINGDONUT_PROJECT": self.donut.project_id,
            "AGILEKIT_FLYINGDONUT_SECRET": self.donut.secret,
            "AGILEKIT_FLYINGDONUT_USERNAME": self.donut.username,
            "AGILEKIT_FLYINGDONUT_BASE_URL": url + self.donut.base_path,
            "AGILEKIT_FLOW_BOARD": flow.board_name,
            "AGILEKIT_FLOW_KEY": flow.key,
            "AGILEKIT_FLOW_USER_ID": str(flow.user_id),
            "AGILEKIT_FLOW_BASE_URL": url + flow.base_path,
            "AGILEKIT_EASYBACKLOG_TOKEN": easy.token,
            "AGILEKIT_EASYBACKLOG_BASE_URL": url + easy.base_path,
            "AGILEKIT_KANBANTOOL_TOKEN": kanban.token,
            "AGILEKIT_KANBANTOOL_BASE_URL": url + kanban.base_path,
        }

    def write(self, name: str, lines: Iterable[str]) -> Path:
        path = self.folder / name
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return path

    def create(self, *arguments: object, to: str = "flyingdonut", stdin: str = "") -> Result:
        given = ["create", "--to", to, *map(str, arguments)]
        result = CliRunner().invoke(commands, given, env={**self.variables}, input=stdin)
        assert not any(secret in result.output for secret in self.secrets)
        assert isinstance(result.exception, SystemExit | None), result.exception
        return result

    def cards(self, file: Path | str, *arguments: object, stdin: str = "") -> Result:
        return self.create("--into", self.bucket, file, *arguments, stdin=stdin)

    @property
    def titles(self) -> Counter[str | None]:
        cards = self.donut.projects[self.donut.project_id].cards.values()
        return Counter(card.title.value for card in cards)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    sandbox = Sandbox("empty")
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(sandbox.serve()) as server,
    ):
        yield Served(server.url, sandbox, tmp_path)


def titles(count: int) -> Counter[str | None]:
    return Counter(f"Card {number}" for number in range(count))


def test_each_line_of_csv_becomes_a_card(served: Served) -> None:
    file = served.write("cards.csv", ["Title,Summary,Estimate", '"A, b",,2.5', "C,text,"])
    result = served.cards(file)
    assert (result.exit_code, result.stdout.split()[-4:]) == (0, ["cards", "2", "0", "0"])
    cards = served.donut.projects[served.donut.project_id].cards.values()
    found = {card.title.value: card.estimate.value for card in cards}
    assert found == {"A, b": 2.5, "C": None}


def test_each_line_of_json_becomes_a_card(served: Served) -> None:
    lines = ['{"title": "A", "estimate": 3}', "", '{"Name": "B", "id": 7, "summary": "é"}']
    file = served.write("cards.jsonl", lines)
    result = served.cards(file, "--map", "Name=title", "--map", "id=")
    assert result.exit_code == 0, result.output
    assert served.titles == Counter(["A", "B"])


def test_a_bad_draft_is_named_by_its_line_and_spoils_no_other(served: Served) -> None:
    count = 4711 if FULL else 1211
    rows = [f"Card {number},1" for number in range(count)]
    rows[-2] = "Card two,many"  # the header is line 1
    file = served.write("cards.csv", ["title,estimate", *rows])
    result = served.cards(file)
    assert result.exit_code == 1
    assert f"line {count}: refused: estimate must be a number, not 'many'\n" in result.stderr
    assert result.stdout.splitlines()[1].split() == ["cards", f"{count - 1:,}", "1", "0"]
    assert served.titles == Counter(row.partition(",")[0] for row in rows if "many" not in row)
    rows[-2] = f"Card {count - 2},2"
    served.write("cards.csv", ["title,estimate", *rows])
    result = served.cards(file)
    assert (result.exit_code, served.titles) == (0, titles(count))


def test_what_was_created_is_not_created_again(served: Served) -> None:
    file = served.write("cards.csv", ["title", "Card 0", "Card 1"])
    assert served.cards(file).exit_code == 0
    posts = served.sandbox.count("POST")
    result = served.cards(file)
    assert (result.exit_code, served.sandbox.count("POST")) == (0, posts)
    assert result.stdout.splitlines()[1].split() == ["cards", "2", "0", "0"]
    assert (served.folder / "cards.csv.agilekit-journal").exists()
    served.write("cards.csv", ["title", "Card 0", "Card 1", "Card 2"])
    assert served.cards(file).exit_code == 0
    assert served.titles == titles(3)


def test_without_a_journal_nothing_is_kept_and_everything_created_again(served: Served) -> None:
    file = served.write("cards.csv", ["title", "Card 0"])
    assert served.cards(file, "--no-journal").exit_code == 0
    assert served.cards(file, "--no-journal").exit_code == 0
    assert served.titles == Counter({"Card 0": 2})
    assert [path.name for path in served.folder.iterdir()] == ["cards.csv"]


def test_a_changed_input_is_refused_before_anything_is_sent(served: Served) -> None:
    file = served.write("cards.csv", ["title", "Card 0", "Card 1"])
    assert served.cards(file).exit_code == 0
    served.write("cards.csv", ["title", "Card 0"])
    result = served.cards(file)
    assert result.exit_code == 1
    assert "the input has changed" in result.stderr
    assert served.titles == titles(2)


@pytest.mark.slow
def test_an_interrupted_job_is_continued_by_the_same_command(served: Served) -> None:
    count = 2000
    file = served.write("cards.csv", ["title", *(f"Card {n}" for n in range(count))])
    served.sandbox.faults = Faults(latency=0.1)
    arguments = ["create", "--to", "flyingdonut", "--into", served.bucket, str(file)]
    with subprocess.Popen(
        [*INTERRUPTIBLE, *arguments, "--concurrency", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(**served.variables),
    ) as process:
        assert process.stderr is not None
        assert f"of {count} cards" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "The same command continues" in told
    assert f"Interrupted: {served.titles.total():,} of 2,000 cards were created." in told
    assert "Traceback" not in told
    assert 0 < served.titles.total() < count
    served.sandbox.faults = Faults()
    result = served.cards(file)
    assert (result.exit_code, served.titles) == (0, titles(count)), result.output


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize(("second", "least", "most"), [(False, 2.9, 5), (True, 0, 2)])
def test_what_is_on_its_way_has_three_seconds_or_until_the_second_signal(
    served: Served, second: bool, least: float, most: float
) -> None:
    file = served.write("cards.csv", ["title", *(f"Card {n}" for n in range(2000))])
    served.sandbox.faults = Faults(latency=5, methods=frozenset({"POST"}))
    arguments = ["create", "--to", "flyingdonut", "--into", served.bucket, str(file)]
    with subprocess.Popen(
        [*INTERRUPTIBLE, *arguments, "--concurrency", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(**served.variables),
    ) as process:
        while served.sandbox.count("POST") < 3:  # one goes ahead of the others
            assert process.poll() is None
            time.sleep(0.01)
        time.sleep(0.5)  # the first three are answered, the next two are on their way
        began, clock = time.monotonic(), Clock(process.pid)
        process.send_signal(signal.SIGINT)
        if second:
            time.sleep(0.3)
            process.send_signal(signal.SIGINT)
        worked = 0.0
        while process.poll() is None:
            time.sleep(0.01)
            worked = clock.seconds()  # without what it waits for a processor of a busy machine
        seconds = time.monotonic() - began
        _, told = process.communicate(timeout=20)
    assert process.returncode == 130
    assert least <= seconds
    assert worked <= most
    assert told.endswith(
        "Interrupted: 150 of 2,000 cards were created. "
        "The same command continues: nothing is created twice.\n"
    )


@pytest.mark.slow
def test_it_creates_each_once_through_faults(served: Served) -> None:
    served.sandbox.faults = Faults(
        rate_limited=0.1, retry_after=0.01, drop_before=0.1, drop_after=0.1, error_after=0.1, seed=5
    )
    file = served.write("cards.csv", ["title", *(f"Card {number}" for number in range(600))])
    result = served.cards(file)
    assert (result.exit_code, served.titles) == (0, titles(600)), result.output


def test_an_unknown_outcome_is_exit_code_3(served: Served) -> None:
    # The list of companies does not show what the API created, so nobody can look.
    served.sandbox.faults = Faults(drop_after=1, methods=frozenset({"POST"}))
    file = served.write("new.jsonl", ['{"name": "Pier"}', '{"name": ""}'])
    account = served.sandbox.easybacklog.account_id
    result = served.create("--kind", "companies", "--into", account, file, to="easybacklog")
    assert result.exit_code == 3
    assert "line 1: unknown: " in result.stderr
    assert "line 2: refused: " in result.stderr
    assert result.stdout.splitlines()[1].split() == ["companies", "0", "1", "1"]
    assert "Look for what is unknown before you create it again." in result.stdout


def test_it_stops_at_an_error_if_that_is_asked_for(served: Served) -> None:
    file = served.write("cards.csv", ["title,estimate", "A,x", *["B,1"] * 3000])
    result = served.cards(file, "--on-error", "stop", "--concurrency", 1)
    assert result.exit_code == 1
    assert "drafts were not tried" in result.stdout
    assert served.titles["B"] < 3000


def test_an_interruption_without_a_journal_says_so(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    received: list[int] = []

    def interrupted(_job: object, **_options: object) -> None:
        received.append(signal.SIGTERM)
        raise Interrupted(signal.SIGTERM)

    monkeypatch.setattr("agilekit.cli.create.job.run", interrupted)
    monkeypatch.setattr("agilekit.cli.signals.received", received)
    result = served.cards(served.write("cards.csv", ["title", "A"]), "--no-journal")
    assert result.exit_code == 143
    assert "Without a journal the same command would begin again" in result.stderr


def test_a_service_that_refuses_the_secret_meanwhile_stops_the_job(served: Served) -> None:
    file = served.write("cards.csv", ["title", *(f"Card {n}" for n in range(2000))])
    handle, posts = served.sandbox.handle, 0

    def refuse(request: Request) -> Answer:
        nonlocal posts
        posts += request.method == "POST"
        refused = Response.json({"message": "no"}, 401)
        return Answer(refused) if posts > 3 else handle(request)

    served.sandbox.handle = refuse  # type: ignore[method-assign]
    result = served.cards(file, "--concurrency", 1)
    assert result.exit_code == 1
    assert "Stopped: " in result.stderr
    assert "1800 drafts were not tried. The same command continues." in result.stderr
    assert served.titles == titles(150)
    served.sandbox.handle = handle  # type: ignore[method-assign]
    assert served.cards(file).exit_code == 0
    assert served.titles == titles(2000)


def test_a_file_that_fails_meanwhile_is_named_after_what_was_created(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = served.write("cards.csv", ["title", *(f"Card {n}" for n in range(60))])

    def broken(_: DraftsFile) -> Iterator[dict[str, str]]:
        yield {"title": "Card 0"}
        raise InvalidInput("line 3: unexpected end of data")

    monkeypatch.setattr(DraftsFile, "__iter__", broken)
    result = served.cards(file)
    assert result.exit_code == 2
    assert result.stderr.endswith("Error: line 3: unexpected end of data\n")
    assert result.stdout.splitlines()[1].split() == ["cards", "1", "0", "0"]


def test_twenty_failures_are_printed_and_the_rest_counted(served: Served) -> None:
    file = served.write("cards.csv", ["title,estimate", *["A,x"] * 25])
    result = served.cards(file)
    assert result.stderr.count(": refused: ") == 20
    assert "… and 5 more" in result.stderr
    assert "--failures" in result.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a disk that is always full")
def test_a_disk_that_is_full_is_told_of_the_option(served: Served) -> None:
    file = served.write("cards.jsonl", ['{"title": 1}', '{"title": "Good"}'])
    result = served.cards(file, "--failures", "/dev/full")
    assert result.exit_code == 2
    assert "--failures /dev/full: No space left on device" in result.stderr


def test_all_failures_are_written_to_a_file(served: Served) -> None:
    lines = ['{"title": "A"}', *['{"title": ""}'] * 25, "no JSON", '["title"]']
    file, failures = served.write("cards.jsonl", lines), served.folder / "failed.jsonl"
    result = served.cards(file, "--failures", failures)
    rows = [json.loads(line) for line in failures.read_text(encoding="utf-8").splitlines()]
    assert [row["line"] for row in rows] == [*range(2, 29)]
    assert rows[0] == {
        "line": 2,
        "outcome": "refused",
        "error": "InvalidInput",
        "reason": "title must be text that is not empty, not ''",
        "draft": {"title": ""},
    }
    assert "it is not valid JSON" in rows[-2]["reason"]
    assert f"… and 7 more: {failures}" in result.stderr


def test_a_dry_run_shows_the_first_requests_and_sends_nothing(served: Served) -> None:
    rows = [f"Card {number}," for number in range(200)]
    file = served.write("cards.csv", ["title,estimate", "Bad,x", *rows])
    result = served.cards(file, "--dry-run")
    assert result.exit_code == 1
    assert served.sandbox.count() == 0
    assert [path.name for path in served.folder.iterdir()] == ["cards.csv"]
    path = f"/projects/{served.donut.project_id}/backlog/buckets/{served.bucket}/items"
    heads = [line for line in result.stdout.splitlines() if line.startswith("POST ")]
    assert heads == [f"POST {served.donut.base_path}{path}"] * 3
    assert '"value": "Card 0"' in result.stdout
    assert "line 2: refused: estimate must be a number" in result.stderr
    assert "Nothing was sent. 200 of 201 drafts can be sent." in result.stdout


@pytest.mark.quick(1)
@pytest.mark.parametrize(
    ("to", "draft"),
    [
        ("flyingdonut", {"title": "Card"}),
        ("flow", {"task_text": "Task", "task_type_id": 1}),
        ("easybacklog", {"as_a": "keeper"}),
        ("kanbantool", {"name": "Task"}),
    ],
)
def test_a_dry_run_checks_every_draft_of_a_long_file(
    served: Served, to: str, draft: dict[str, object]
) -> None:
    file = served.write("drafts.jsonl", [json.dumps(draft)] * 600)
    result = served.create("--into", "7", file, "--dry-run", to=to)
    assert "Nothing was sent. 600 of 600 drafts can be sent." in result.stdout
    assert result.stdout.count("POST ") == 3


def test_a_dry_run_cannot_steer_the_terminal(served: Served) -> None:
    file = served.write("cards.jsonl", [json.dumps({"title": "\x1b[2J\x9b2Jé\u202e"})])
    result = served.cards(file, "--dry-run")
    assert not set("\x1b\x9b\u202e") & set(result.output)
    assert "é" in result.stdout


def test_quiet_prints_only_errors(served: Served) -> None:
    file = served.write("cards.csv", ["title,estimate", "A,1"])
    assert served.cards(file, "--quiet").output == ""
    assert served.cards(file, "--quiet", "--dry-run").output == ""
    served.write("cards.csv", ["title,estimate", "A,1", "B,x"])
    result = served.cards(file, "--quiet")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "line 3: refused: estimate must be a number, not 'x'\n"


def test_a_terminal_sees_a_bar(served: Served) -> None:
    served.variables["FORCE_COLOR"] = "1"
    file = served.write("cards.csv", ["title", *["A"] * 120])
    result = served.cards(file)
    assert result.exit_code == 0, result.output
    assert "/120" in result.stderr
    assert "━" in result.stderr


def test_standard_input_needs_journal_or_no_journal(served: Served) -> None:
    stdin = '{"title": "Card 0"}\n'
    result = served.cards("-", "--format", "jsonl", stdin=stdin)
    assert (result.exit_code, served.sandbox.count()) == (2, 0)
    assert "--journal or --no-journal" in result.stderr
    journal = served.folder / "own"
    for _ in range(2):
        result = served.cards("-", "--format", "jsonl", "--journal", journal, stdin=stdin)
        assert (result.exit_code, served.titles) == (0, titles(1)), result.output


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--kind", "stories"], "--kind cards, tasks, not stories"),
        (["--into", " "], "needs --into BUCKET"),
        (["--into", '""'], "lacks a name or an id"),
        (["--map", "title"], "COLUMN=FIELD"),
        (["--map", "title=prio"], "title, summary, estimate"),
        (["--map", "Prio=title"], "'Prio'"),
        (["--journal", "x", "--no-journal"], "exclude each other"),
        (["--failures", "no/such/folder/x"], "no/such/folder/x"),
        (["--concurrency", "0"], "concurrency"),
        (["--settle-after", "0"], "settle-after"),
        (["--format", "xml"], "xml"),
    ],
)
def test_a_wrong_argument_is_exit_code_2(served: Served, arguments: list[str], reason: str) -> None:
    file = served.write("cards.csv", ["title", "A"])
    result = served.cards(file, *arguments)
    assert (result.exit_code, served.sandbox.count()) == (2, 0)
    assert reason in " ".join(result.stderr.split())


def test_the_failures_are_not_written_over_the_input(served: Served) -> None:
    file = served.write("cards.csv", ["title", "A"])
    result = served.cards(file, "--failures", file)
    assert (result.exit_code, file.read_text()) == (2, "title\nA\n")


def test_a_missing_variable_is_exit_code_2(served: Served) -> None:
    served.variables["AGILEKIT_FLYINGDONUT_SECRET"] = ""
    result = served.cards(served.write("cards.csv", ["title", "A"]))
    assert result.exit_code == 2
    assert "AGILEKIT_FLYINGDONUT_SECRET" in result.stderr


def test_a_container_that_is_not_there_is_one_line_and_exit_code_1(served: Served) -> None:
    file = served.write("cards.csv", ["title", "A"])
    result = served.create("--into", "f" * 24, file)
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert served.titles.total() == 0
    assert served.cards(file).exit_code == 0  # with the same journal
    assert served.titles == Counter(["A"])


def test_a_mark_is_in_the_field_that_the_option_names(served: Served) -> None:
    file = served.write("cards.csv", ["title,summary", "A,Oak", "A,"])
    assert served.cards(file, "--mark", "summary").exit_code == 0
    cards = served.donut.projects[served.donut.project_id].cards.values()
    marks = [str(card.summary.value) for card in cards]
    assert len(marks) == 2
    assert all("[ak-" in mark for mark in marks)
    assert "-1]" in marks[1]
    result = served.cards(file, "--mark", "estimate", "--no-journal")
    assert result.exit_code == 2
    assert "mark names a text field of the cards, not 'estimate'; these are: title, summary" in (
        result.output
    )


def test_what_was_not_stored_as_sent_is_named_by_its_line(tmp_path: Path) -> None:
    sandbox = Sandbox("empty", rewrite=["cut"], cut_to=8)
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(sandbox.serve()) as server,
    ):
        served = Served(server.url, sandbox, tmp_path)
        result = served.cards(served.write("cards.csv", ["title", "Short", "A long title"]))
    assert result.exit_code == 0
    assert "line 3: created, but not stored as sent: title" in result.output
    assert "line 2" not in result.output
