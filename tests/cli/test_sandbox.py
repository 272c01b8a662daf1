"""``agilekit sandbox``"""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import attrs
import httpx
import pytest
from click.testing import CliRunner

from agilekit import EasyBacklog, Flow, FlyingDonut, KanbanTool
from agilekit.cli.commands import commands
from agilekit.cli.sandbox_banner import banner
from agilekit.cli.sandbox_options import FAULTS
from agilekit.connections import load
from agilekit.export import verify
from agilekit.sandbox import Faults, Sandbox
from tests.cli.shell import INTERRUPTIBLE, environment

LAST = "  AGILEKIT_FLOW_BASE_URL="


@contextmanager
def running(*options: str) -> Generator[tuple[subprocess.Popen[str], str], None, None]:
    """A sandbox on a free port, and all that it printed."""
    with subprocess.Popen(
        [*INTERRUPTIBLE, "sandbox", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    ) as process:
        try:
            assert process.stdout is not None
            lines: list[str] = []
            while not lines or not lines[-1].startswith(LAST):
                line = process.stdout.readline()
                assert line, "it ended before it had printed everything"
                lines.append(line)
            yield process, "".join(lines)
        finally:
            process.kill()


@pytest.fixture
def printed() -> Iterator[str]:
    with running() as (_, text):
        yield text


def commands_in(text: str, kind: Literal["curl", "export", "agilekit"]) -> list[list[str]]:
    """The shell commands that are printed at the left margin, split into words."""
    return [
        shlex.split(command.replace("\\\n", " "))
        for command in re.findall(rf"^{kind} (?:.*\\\n)*.*$", text, re.MULTILINE)
    ]


def requests_in(text: str) -> list[httpx.Request]:
    """What the printed commands ask, in their order: Flying Donut first."""
    return [
        httpx.Request("GET", url, headers=dict([header.split(": ")]))
        for _, _, header, url in commands_in(text, "curl")
    ]


def sent(request: httpx.Request) -> httpx.Response:
    with httpx.Client() as client:
        return client.send(request)


def variables_in(text: str) -> dict[str, str]:
    exports = commands_in(text, "export")
    return dict(setting.split("=", 1) for _, *settings in exports for setting in settings)


def test_its_commands_show_something_of_each_service(printed: str) -> None:
    donut, kanban, easy, flow = (sent(request) for request in requests_in(printed))
    assert donut.json()["title"]["value"] == "Lighthouse Logbook"
    assert "Lighthouse upkeep" in kanban.text
    assert "Lighthouse keepers" in easy.text
    assert "Tower Repairs" in flow.text


@pytest.mark.slow
@pytest.mark.anyio
async def test_the_client_of_each_service_is_opened_by_the_printed_variables(
    printed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("AGILEKIT_")]:
        monkeypatch.delenv(name)
    for name, value in variables_in(printed).items():
        monkeypatch.setenv(name, value)
    async with (
        FlyingDonut.from_env() as donut,
        KanbanTool.from_env() as kanban,
        EasyBacklog.from_env() as easy,
        Flow.from_env() as flow,
    ):
        assert (await donut.project.get()).title.value == "Lighthouse Logbook"
        names = [board.name for board in await kanban.boards.all()]
        assert names == ["Lighthouse upkeep", "Visitors' day"]
        assert [account.name for account in await easy.accounts.all()] == ["Lighthouse keepers"]
        project = (await flow.projects.all())[0]
        kind = (await flow.task_types.all(project))[0]
        assert await flow.tasks.create(project, task_text="Written", task_type_id=kind) > 0


@pytest.mark.slow
@pytest.mark.parametrize(("host", "seed"), [("127.0.0.1", "demo"), ("::", "empty")])
def test_all_that_is_printed_works_when_it_is_pasted(host: str, seed: str, tmp_path: Path) -> None:
    if ":" in host and not has_ipv6():
        pytest.skip("this machine has no IPv6")
    with running("--host", host, "--seed", seed) as (_, text):
        assert [sent(request).status_code for request in requests_in(text)] == [200] * 4
        ((_, *arguments),) = commands_in(text, "agilekit")
        result = CliRunner().invoke(
            commands, [*arguments[:-1], str(tmp_path / arguments[-1])], env=variables_in(text)
        )
    assert result.exit_code == 0, result.output
    assert verify(tmp_path / "backup.sqlite").ok
    services = {"flyingdonut", "kanbantool", "easybacklog", "flow"}
    assert services == {line.split(":")[0] for line in result.stderr.splitlines()}
    assert "allow_http" not in text


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize(
    ("listening", "shown"),
    [
        ("http://0.0.0.0:8811", "http://127.0.0.1:8811"),
        ("http://[::]:8811", "http://[::1]:8811"),
        ("http://[::1]:8811", "http://[::1]:8811"),
        ("http://localhost:8811", "http://localhost:8811"),
    ],
)
def test_an_address_that_stands_for_all_is_shown_as_one_of_this_machine(
    listening: str, shown: str
) -> None:
    text = banner(Sandbox("empty"), listening)
    bases = {value for name, value in variables_in(text).items() if name.endswith("BASE_URL")}
    urls = {str(request.url) for request in requests_in(text)}
    assert len(bases) == len(urls) == 4
    assert all(url.startswith(f"{shown}/") for url in bases | urls)
    assert text.startswith(f"Four fake services are listening at {listening}. ")


def test_the_banner_says_that_from_env_refuses_an_address_beyond_this_machine() -> None:
    text = banner(Sandbox("empty"), "http://192.0.2.7:8811")
    assert "unless\nyou pass allow_http=True" in text
    assert "http://192.0.2.7:8811/flow/" in text
    assert max(map(len, text.splitlines())) <= 80


def test_what_it_prints_fits_a_terminal(printed: str) -> None:
    assert max(map(len, printed.splitlines())) <= 80


def test_an_interrupt_ends_it_well(tmp_path: Path) -> None:
    file = tmp_path / "agilekit.toml"
    with running("--write-connections", str(file)) as (process, _):
        assert len(load(file)) == 4
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "\nStopped.\n", "")
    assert not file.exists()


