"""One request as a handler sees it: what its path names, what it may do, how it is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from attrs import evolve, frozen

from agilekit.sandbox.easybacklog import negotiation
from agilekit.sandbox.easybacklog.params import Params
from agilekit.sandbox.messages import Json, Refusal, Response
from agilekit.sandbox.renderer import Items

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agilekit.sandbox.easybacklog.negotiation import Format
    from agilekit.sandbox.easybacklog.options import Options
    from agilekit.sandbox.easybacklog.race import Kind, RaceState, Siblings
    from agilekit.sandbox.easybacklog.state import (
        Account,
        Backlog,
        Company,
        Criterion,
        Privilege,
        Sprint,
        SprintStory,
        Story,
        Theme,
    )
    from agilekit.sandbox.easybacklog.store import Store
    from agilekit.sandbox.messages import Request
    from agilekit.sandbox.renderer import Value
    from agilekit.sandbox.rewriting import Rewriting

T = TypeVar("T")

_PRIVILEGES: Final[tuple[Privilege, ...]] = ("none", "read", "readstatus", "full")
# Rails puts these among the parameters itself, so that they are never attributes.
_OF_RAILS: Final = frozenset({"action", "controller", "id", "format"})


class Crash(Refusal):
    """500: the server keeps this rule only by an exception that nothing in it catches."""

    def __init__(self, reason: str) -> None:
        super().__init__(500, f"Internal server error: {reason}")


def identifier(value: Json) -> int | None:
    """An id as a path or a parameter gives it, or None if it is not a valid one."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


