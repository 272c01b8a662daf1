"""The service as the application mounts it: formats, override, authentication, the call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agilekit.sandbox.kanbantool import seed as seeds
from agilekit.sandbox.kanbantool.account import Account
from agilekit.sandbox.kanbantool.call import Call
from agilekit.sandbox.kanbantool.options import Options
from agilekit.sandbox.kanbantool.response_format import ResponseFormat
from agilekit.sandbox.kanbantool.routes import ROUTES, UNDOCUMENTED
from agilekit.sandbox.messages import Json, Refusal, Request, Response
from agilekit.sandbox.params import body_params, merge, query_params
from agilekit.sandbox.routing import find
from agilekit.sandbox.service import ClientArguments, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agilekit.sandbox.kanbantool.state import User
    from agilekit.sandbox.options import Seed
    from agilekit.sandbox.transport import SandboxTransport

# A literal segment is more exact than an id: subtasks/reorder is not the subtask "reorder".
_EXACT_FIRST: Final = sorted(
    (*ROUTES, *UNDOCUMENTED), key=lambda route: str(route.template).count("{")
)


class KanbanToolArguments(ClientArguments):
    """The arguments of :class:`agilekit.KanbanTool`."""

    token: str


class KanbanTool(Account, Options, Service):
    """The Kanban Tool of a sandbox: an :class:`Account`, served.

    What its document leaves open is chosen by attributes, which may be assigned at any time:

    - ``envelopes``: how JSON wraps what it lists and which keys it has. "2013" has tasks and timers
      each in an object of its own and only documented keys, "2017" has them bare, and more keys.
    - ``keys``: which keys there are, if they do not go with ``envelopes``: "documented", "2013"
      those of a board that was recorded in that year, five custom fields among them, "2017", and
      "newest" those of later stages, which name their limit ``wip_limit``.
    - ``positions``: whether stages and swimlanes show their "place" from 1 up, or "all 1", so that
      only their order in the answer shows what is left and right.
    - ``siblings``: whether the envelope of an entity has another key beside the entity's name.
    - ``errors``: the JSON of an error: ``{"status", "message"}`` ("message"), the same with the
      errors of a validation as a list ("messages") or as ``{"errors": {field: […]}}`` ("fields"),
      or ``{"error": {"message", "status"}}`` ("error").
    - ``bad_token_status``: 401 or 403, the document says both.
    - ``created_status``: that of a successful POST, 200 or 201.
    - ``custom_fields``: how many a task has, 5, 10 or 15.
    - ``timezone``: in which times are written, and read if they come without an offset.
    - ``changelog_limit``: how many changes are listed if no limit is given.
    - ``comments_recent_for``: how long a comment can be deleted.
    - ``shift_pages``: whether another client moves two tasks of ``churn`` in or out of the archive
      just before each answer that is a page.
    - ``rewriting``: how texts are changed before they are stored.

    Raises :class:`ValueError` for a seed that is not "empty" or "demo".
    """

    def __init__(self, seed: Seed, transport: Callable[[], SandboxTransport]) -> None:
        Account.__init__(self)
        Options.__init__(self)
        Service.__init__(self, "/kanbantool/api/v1", transport)
        seeds.fill(seed, self)

    def __repr__(self) -> str:
        boards = self.boards.values()
        tasks = sum(len(board.tasks) for board in boards)
        return f"<KanbanTool of a sandbox: boards={len(boards)}, tasks={tasks}>"

    def arguments(self, url: str | None = None) -> KanbanToolArguments:
        """What a client needs to reach it: ``KanbanTool(**fake.arguments())``.

        ``url`` is that of a server (``Server.url``); without it the client stays in process.
        """
        return {"token": self.token, **self._client_arguments(url)}

    def handle(self, request: Request) -> Response:
        path, _, suffix = request.path.removeprefix(self.base_path).rpartition(".")
        if suffix not in ("json", "xml"):
            return Response.html("<html><h1>404 Not Found</h1></html>", 404)
        format = ResponseFormat(suffix, errors=self.errors, siblings=self.siblings)
        try:
            query = query_params(request)
            # From here on a refusal, too, is written as the callback asks.
            format = format.with_callback(query.get("callback"))
            given = merge(query, body_params(request))
            route, ids = find(_EXACT_FIRST, _method(request, given), path)
            call = Call(
                account=self,
                options=self,
                user=self._caller(request, given),
                ids=ids,
                parameters=given,
                rewriting=self.rewriting,
                format=format,
            )
            return route.handler(call)
        except Refusal as refusal:
            return format.refusal(refusal)

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