@pytest.mark.slow
def test_another_signal_ends_it_well_too(tmp_path: Path) -> None:
    file = tmp_path / "agilekit.toml"
    with running("--write-connections", str(file)) as (process, _):
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (143, "\nStopped.\n", "")
    assert not file.exists()


def test_its_options_shape_the_server() -> None:
    options = ("--seed", "empty", "--rate-limited", "1", "--retry-after", "7")
    with running(*options, "--fault-method", "POST") as (_, text):
        asked = requests_in(text)[0]
        assert sent(asked).json()["title"]["value"] == "Empty Logbook"
        refused = httpx.post(asked.url, headers=asked.headers)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "7")


def test_its_options_shape_the_other_services() -> None:
    kanban_options = ("--kanbantool-envelopes", "2013", "--kanbantool-shift-pages")
    others = ("--easybacklog-decimals-as-text", "--flow-xml-maps", "underscore")
    with running(*kanban_options, *others) as (_, text):
        _, kanban, easy, flow = requests_in(text)
        board = sent(kanban).json()[0]["board"]["id"]
        tasks = kanban.url.join(f"boards/{board}/tasks.json")
        listed = httpx.get(tasks, headers=kanban.headers).json()
        assert all(set(one) == {"task"} for one in listed)
        archive = tasks.copy_merge_params({"archived": "1", "per_page": "50"})
        first, second = (httpx.get(archive, headers=kanban.headers).json() for _ in range(2))
        assert first != second
        (account,) = sent(easy).json()
        assert account["default_velocity"] == "3.0"
        projects = httpx.get(flow.url.join("projects.xml"), headers=flow.headers)
        assert "<_1>" in projects.text


@pytest.mark.slow
def test_its_options_choose_the_forms_of_a_year_and_of_a_server() -> None:
    easy_options = ("--easybacklog-ruby", "1.9", "--easybacklog-production")
    keys = ("--easybacklog-keys", "documented", "--kanbantool-keys", "2013")
    kanban_options = ("--kanbantool-positions", "all-1", "--kanbantool-siblings")
    with running(*easy_options, *keys, *kanban_options) as (_, text):
        _, kanban, easy, _ = requests_in(text)
        listed = sent(kanban).json()[0]
        assert (set(listed), listed["board"]["deleted_at"]) == ({"meta", "board"}, None)
        url = kanban.url.join(f"boards/{listed['board']['id']}.json")
        board = httpx.get(url, headers=kanban.headers).json()["board"]
        assert {one["position"] for one in board["workflow_stages"]} == {1}
        own = easy.url.join(f"accounts/{sent(easy).json()[0]['id']}")
        unknown = httpx.put(own, headers=easy.headers, data={"foo": "1"})
        assert unknown.status_code == 204
        every = httpx.get(f"{own}/backlogs", headers=easy.headers).json()
        logbook = next(one for one in every if one["name"] == "Lighthouse logbook")
        assert "locale_id" not in logbook
        xml = httpx.get(f"{own}/backlogs/{logbook['id']}/snapshots.xml", headers=easy.headers)
        assert '<parent-backlog-id type="integer">' in xml.text


@pytest.mark.slow
def test_its_options_make_flying_donut_unruly() -> None:
    options = ("--answers-show", "no-id", "--version-steps", "3", "3", "--normalise-by", "recase")
    forms = ("--flyingdonut-sprint-cards", "inline", "--flyingdonut-milestones")
    with running(*options, *forms) as (_, text):
        asked = requests_in(text)[0]
        root = str(asked.url).rstrip("/")
        (bucket, *_) = httpx.get(f"{root}/backlog/items", headers=asked.headers).json()
        card = bucket["items"][0]["_id"]["$oid"]
        update = {"username": "jane.smith", "title": {"value": "nEW", "version": -1}}
        answer = httpx.put(f"{root}/items/{card}", json=update, headers=asked.headers).json()
        assert answer["title"] == {"value": "New", "version": 3}
        assert "_id" not in answer
        (milestone,) = httpx.get(f"{root}/milestones", headers=asked.headers).json()
        assert milestone["title"]["value"] == "Open to visitors"


