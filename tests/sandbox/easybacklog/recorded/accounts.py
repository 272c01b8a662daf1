"""Accounts and companies, and who is answered in which format."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from tests.sandbox.easybacklog.recorded.exchange import (
    Exchange,
    Page,
    Refused,
    Xml,
    delete,
    get,
    post,
    put,
)
from tests.sandbox.easybacklog.recorded.shapes import account, company

_ACCOUNT: Final = "/accounts/{A}"
_COMPANIES: Final = f"{_ACCOUNT}/companies"
_VENDOR: Final = "application/vnd.easybacklog+json"

ACCOUNTS: Final[tuple[Exchange, ...]] = (
    get(_ACCOUNT, account()),
    get(f"{_ACCOUNT}.xml", Xml("account", account())),
    get("/accounts", Refused(401), auth=""),
    get("/accounts", Refused(401), auth="token x"),
    get("/accounts", Refused(401), auth="Token {token}"),
    get("/accounts.xml", Refused(401, xml=True), auth="token x"),
    get("/accounts", Page(500), accept="text/html"),
    get("/accounts", Page(500), accept="text/html,application/xml;q=0.9,*/*;q=0.8"),
    get("/accounts", Page(406, "text/csv"), accept="text/csv"),
    get(_ACCOUNT, Page(406, f"{_VENDOR}; version=2.0"), accept=f"{_VENDOR}; version=2.0"),
    get(_ACCOUNT, account(), accept="application/json, application/xml"),
    get(_ACCOUNT, account()),
    get(_ACCOUNT, Page(406, f"{_VENDOR};version=1.0"), accept=f"{_VENDOR};version=1.0"),
    get("/nosuch", Page(404)),
    Exchange(method="PATCH", path=_ACCOUNT, form={"name": "x"}, answer=Page(404)),
    post("/accounts", {"name": "x"}, Page(404)),
    get("/locale/1", Page(404)),
    post(
        _COMPANIES,
        {"name": "Co1", "default_velocity": "5"},
        company("Co1", Decimal("5.0")),
        remember="C",
    ),
    post(_COMPANIES, {"name": "Co2", "default_rate": "5"}, Refused(422, ("Default rate",))),
    post(_COMPANIES, {"name": ""}, Refused(422, ("Name can't be blank",))),
    post(f"{_COMPANIES}.xml", {"name": ""}, Refused(422, ("Name can't be blank",), xml=True)),
    post(_COMPANIES, {"name": "Co3", "foo": "1"}, Refused(422, names="foo")),
    delete(f"{_COMPANIES}/{{C}}", Page(404)),
    get(f"{_COMPANIES}/{{C}}", Refused(404, names="Company")),
    put(_ACCOUNT, {"default_rate": "-1", "default_velocity": "2"}, Refused(422, ("Default rate",))),
    put(_ACCOUNT, {"default_velocity": "abc"}, Refused(422, ("Default velocity",))),
    put(_ACCOUNT, {"name": ""}, Refused(422, ("Name can't be blank",))),
    put(_ACCOUNT, {"foo": "1"}, Refused(422, names="foo")),
    post(_ACCOUNT, {"_method": "put", "default_rate": ""}, Refused(422, names="_method")),
    Exchange(
        method="POST",
        path=_ACCOUNT,
        headers={"x-http-method-override": "PUT"},
        form={"default_rate": ""},
        answer=None,
    ),
    put(_ACCOUNT, {"account_id": "5"}, Refused(422, names="account_id")),
)
