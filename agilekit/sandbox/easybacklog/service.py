"""The service as the application mounts it: routing, negotiation and authentication."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import TYPE_CHECKING, Final

from agilekit.sandbox.easybacklog import negotiation
from agilekit.sandbox.easybacklog import seed as seeds
from agilekit.sandbox.easybacklog.call import Call
from agilekit.sandbox.easybacklog.handlers import backlogs, companies, snapshots
from agilekit.sandbox.easybacklog.negotiation import Unacceptable
from agilekit.sandbox.easybacklog.options import Options
from agilekit.sandbox.easybacklog.params import Invalid
from agilekit.sandbox.easybacklog.race import Race, RaceState
from agilekit.sandbox.easybacklog.routes import ROUTES
from agilekit.sandbox.easybacklog.store import Store
from agilekit.sandbox.messages import Json, Refusal, Request, Response
from agilekit.sandbox.params import body_params, merge, query_params
from agilekit.sandbox.routing import find
from agilekit.sandbox.service import ClientArguments, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agilekit.sandbox.easybacklog.negotiation import Format
    from agilekit.sandbox.options import Seed
    from agilekit.sandbox.routing import Route
    from agilekit.sandbox.transport import SandboxTransport

_PRINTABLE: Final = (backlogs.retrieve_backlog, snapshots.retrieve_snapshot)
# What a 404 calls the thing that a path is about, by the last word of the path.
_RESOURCES: Final = {
    "accounts": "Account",
    "companies": "Company",
    "backlogs": "Backlog",
    "stats": "Backlog stat",
    "duplicate": "Backlog",
    "snapshots": "Snapshot",
    "themes": "Theme",
    "grab-story": "Theme",
    "move-to-backlog": "Theme",
    "sprints": "Sprint",
    "stories": "Story",
    "acceptance-criteria": "Acceptance criterion",
    "sprint-stories": "Sprint story",
    "locales": "Locale",
    "scoring-rules": "Scoring rule",
    "sprint-story-statuses": "Sprint story status",
}
_SILENT: Final = ("backlogs", "snapshots", "duplicate")
_ROOT: Final = re.compile(rb"<([A-Za-z_][\w.-]*)")
_PUBLIC: Final = ("locales", "scoring-rules", "sprint-story-statuses")


class EasyBacklogArguments(ClientArguments):
    """The arguments of :class:`agilekit.EasyBacklog`."""

    token: str


class EasyBacklog(Store, Options, Service):
    """The easyBacklog of a sandbox; its state and its options are those of :class:`Store`, too.

    ``account_id`` and ``backlog_id`` are those of the account and the backlog that the seed made,
    ``user_id`` and ``token`` (the API key) open them.

    What its document leaves open is chosen by attributes, which may be assigned at any time:

    - ``decimals_as_text``: JSON has ``"3.0"``, as until 2014; since then it has ``3.0``.
    - ``strict``: the server is in development mode, in which people run it: an attribute that may
      not be written is refused with 422, the fields ``_method`` and ``api_key`` among them, and a
      browser is answered with 500. Others ignore the attribute, and have 406 for the browser.
    - ``ruby``: on "2.7" XML has types that Rails 3.2 does not know, ``Integer`` in what is written
      from a hash and ``yaml`` for the parent of a snapshot; on "1.9" both are ``integer``.
    - ``keys``: "recorded" has the keys of a running server, "documented" those of the document: no
      ``locale_id`` of a company, a backlog or a snapshot, no ``not_ready_status``, and the parent
      of a sprint's snapshot is the sprint and not the backlog.
    - ``sixteen_bits``: JSON keeps 16 bits of each character, so that U+1F389 becomes U+F389, and
      XML has U+FFFD instead of ``*`` for a control character; a server of Rails 3.2 was seen to do
      so.
    - ``rewriting``: how texts are changed before they are stored.
    - ``race``: how often creates that are under way at once do not see each other.

    Raises :class:`ValueError` for a seed that is neither "empty" nor "demo".
    """

    def __init__(self, seed: Seed, transport: Callable[[], SandboxTransport]) -> None:
        Store.__init__(self)
        Options.__init__(self)
        Service.__init__(self, "/easybacklog/api", transport)
        self.token: str = "e5yb4ck10g5eed0a61t0"  # noqa: S105 - opens nothing but a sandbox
        self._race_state = RaceState(Race())
        backlog = seeds.fill(self, seed)
        self.account_id: Final = backlog.account_id
        self.backlog_id: Final = backlog.id

    def __repr__(self) -> str:
        backlogs, stories = len(self.backlogs), len(self.stories)
        return f"<EasyBacklog of a sandbox: backlogs={backlogs}, stories={stories}>"

    def arguments(self, url: str | None = None) -> EasyBacklogArguments:
        """What a client needs to reach it: ``EasyBacklog(**fake.arguments())``.

        ``url`` is that of a server (``Server.url``); without it the client stays in process.
        """
        return {"token": self.token, **self._client_arguments(url)}

    @property
    def race(self) -> Race:
        """How often creates do not see each other; assigning it starts its sequence anew."""
        return self._race_state.race

    @race.setter
    def race(self, race: Race) -> None:
        self._race_state = RaceState(race)

    def handle(self, request: Request) -> Response:
        # The stages of Rails: what fails before there is a format is answered with a page.
        try:
            body = _body(request)
        except Refusal as error:
            return negotiation.page(500, error.reason)
        try:
            path, suffix = _without_suffix(request.path.removeprefix(self.base_path))
            route, ids = _find(_method(request, body), path)
            format = _format(route, request, suffix)
        except Refusal as error:
            return negotiation.page(404, "Routing Error", error.reason)
        except Unacceptable as error:
            if error.html and self.strict:
                return negotiation.page(500, "Template is missing")
            return error.response
        parameters = merge(body, query_params(request))
        try:
            self._authorize(route, request, parameters)
            call = Call(
                store=self,
                options=self,
                rewriting=self.rewriting,
                race_state=self._race_state,
                request=request,
                ids=ids,
                parameters=parameters,
                format=format,
                resource=_RESOURCES[_words(route)[-1]],
            )
            return route.handler(call)
        except Refusal as error:
            errors = error.errors if isinstance(error, Invalid) else []
            return negotiation.write_refusal(
                self.renderer, format, error.status, error.reason, errors
            )

    def _authorize(
        self, route: Route[Call], request: Request, parameters: Mapping[str, Json]
    ) -> None:
        # Authentication: if there is a header, nothing else is tried, not even after it failed.
        header = request.headers.get("authorization")
        pair = b64encode(f"{self.user_id}:{self.token}".encode()).decode()
        known = header in (f"Basic {pair}", f"token {self.token}")
        if header is None:
            known = parameters.get("api_key") == self.token
        if not known and _words(route)[0] not in _PUBLIC:
            raise Refusal(401, "Invalid authentication details")


def _words(route: Route[Call]) -> list[str]:
    return [part for part in route.template if not part.startswith("{")]


def _find(method: str, path: str) -> tuple[Route[Call], dict[str, str]]:
    """The route of a path and its ids; a :class:`Refusal` if the server has none."""
    route, ids = find(ROUTES, method, path)
    if route.handler is companies.delete_company:
        raise Refusal(404, "No route matches, whatever the document says")
    return route, ids


def _format(route: Route[Call], request: Request, suffix: str | None) -> Format:
    silent = _words(route)[-1] in _SILENT
    format = negotiation.negotiate(request, suffix, silent=silent)
    if format in ("xls", "pdf") and route.handler not in _PRINTABLE:
        raise Unacceptable(format, silent=silent)
    return format


def _without_suffix(path: str) -> tuple[str, str | None]:
    head, slash, last = path.rstrip("/").rpartition("/")
    name, dot, suffix = last.partition(".")
    if "." in suffix:
        raise Refusal(404, "No route matches a path with two suffixes")
    return head + slash + name, suffix if dot else None


def _body(request: Request) -> dict[str, Json]:
    """The parameters of the body; of XML, only the name of its root is taken for one."""
    if "xml" in request.headers.get("content-type", "").lower():
        root = _ROOT.search(request.body)
        return {root[1].decode(): {}} if root else {}
    return body_params(request)


def _method(request: Request, body: Mapping[str, Json]) -> str:
    """The method; a POST may override it, by Rack's field or by its header."""
    form = "json" not in request.headers.get("content-type", "").lower()
    header = request.headers.get("x-http-method-override")
    override = body.get("_method", header) if form else header
    if request.method == "POST" and isinstance(override, str):
        return override.upper()
    return request.method