@frozen(kw_only=True)
class Call:
    """A request with valid credentials.

    ``ids`` are those in its path, ``parameters`` all that it was sent, ``resource`` is what a 404
    calls the thing that was asked for.
    """

    store: Store
    options: Options
    rewriting: Rewriting
    race_state: RaceState
    request: Request
    ids: Mapping[str, str]
    parameters: Mapping[str, Json]
    format: Format
    resource: str

    @property
    def xml(self) -> bool:
        return self.format == "xml"

    @property
    def recorded(self) -> bool:
        """Whether answers have the keys of a running server rather than those of the document."""
        return self.options.keys == "recorded"

    @property
    def with_associated_data(self) -> bool:
        return self.parameters.get("include_associated_data") in ("true", True)

    def respond(
        self, name: str, value: Value, status: int = 200, *, location: str = ""
    ) -> Response:
        """An answer; ``location`` is the path of something that was created."""
        response = negotiation.write(self.options.renderer, self.format, name, value, status)
        if not location:
            return response
        return evolve(response, headers=(*response.headers, ("Location", location)))

    def respond_list(self, plural: str, singular: str, values: Sequence[Value]) -> Response:
        # Nothing tells Rails what an empty list is a list of.
        return self.respond(plural if values else "nil_classes", Items(singular, values))

    def respond_empty(self) -> Response:
        return Response(204, b"", ())

    def permit(self, *allowed: str, ignored: tuple[str, ...] = ()) -> Params:
        """The attributes that the request gives, without those that are ignored.

        Raises :class:`Refusal` (422) for any other in development mode; ``_method`` and ``api_key``
        are others, too. In production they are ignored.
        """
        given = {k: it for k, it in self.parameters.items() if k not in {*_OF_RAILS, *ignored}}
        if self.options.strict and (protected := [name for name in given if name not in allowed]):
            names = ", ".join(protected)
            raise Refusal(422, f"Protected fields cannot be set: {names}")
        return Params({name: given[name] for name in allowed if name in given}, self.rewriting)

    def siblings(self, kind: Kind, container: int, ids: Sequence[int]) -> Siblings:
        """What a create sees of the others in its container."""
        return self.race_state.siblings((kind, container), ids, self.request)

    def not_found(self) -> Refusal:
        return Refusal(404, f"{self.resource} does not exist")

    def require_privilege(self, account_id: int, privilege: Privilege, otherwise: str) -> None:
        """Raises :class:`Refusal` (403) unless the user may do so much in the account."""
        held = self.store.accounts[account_id].privilege
        if _PRIVILEGES.index(held) < _PRIVILEGES.index(privilege):
            raise Refusal(403, f"No permission to {otherwise}")

    def find(self, name: str, entities: Mapping[int, T]) -> T:
        """The entity with the id that the path holds. Raises :class:`Refusal` (404)."""
        entity = entities.get(identifier(self.ids[name]) or 0)
        if entity is None:
            raise self.not_found()
        return entity

    def account(self) -> Account:
        account = self.find("account_id", self.store.accounts)
        self.require_privilege(account.id, "read", "view this account")
        return account

    def company(self) -> Company:
        account, company = self.account(), self.find("company_id", self.store.companies)
        return self._within(company, company.account_id == account.id)

    def backlog_of_account(self) -> Backlog:
        account, backlog = self.account(), self.find("backlog_id", self.store.backlogs)
        inside = backlog.account_id == account.id and not backlog.deleted
        return self._within(backlog, inside and not backlog.is_snapshot)

    def snapshot(self) -> Backlog:
        parent, snapshot = self.backlog_of_account(), self.find("snapshot_id", self.store.backlogs)
        sprint = self.store.sprints.get(snapshot.parent_sprint_id or 0)
        owner = sprint.backlog_id if sprint else snapshot.parent_backlog_id
        return self._within(snapshot, owner == parent.id and not snapshot.deleted)

    def backlog(self) -> Backlog:
        """The backlog of a path without an account, be it a snapshot or deleted."""
        backlog = self.find("backlog_id", self.store.backlogs)
        return self._readable(backlog)

    def theme_of_backlog(self) -> Theme:
        backlog, theme = self.backlog(), self.find("theme_id", self.store.themes)
        return self._within(theme, theme.backlog_id == backlog.id)

    def theme(self) -> Theme:
        theme = self.find("theme_id", self.store.themes)
        self._readable(self.store.backlogs[theme.backlog_id])
        return theme

    def story_of_theme(self) -> Story:
        theme, story = self.theme(), self.find("story_id", self.store.stories)
        return self._within(story, story.theme_id == theme.id)

    def story(self) -> Story:
        story = self.find("story_id", self.store.stories)
        self._readable(self.backlog_of(story))
        return story

    def criterion(self) -> Criterion:
        story, criterion = self.story(), self.find("acceptance_criteria_id", self.store.criteria)
        return self._within(criterion, criterion.story_id == story.id)

    def sprint_of_backlog(self) -> Sprint:
        backlog, sprint = self.backlog(), self.find("sprint_id", self.store.sprints)
        return self._within(sprint, sprint.backlog_id == backlog.id)

    def sprint(self) -> Sprint:
        sprint = self.find("sprint_id", self.store.sprints)
        self._readable(self.store.backlogs[sprint.backlog_id])
        return sprint

    def sprint_story(self) -> SprintStory:
        sprint, it = self.sprint(), self.find("sprint_story_id", self.store.sprint_stories)
        return self._within(it, it.sprint_id == sprint.id)

    def backlog_of(self, story: Story) -> Backlog:
        return self.store.backlogs[self.store.themes[story.theme_id].backlog_id]

    def require_editable(
        self, backlog: Backlog, what: str, privilege: Privilege = "full"
    ) -> Backlog:
        """The backlog, if what is in it may be changed; a 403 :class:`Refusal` if not."""
        if not backlog.is_editable:
            raise Refusal(403, f"The backlog of this {what} cannot be changed")
        self.require_privilege(backlog.account_id, privilege, "edit this backlog")
        return backlog

    def touch(self, backlog: Backlog) -> None:
        """A backlog is as new as the last change to anything in it."""
        backlog.updated_at = self.store.clock()
        backlog.last_modified_user_id = self.store.user_id

    def _readable(self, backlog: Backlog) -> Backlog:
        self.require_privilege(backlog.account_id, "read", "view this backlog")
        return backlog

    def _within(self, entity: T, inside: bool) -> T:
        if not inside:
            raise self.not_found()
        return entity
