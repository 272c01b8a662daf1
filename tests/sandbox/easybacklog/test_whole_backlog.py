"""A backlog in one piece: with all its children, in charts, and to print."""

from __future__ import annotations

import pytest

from tests.sandbox.easybacklog.caller import ACCEPTED, Caller, parsed

pytestmark = pytest.mark.anyio


@pytest.fixture
def caller() -> Caller:
    return Caller()


async def test_a_backlog_with_its_children_is_a_partial_object_in_json(caller: Caller) -> None:
    story = caller.story()
    caller.service.add_criterion(story, "One")
    caller.assign(caller.sprint(), story)
    whole = (await caller.whole(caller.of_backlog)).json()
    assert not {"created_at", "archived", "use_50_90", "company_id", "snapshots"} & set(whole)
    assert whole["themes"][0]["stories"][0]["acceptance_criteria"] == [
        {"criterion": "One", "id": 1, "position": 1}
    ]
    [sprint] = whole["sprints"]
    assert sprint["completed?"] is False
    assert sprint["sprint_stories"] == [
        {
            "id": 1,
            "position": 1,
            "sprint_story_status_id": 1,
            "story_id": story.id,
            "theme_id": caller.theme.id,
        }
    ]


async def test_the_xml_of_a_whole_backlog_has_attributes_and_the_snapshots(caller: Caller) -> None:

    story = caller.story()
    caller.service.add_criterion(story, 'Less < more & "so on"')
    caller.service.add_snapshot(caller.backlog, "As agreed")
    caller.assign(caller.sprint(), story, ACCEPTED)
    root = parsed((await caller.whole(caller.of_backlog, "xml")).content)
    assert root.get("use_50_90") == "false"
    assert root.get("created_at") == "2026-03-02 09:00:00 UTC"
    found = root.find("themes/theme/stories/story/acceptance_criteria/acceptance_criterion")
    assert found is not None
    assert found.text == 'Less < more & "so on"'
    snapshots = root.findall("snapshots/snapshot")
    assert [one.get("name") for one in snapshots] == ["As agreed"]
    assert root.find("sprints/sprint/snapshot/themes/theme") is not None
    assigned = root.find("sprints/sprint/sprint_stories/sprint_story")
    assert assigned is not None
    assert (assigned.get("code"), assigned.get("accepted")) == ("STH1", "true")


async def test_statistics_have_the_charts_of_the_document(caller: Caller) -> None:
    first = caller.sprint(-1)
    caller.assign(first, caller.story(8), ACCEPTED)
    caller.story(40)
    caller.service.complete_sprint(first)
    caller.sprint()
    found = (await caller.http.get(f"{caller.of_backlog}/stats")).json()
    assert set(found) == {"burn_down", "burn_up", "velocity_completed", "velocity_stats"}
    assert found["burn_down"]["trend"][0] == {
        "starts_on": "2026-04-27",
        "completed_on": "2026-04-27",
        "points": 48.0,
        "iteration": 0,
        "duration": 5,
        "completed": 0,
        "team": 1.0,
        "actual": 0.0,
    }
    assert found["burn_down"]["trend"][-1]["points"] == 0.0
    assert [one["points"] for one in found["burn_down"]["actual"]] == [48.0, 40.0]
    assert found["velocity_stats"] == {
        "expected_sprint": 15.0,
        "actual_sprint": 8.0,
        "actual_day": 1.6,
        "expected_day": 3.0,
    }
    assert found["velocity_completed"][0]["completed_on"] == "2026-05-01"
    assert [one["total_points"] for one in found["burn_up"]["actual"]] == [0.0, 8.0]
    root = await caller.xml(f"{caller.of_backlog}/stats")
    assert root.tag == "statistics"
    assert root.find("burn-down/trend/trend/starts-on") is not None


async def test_downloads_are_spreadsheetml_and_a_pdf(caller: Caller) -> None:

    story = caller.story()
    story.as_a = "ke(eper & \\ co"
    xls = await caller.http.get(f"{caller.of_backlog}.xls")
    assert xls.headers["content-type"].startswith("application/vnd.ms-excel")
    names = {"ss": "urn:schemas-microsoft-com:office:spreadsheet"}
    assert len(parsed(xls.content).findall("ss:Worksheet", names)) == 2
    accept = {"Accept": "application/vnd.easybacklog+pdf; version=1.0"}
    pdf = await caller.http.get(caller.of_backlog, headers=accept)
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.headers["content-disposition"] == 'attachment; filename="empty-backlog.pdf"'
    start = int(pdf.content.split(b"startxref\n")[1].split(b"\n")[0])
    assert pdf.content[start:].startswith(b"xref\n0 6\n")
    for line in pdf.content[start:].split(b"\n")[3:8]:
        assert pdf.content[int(line[:10]) :].split(b" ")[1:3] == [b"0", b"obj\n<<"]


async def test_a_pdf_is_of_its_scope_and_its_paper(caller: Caller) -> None:
    story = caller.story()
    other = caller.service.add_theme(caller.backlog, "Other")
    scope = f"theme-{other.id}"
    nothing = await caller.http.get(f"{caller.of_backlog}.pdf", params={"print_scope": scope})
    assert b"(STH1)" not in nothing.content
    sprint = caller.sprint()
    caller.assign(sprint, story)
    params = {"print_scope": f"sprint-{sprint.id}", "page_size": "LETTER", "fold_side": "short"}
    something = await caller.http.get(f"{caller.of_backlog}.pdf", params=params)
    assert b"(STH1)" in something.content
    assert b"[0 0 612 792]" in something.content
