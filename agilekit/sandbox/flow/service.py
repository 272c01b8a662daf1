"""The service as the application mounts it: formats, authentication, the call behind a request."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final

from agilekit.sandbox.flow import seed as seeds
from agilekit.sandbox.flow.board import Board
from agilekit.sandbox.flow.call import Call
from agilekit.sandbox.flow.options import Options
from agilekit.sandbox.flow.params import Params
from agilekit.sandbox.flow.routes import ROUTES
from agilekit.sandbox.messages import Json, Refusal, Request, Response
from agilekit.sandbox.params import body_params, merge, query_params
from agilekit.sandbox.routing import find
from agilekit.sandbox.service import ClientArguments, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agilekit.sandbox.flow.renderer import Format
    from agilekit.sandbox.options import Seed
    from agilekit.sandbox.transport import SandboxTransport

FORMATS: Final[Mapping[str, Format]] = {"json": "json", "xml": "xml"}


class FlowArguments(ClientArguments):
    """The arguments of :class:`agilekit.Flow`."""

    board: str
    key: str
    user_id: int


class Flow(Board, Options, Service):
    """The flow of a sandbox: one board, served.

    ``keys`` are the authentication keys in the order of the console, ``key`` is the first of them
    at the start, ``user_id`` a member, ``project_id`` the first project of the seed.

    What the API Reference leaves open is chosen by attributes, which may be assigned at any time:

    - ``empty_map``: how JSON writes a map without keys, "[]" as PHP does, or "{}".
    - ``ids_as_text``: whether JSON writes ids, and with them all other numbers, as strings of
      digits, as PHP reads them from its database.
    - ``lists``: whether JSON writes the ``assignments`` as a "map" from positions to ids, which
      is what the samples show, or as a "list".
    - ``xml_maps``: how XML writes a map keyed by id 16 of, say, projects. "repeated":
      ``<project>`` with its id among its fields (as an attribute ``id`` where the value is a mere
      number, as in ``phase_times``); "id": ``<item id="16">``; "underscore": ``<_16>``;
      "numbered": ``<item16>``.
    - ``rewriting``: how the ``task_text`` is changed before it is stored.

    Raises :class:`ValueError` for a seed that is not "empty" or "demo".
    """

    def __init__(self, seed: Seed, transport: Callable[[], SandboxTransport]) -> None:
        Board.__init__(self)
        Options.__init__(self)
        Service.__init__(self, "/flow/api/v10.05", transport)
        self._random = Random(1005)  # noqa: S311 - repeatable, not secret
        self.keys: list[str] = []
        self.key: Final = self.add_key()
        seeds.fill(seed, self)
        self.user_id: Final = next(iter(self.members))
        self.project_id: Final = next(iter(self.projects))

    def __repr__(self) -> str:
        projects, tasks = len(self.projects), len(self.tasks)
        return f"<Flow of a sandbox: {self.board_name!r}, projects={projects}, tasks={tasks}>"

    def arguments(self, url: str | None = None) -> FlowArguments:
        """What a client needs to reach it: ``Flow(**fake.arguments())``.

        ``url`` is that of a server (``Server.url``); without it the client stays in process.
        """
        return {
            "board": self.board_name,
            "key": self.key,
            "user_id": self.user_id,
            **self._client_arguments(url),
        }

    def add_key(self) -> str:
        """Add an authentication key of 20 hexadecimal digits."""
        key = f"{self._random.getrandbits(80):020x}"
        self.keys.append(key)
        return key

    def handle(self, request: Request) -> Response:
        path, _, suffix = request.path.removeprefix(self.base_path).rpartition(".")
        format = FORMATS.get(suffix)
        try:
            return self._serve(request, path, format)
        except Refusal as error:
            return self._refuse(error, format or "json")

    def _serve(self, request: Request, path: str, format: Format | None) -> Response:
        key = self._authenticate(request)
        if format is None:
            raise Refusal(404, "The path must end in .json or .xml")
        method, given = _method_and_parameters(request)
        route, ids = find(ROUTES, method, path)
        call = Call(
            board=self,
            key=key,
            keys=self.keys,
            add_key=self.add_key,
            ids=ids,
            params=Params(given, self.rewriting),
            renderer=self.renderer,
            format=format,
        )
        return route.handler(call)

    def _authenticate(self, request: Request) -> str:
        key = request.headers.get("x-flow-authentication")
        if key not in self.keys:
            raise Refusal(403, "Permission Denied")
        return key

    def _refuse(self, error: Refusal, format: Format) -> Response:
        # REST API Overview: 200, 400, 403 and 404 are all there is; the body is not shown.
        status = 404 if error.status == 405 else error.status
        value = {"error": error.reason} if format == "json" else error.reason
        return self.renderer.response(format, "error", value, status)


def _method_and_parameters(request: Request) -> tuple[str, dict[str, Json]]:
    """The method and the parameters; a POST may override its method by ``method``, in any case."""
    if request.method not in ("POST", "PUT", "DELETE"):
        return request.method, {}
    body = body_params(request)
    everything = merge(query_params(request), body)
    method = request.method
    override = str(everything.get("method")).upper()
    if method == "POST" and override in ("PUT", "DELETE"):
        method = override
    return method, everything if method == "DELETE" else body
