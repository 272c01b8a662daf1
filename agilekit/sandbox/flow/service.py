"""The service as the application mounts it: authentication, formats, and a table of calls."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Final, Literal

from agilekit.sandbox.flow import seed as seeds
from agilekit.sandbox.flow.board import Board
from agilekit.sandbox.flow.call import Call, Format, answer
from agilekit.sandbox.flow.renderer import EmptyMap, Lists, Renderer, XmlMaps
from agilekit.sandbox.flow.routes import ROUTES
from agilekit.sandbox.messages import Json, Refusal, Request, Response
from agilekit.sandbox.params import merged, of_body, of_query
from agilekit.sandbox.rewriting import Rewriting
from agilekit.sandbox.routing import find

FORMATS: Final[Mapping[str, Format]] = {"json": "json", "xml": "xml"}


class Flow(Board):
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
    - ``rewriting``: how the ``task_text`` is stored otherwise than it was sent.

    Raises :class:`ValueError` for a seed that is not "empty" or "demo".
    """

    def __init__(self, seed: Literal["empty", "demo"]) -> None:
        super().__init__()
        self.base_path: Final[str] = "/flow/api/v10.05"
        self.base_url: Final[str] = f"https://sandbox.invalid{self.base_path}"
        self.empty_map: EmptyMap = "[]"
        self.ids_as_text = False
        self.lists: Lists = "map"
        self.xml_maps: XmlMaps = "repeated"
        self.rewriting: Rewriting = Rewriting()
        self._random = Random(1005)  # noqa: S311 - repeatable, not secret
        self.keys: list[str] = []
        self.key: Final = self.add_key()
        seeds.fill(seed, self)
        self.user_id: Final = next(iter(self.members))
        self.project_id: Final = next(iter(self.projects))

    @property
    def renderer(self) -> Renderer:
        return Renderer(
            empty_map=self.empty_map,
            ids_as_text=self.ids_as_text,
            lists=self.lists,
            xml_maps=self.xml_maps,
        )

    def add_key(self) -> str:
        """Add an authentication key of 20 hexadecimal digits."""
        key = f"{self._random.getrandbits(80):020x}"
        self.keys.append(key)
        return key

    def handle(self, request: Request) -> Response:
        path, _, suffix = request.path.removeprefix(self.base_path).rpartition(".")
        format = FORMATS.get(suffix)
        try:
            return self._served(request, path, format)
        except Refusal as error:
            return self._refused(error, format or "json")

    def _served(self, request: Request, path: str, format: Format | None) -> Response:
        key = self._authenticated(request)
        if format is None:
            raise Refusal(404, "The path must end in .json or .xml")
        method, parameters = _asked(request)
        route, ids = find(ROUTES, method, path)
        return route.handler(Call(self, key, ids, parameters, format))

    def _authenticated(self, request: Request) -> str:
        key = request.headers.get("x-flow-authentication")
        if key not in self.keys:
            raise Refusal(403, "Permission Denied")
        return key

    def _refused(self, error: Refusal, format: Format) -> Response:
        # REST API Overview: 200, 400, 403 and 404 are all there is; the body is not shown.
        status = 404 if error.status == 405 else error.status
        value = {"error": error.reason} if format == "json" else error.reason
        return answer(self.renderer, format, "error", value, status)


def _asked(request: Request) -> tuple[str, dict[str, Json]]:
    """The method, which a POST may override by ``method`` in any case, and the parameters."""
    if request.method not in ("POST", "PUT", "DELETE"):
        return request.method, {}
    body = of_body(request)
    everything = merged(of_query(request), body)
    method = request.method
    override = str(everything.get("method")).upper()
    if method == "POST" and override in ("PUT", "DELETE"):
        method = override
    return method, everything if method == "DELETE" else body
