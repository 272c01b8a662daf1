"""A web service over one project: one client for all requests, each in its author's name.

    AGILEKIT_FLYINGDONUT_PROJECT=… AGILEKIT_FLYINGDONUT_SECRET=… python web_service.py
    curl -H 'X-Author: jane.smith' --json '{"points": 2}' \
        http://127.0.0.1:8000/cards/54744c20c955ca8169c61eef/points

The header stands for the login of a real service: whoever may set it writes in any member's name.
An answer that is not a success says in ``code`` what happened, in ``may_repeat`` whether the same
request may be sent again as it is, and in ``applied`` what was changed all the same.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated, Final, NamedTuple

import anyio
import uvicorn
from fastapi import Depends, FastAPI, Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from agilekit import (
    Abort,
    AgilekitError,
    BadRequest,
    Conflicted,
    ConnectionLost,
    DeadlineExceeded,
    FlyingDonut,
    Forbidden,
    InvalidInput,
    NotFound,
    NotSent,
    PagesShifted,
    RateLimited,
    ServerError,
    Unauthorized,
    UnknownOutcome,
    Unprocessable,
    VersionConflict,
    plain,
)
from agilekit.flyingdonut import BucketCards, Card

ADDRESS: Final = ("127.0.0.1", 8000)
LATER: Final = "10"  # seconds; the client itself keeps to what the project's service asks for


class NewCard(BaseModel):
    title: str
    estimate: float | None = None


class NewTitle(BaseModel):
    title: str
    version: int
    """Of the title that the author has seen."""


class Points(BaseModel):
    points: float


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    async with FlyingDonut.from_env() as donut:
        app.state.donut = donut
        yield


app = FastAPI(title="Cards", lifespan=lifespan)


async def shared(request: Request) -> FlyingDonut:
    """The one client: its connections, and its pace, are those of all requests."""
    donut: FlyingDonut = request.app.state.donut
    return donut


async def authored(
    donut: Annotated[FlyingDonut, Depends(shared)], x_author: Annotated[str, Header()]
) -> FlyingDonut:
    """A view of it in the author's name."""
    return donut.using(username=x_author)


Reading = Annotated[FlyingDonut, Depends(shared)]
Writing = Annotated[FlyingDonut, Depends(authored)]


@app.get("/backlog")
async def backlog(donut: Reading) -> list[BucketCards]:
    return await donut.cards.in_backlog()


@app.get("/cards/{card_id}")
async def card(card_id: str, donut: Reading) -> Card:
    return await donut.cards.get(card_id)


@app.post("/buckets/{bucket_id}/cards", status_code=201)
async def create(bucket_id: str, new: NewCard, donut: Writing) -> Card:
    return await donut.cards.create(bucket_id, title=new.title, estimate=new.estimate)


@app.post("/cards/{card_id}/points")
async def add_points(card_id: str, more: Points, donut: Writing) -> Card:
    """Adds to whatever the estimate is by then, exactly once."""
    return await donut.cards.update(card_id, estimate=lambda now: (now or 0) + more.points)


@app.put("/cards/{card_id}/title")
async def retitle(card_id: str, new: NewTitle, donut: Writing) -> Card:
    """Replaces the title that the author has seen, and no other."""
    base = {"title": new.version}
    return await donut.cards.update(card_id, title=new.title, base=base, on_conflict=Abort())


class Failure(NamedTuple):
    status: int
    code: str
    may_repeat: bool = False


# The first that fits; of a write, only what says that nothing was changed may be repeated.
FAILURES: Final[dict[type[AgilekitError], Failure]] = {
    UnknownOutcome: Failure(502, "unknown_outcome"),  # somebody has to look
    VersionConflict: Failure(409, "version_conflict"),
    InvalidInput: Failure(422, "invalid_input"),
    NotFound: Failure(404, "not_found"),
    BadRequest: Failure(422, "refused"),
    Unprocessable: Failure(422, "refused"),
    Forbidden: Failure(403, "forbidden"),  # to this author, or to our secret
    Conflicted: Failure(409, "conflict"),
    Unauthorized: Failure(502, "credential_refused"),  # ours, and not that of the author
    RateLimited: Failure(429, "rate_limited", may_repeat=True),
    DeadlineExceeded: Failure(504, "deadline_exceeded", may_repeat=True),
    NotSent: Failure(503, "not_reached", may_repeat=True),
    ConnectionLost: Failure(503, "not_reached", may_repeat=True),
    PagesShifted: Failure(503, "changing_too_fast", may_repeat=True),
    ServerError: Failure(502, "service_failed", may_repeat=True),  # of a read
    AgilekitError: Failure(502, "service_failed"),
}


@app.exception_handler(AgilekitError)
async def failed(_: Request, error: AgilekitError) -> JSONResponse:
    failure = next(one for kind, one in FAILURES.items() if isinstance(error, kind))
    said: dict[str, object] = {
        "code": failure.code,
        "message": str(error),
        "may_repeat": failure.may_repeat and not error.applied,
        "applied": error.applied,
    }
    if isinstance(error, VersionConflict):
        said["conflicts"] = error.conflicts
    if isinstance(error, UnknownOutcome):
        said["details"] = error.details
    headers = {"Retry-After": LATER} if failure.status in (429, 503) else None
    return JSONResponse(plain(said), failure.status, headers)


async def main() -> None:
    host, port = ADDRESS
    await uvicorn.Server(uvicorn.Config(app, host=host, port=port)).serve()


if __name__ == "__main__":
    anyio.run(main)
