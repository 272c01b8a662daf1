"""Whatever arrives, an answer goes out, and what is stored can be shown in every format."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from agilekit.sandbox import Sandbox
from agilekit.sandbox.messages import Request
from tests.sandbox.easybacklog.caller import parsed
from tests.sizes import examples

PATHS = st.sampled_from(
    [
        "/accounts",
        "/accounts/33",
        "/accounts/33/companies",
        "/accounts/33/backlogs",
        "/accounts/33/backlogs/357",
        "/accounts/33/backlogs/357/duplicate",
        "/accounts/33/backlogs/357/snapshots",
        "/accounts/33/backlogs/357/stats",
        "/backlogs/357/themes",
        "/backlogs/357/themes/1131",
        "/backlogs/357/themes/1131/grab-story",
        "/backlogs/357/themes/1131/move-to-backlog",
        "/backlogs/357/sprints",
        "/backlogs/357/sprints/225",
        "/themes/1131/stories",
        "/themes/1131/stories/3159",
        "/stories/3159/acceptance-criteria",
        "/sprints/225/sprint-stories",
        "/sprints/225/sprint-stories/3",
    ]
)
NAMES = """
    name code position velocity rate use_50_90 archived scoring_rule_id locale_id start_on
    duration_days number_team_members explicit_velocity completed story_id score score_50
    score_90 unique_id as_a criterion move_to_sprint_id sprint_story_status_id
    target_backlog_id default_rate default_velocity print_scope page_size
"""
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["1", "3", "1e9", "1e-9", "NaN", "2026-03-16", "9999-12-31", "true", "\x00"]),
    st.lists(st.integers(), max_size=1),
)


@settings(max_examples=examples(4), deadline=None, derandomize=True)
@given(
    calls=st.lists(
        st.tuples(
            st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
            PATHS,
            st.sampled_from(["", ".xml", ".pdf", ".xls"]),
            st.dictionaries(st.sampled_from(NAMES.split()), VALUES, max_size=5),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_whatever_is_sent_gets_an_answer(
    calls: list[tuple[str, str, str, dict[str, object]]],
) -> None:
    service = Sandbox("demo").easybacklog
    headers = [
        (b"authorization", f"token {service.token}".encode()),
        (b"content-type", b"application/json"),
    ]
    shown = b"include_associated_data=true"
    for method, path, suffix, body in calls:
        whole = f"{service.base_path}{path}{suffix}".encode()
        sent = json.dumps(body).encode()
        answer = service.handle(Request.read(method, whole, b"", headers, sent))
        assert 200 <= answer.status <= 500
    for suffix in (".json", ".xml"):
        whole = f"{service.base_path}/accounts/33/backlogs/357{suffix}".encode()
        answer = service.handle(Request.read("GET", whole, shown, headers, b""))
        if suffix == ".xml" and answer.status == 200:
            parsed(answer.body)


@settings(max_examples=examples(2), deadline=None, derandomize=True)
@given(path=st.binary(), query=st.binary(), body=st.binary(), kind=st.binary(max_size=20))
def test_any_bytes_get_an_answer(path: bytes, query: bytes, body: bytes, kind: bytes) -> None:
    service = Sandbox("empty").easybacklog
    headers = [(b"content-type", kind), (b"authorization", f"token {service.token}".encode())]
    for place in (b"/easybacklog/api/" + path, b"/easybacklog/api/backlogs/357/themes"):
        answer = service.handle(Request.read("POST", place, query, headers, body))
        assert 200 <= answer.status < 500
