"""What a server may say: any JSON, any bytes, and the samples of the document, damaged."""

from __future__ import annotations

import copy
import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from typing import Any, cast

from hypothesis import strategies as st

from tests.payloads import flyingdonut as samples
from tests.session.scripted import Say

ATTRIBUTES = sorted(
    {"_id", "id", "value", "version", "$oid", "$date", "items", "markdown", "html", "tasks"}
    | {*samples.FETCH_PROJECT, *samples.FETCH_SPRINT, *samples.FETCH_SPRINT_BURNDOWN_CHART}
    | {name for item in samples.FETCH_SPRINT_CARDS for name in item}
)

scalars: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.sampled_from(["", "5", "-0.5", "1e999", "nan", "todo", "2014-12-03T22:00:00Z", "-" * 9]),
    st.sampled_from([10**400, -(10**20), "9" * 5000, "\ud800", {"$oid": "1"}, {"$date": 1e300}]),
)
json_values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(ATTRIBUTES) | st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=12,
)
statuses = st.sampled_from([200, 200, 200, 201, 204, 299, 302, 400, 403, 404, 409, 412, 418, 422])
failures = st.sampled_from([429, 500, 502, 503, 504, 599])
headers = st.dictionaries(
    st.sampled_from(["content-encoding", "content-type", "content-length"])
    | st.sampled_from(["retry-after", "location"]),
    st.sampled_from(["gzip", "deflate", "br", "identity", "", "0", "-1", "soon", "text/html"])
    | st.sampled_from(["/api/x", "http://[::1", "//", "Mon, 05 Jan 1970 00:00:00 GMT", "\xff"])
    | st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\x00"), max_size=20),
    max_size=2,
)


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """Bytes of any kind: noise, JSON, and either of them compressed or cut."""
    body = draw(st.binary(max_size=60) | json_values.map(json.dumps).map(str.encode))
    shape = draw(st.sampled_from(["as it is", "gzip", "zlib", "cut", "cut gzip"]))
    if shape == "zlib":
        return zlib.compress(body)
    if "gzip" in shape:
        body = gzip.compress(body)
    return body[: draw(st.integers(0, len(body)))] if "cut" in shape else body


any_answers = st.builds(Say, bodies(), statuses | failures, headers)
json_answers = st.builds(Say, json_values, statuses)


def paths(data: Any, prefix: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where every key of an object is, at every depth."""
    if isinstance(data, dict):
        for name, inner in cast("dict[str, Any]", data).items():
            yield (*prefix, name)
            yield from paths(inner, (*prefix, name))
    elif isinstance(data, list):
        for place, inner in enumerate(cast("Sequence[Any]", data)):
            yield from paths(inner, (*prefix, place))


def damaged(data: Any, path: tuple[str | int, ...], *, value: object, gone: bool = False) -> Any:
    """A copy in which one key is gone or has another value; unchanged where the key is gone."""
    result = copy.deepcopy(data)
    holder = result
    for step in path[:-1]:
        try:
            holder = holder[step]
        except (KeyError, IndexError, TypeError):
            return result
    if not isinstance(holder, dict) or path[-1] not in holder:
        return result
    if gone:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return result