@pytest.mark.slow
def test_its_options_store_batches_in_part_and_texts_otherwise() -> None:
    options = ("--seed", "empty", "--batches", "up-to-the-first-bad-one", "--largest-batch", "3")
    with running(*options, "--rewrite", "upper", "--rewrite", "cut", "--cut-to", "2") as (_, text):
        asked = requests_in(text)[0]
        root = str(asked.url).rstrip("/")
        (bucket,) = httpx.get(f"{root}/backlog/items", headers=asked.headers).json()
        path = f"{root}/backlog/buckets/{bucket['id']['$oid']}/items"
        drafts = [{"username": "jane.smith", "title": {"value": it}} for it in ("one", "", "two")]
        assert httpx.post(path, json=drafts, headers=asked.headers).status_code == 400
        titles = [it["title"]["value"] for it in httpx.get(path, headers=asked.headers).json()]
        assert titles == ["ON"]
        assert httpx.post(path, json=2 * drafts, headers=asked.headers).status_code == 413


@pytest.mark.slow
def test_its_options_let_easybacklog_race_and_keep_16_bits() -> None:
    options = ("--seed", "empty", "--easybacklog-race", "1", "--easybacklog-sixteen-bits")
    with running(*options, "--latency", "2", "--fault-method", "POST") as (_, text):
        asked = requests_in(text)[2]
        root = str(asked.url).rpartition("/accounts")[0]
        (account,) = sent(asked).json()
        path = f"{root}/accounts/{account['id']}/backlogs"
        (backlog,) = httpx.get(path, headers=asked.headers).json()
        themes = f"{root}/backlogs/{backlog['id']}/themes"

        def code(name: str) -> str:
            made = httpx.post(themes, data={"name": name}, headers=asked.headers).json()
            assert made["name"] == name.replace("\U0001f389", "\uf389")
            return f"{made['code']}"

        with ThreadPoolExecutor(2) as pool:
            assert list(pool.map(code, ("Home page", "Home pa \U0001f389"))) == ["HOP", "HOP"]


@pytest.mark.slow
def test_its_options_make_changes_come_late() -> None:
    options = ("--commit-late", "1", "--commit-after", "0", "0", "--commit-status", "504")
    with running(*options) as (_, text):
        asked = requests_in(text)[0]
        root = str(asked.url).rstrip("/")
        (bucket, *_) = httpx.get(f"{root}/backlog/items", headers=asked.headers).json()
        path = f"{root}/backlog/buckets/{bucket['id']['$oid']}/items"
        draft = {"username": "jane.smith", "title": {"value": "Late"}}
        assert httpx.post(path, json=draft, headers=asked.headers).status_code == 504
        titles = [it["title"]["value"] for it in httpx.get(path, headers=asked.headers).json()]
        assert titles[-1] == "Late"


def test_pages_cannot_shift_if_there_is_nothing_to_move() -> None:
    options = ["--seed", "empty", "--kanbantool-shift-pages"]
    result = CliRunner().invoke(commands, ["sandbox", *options])
    assert result.exit_code == 2
    assert "--seed demo" in result.stderr


def test_every_fault_has_an_option() -> None:
    assert set(FAULTS) == {
        field.name for field in attrs.fields(Faults) if isinstance(field.default, float)
    }


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--drop-after", "1.5"], "--drop-after is a probability"),
        (["--latency", "nan"], "latency is in seconds"),
        (["--garbage", "0.6", "--cut-body", "0.6"], "more than 1"),
        (["--conflict-status", "302"], "--conflict-status is 200 or from 400 to 499"),
        (["--commit-after", "3", "2"], "--commit-after is from"),
        (["--version-steps", "0", "1"], "--version-steps are from"),
        (["--read-lag", "-1"], "--read-lag is in seconds"),
        (["--largest-batch", "0"], "--largest-batch is 1 or more"),
        (["--cut-to", "0"], "--cut-to is 1 or more"),
        (["--easybacklog-race", "2"], "odds is a probability"),
        (["--port", "65536"], "65536"),
    ],
)
def test_an_option_out_of_range_is_a_usage_error(options: list[str], reason: str) -> None:
    result = CliRunner().invoke(commands, ["sandbox", *options])
    assert result.exit_code == 2
    assert reason in result.stderr


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(commands, ["sandbox", "--port", str(port)])
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: cannot listen at 127.0.0.1:{port}: ")
    assert len(result.stderr.splitlines()) == 1
