"""The service as the application mounts it: formats, override, authentication, a table of calls."""

from __future__ import annotations

from datetime import UTC, timedelta, tzinfo
from typing import TYPE_CHECKING, Final, Literal

from agilekit.sandbox.kanbantool import seed as seeds
from agilekit.sandbox.kanbantool.account import Account
from agilekit.sandbox.kanbantool.call import Call
from agilekit.sandbox.kanbantool.response_format import Dress, ErrorForm
from agilekit.sandbox.kanbantool.routes import ROUTES, UNDOCUMENTED
from agilekit.sandbox.kanbantool.serializers import Forms, Keys, Positions
from agilekit.sandbox.messages import Json, Refusal, Request, Response
from agilekit.sandbox.params import merged, of_body, of_query
from agilekit.sandbox.rewriting import Rewriting
from agilekit.sandbox.routing import find

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agilekit.sandbox.kanbantool.state import User

# A literal segment is more exact than an id: subtasks/reorder is not the subtask "reorder".
_EXACT_FIRST: Final = sorted(
    (*ROUTES, *UNDOCUMENTED), key=lambda route: str(route.template).count("{")
)


class KanbanTool(Account):
    """The Kanban Tool of a sandbox: an :class:`Account`, and what its server leaves open.

    Every option is a plain attribute that may be assigned at any time.

    ``envelopes``: how JSON wraps what it lists and which keys it has. "2013" has tasks and timers
    each in an object of its own and documented keys only, "2017" has them bare, and more keys.
    ``keys``: which keys there are, where that is not to go with ``envelopes``: "documented",
    "2013" those of a board that was recorded in that year, five custom fields among them, "2017",
    and "newest" those of later stages, which name their limit ``wip_limit``.
    ``positions``: whether stages and swimlanes tell their "place" from 1 up, or "all 1", so that
    only their order in the answer tells left from right.
    ``siblings``: whether the envelope of an entity has another key beside the entity's name.
    ``errors``: the JSON of an error: ``{"status", "message"}`` ("message"), the same with the
    faults of a validation as a list ("messages") or as ``{"errors": {field: […]}}`` ("fields"),
    or ``{"error": {"message", "status"}}`` ("error"). ``bad_token_status``: 401 or 403, the
    document says both. ``created_status``: that of a successful POST, 200 or 201.
    ``custom_fields``: how many a task has, 5, 10 or 15. ``timezone``: in which times are written,
    and read where they come without an offset. ``changelog_limit``: how many changes are listed
    where no limit is given. ``comments_recent_for``: how long a comment can be deleted.
    ``shift_pages``: whether another client moves two tasks of ``churn`` in or out of the archive
    just before each answer that is a page. ``rewriting``: how texts are stored otherwise than they
    were sent.
    """

    def __init__(self, seed: Literal["empty", "demo"]) -> None:
        """Raises :class:`ValueError` for another seed."""
        super().__init__()
        self.base_path: Final[str] = "/kanbantool/api/v1"
        self.base_url: Final[str] = f"https://sandbox.invalid{self.base_path}"
        self.envelopes: Literal["2013", "2017"] = "2017"
        self.keys: Keys | None = None
        self.positions: Positions = "place"
        self.siblings: bool = False
        self.errors: ErrorForm = "message"
        self.bad_token_status: Literal[401, 403] = 401
        self.created_status: Literal[200, 201] = 200
        self.custom_fields: Literal[5, 10, 15] = 10
        self.timezone: tzinfo = UTC
        self.changelog_limit: int = 50
        self.comments_recent_for: timedelta = timedelta(minutes=15)
        self.shift_pages: bool = False
        self.rewriting: Rewriting = Rewriting()
        seeds.fill(seed, self)

    def forms(self) -> Forms:
        """How entities are written under the options of now."""
        keys = self.keys or ("2017" if self.envelopes == "2017" else "documented")
        custom_fields = 5 if keys == "2013" else self.custom_fields
        return Forms(self.users, self.timezone, keys, custom_fields, self.positions)

    def handle(self, request: Request) -> Response:
        path, _, suffix = request.path.removeprefix(self.base_path).rpartition(".")
        if suffix not in ("json", "xml"):
            return Response.html("<html><h1>404 Not Found</h1></html>", 404)
        dress = Dress(suffix, errors=self.errors, siblings=self.siblings)
        try:
            query = of_query(request)
            dress = dress.calling(query.get("callback"))
            body = of_body(request)
            given = merged(query, body)
            route, ids = find(_EXACT_FIRST, _method(request, given), path)
            user = self._caller(request, given)
            return route.handler(Call(self, user, ids, given, dress))
        except Refusal as refusal:
            return dress.refusal(refusal)

    def _caller(self, request: Request, given: Mapping[str, Json]) -> User:
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        tokens = (
            request.headers.get("x-kanbantooltoken"),
            bearer.strip() if scheme.lower() == "bearer" else None,
            given.get("api_token"),
        )
        token = next((one for one in tokens if one is not None), None)
        for user in self.users.values():
            if user.token == token:
                return user
        raise Refusal(self.bad_token_status, "API token is invalid")


def _method(request: Request, given: Mapping[str, Json]) -> str:
    """The method that is meant: ``_m`` of GET and POST, and PATCH is an update."""
    method = request.method
    override = given.get("_m")
    if method in ("GET", "POST") and isinstance(override, str) and override:
        method = override.upper()
    return "PUT" if method == "PATCH" else method
