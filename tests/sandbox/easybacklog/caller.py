"""Plain HTTP to an easyBacklog of its own, without the application and without the client."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from xml.etree import ElementTree as ET

import httpx

from agilekit.sandbox import Sandbox
from agilekit.sandbox.easybacklog import Sprint, Story

NOW = datetime(2026, 5, 4, 10, 30, 15, tzinfo=UTC)
WIRE_NOW = "2026-05-04T10:30:15Z"
ACCEPTED = 4


class Caller:
    """Calls an easyBacklog whose clock stands still at NOW, with its token as a header."""

    def __init__(self) -> None:
        sandbox = Sandbox("empty")
        self.service = sandbox.easybacklog
        self.service.clock = lambda: NOW
        self.account = self.service.accounts[self.service.account_id]
        self.backlog = self.service.backlogs[self.service.backlog_id]
        self.theme = self.service.themes[self.backlog.themes[0]]
        self.http = httpx.AsyncClient(
            transport=sandbox.transport(),
            base_url=self.service.base_url,
            headers={"Authorization": f"token {self.service.token}", "Accept": "*/*"},
        )
        self.own = f"/accounts/{self.account.id}"
        self.of_backlog = f"{self.own}/backlogs/{self.backlog.id}"
        self.themes = f"/backlogs/{self.backlog.id}/themes"
        self.sprints = f"/backlogs/{self.backlog.id}/sprints"
        self.stories = f"/themes/{self.theme.id}/stories"

    async def xml(self, path: str) -> ET.Element:
        answer = await self.http.get(f"{path}.xml")
        assert answer.headers["content-type"] == "application/xml; charset=utf-8"
        return parsed(answer.content)

    async def whole(self, path: str, format: str = "json") -> httpx.Response:
        return await self.http.get(f"{path}.{format}", params={"include_associated_data": "true"})

    def story(self, score: int = 3) -> Story:
        return self.service.add_story(self.theme, as_a="keeper", score=Decimal(f"{score}.0"))

    def sprint(self, week: int = 0) -> Sprint:
        day = NOW.date() + timedelta(days=7 * week)
        return self.service.add_sprint(
            self.backlog, start_on=day, number_team_members=Decimal("1.0")
        )

    def assign(self, sprint: Sprint, story: Story, status: int = 1) -> str:
        """Assign a story, and the path of the sprint story."""
        assigned = self.service.add_sprint_story(sprint, story, status=status)
        return f"/sprints/{sprint.id}/sprint-stories/{assigned.id}"


def parsed(body: bytes) -> ET.Element:
    return ET.fromstring(body)  # noqa: S314 - the sandbox's own


def described(element: ET.Element) -> dict[str, tuple[str | None, str | None]]:
    """The type and the text of each child; the text of a nil is "(nil)"."""
    return {
        child.tag: (child.get("type"), "(nil)" if child.get("nil") == "true" else child.text)
        for child in element
    }
