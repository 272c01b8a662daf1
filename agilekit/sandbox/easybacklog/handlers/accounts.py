"""Accounts and companies, one function a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agilekit.sandbox.easybacklog import serializers
from agilekit.sandbox.easybacklog.catalogue import LOCALES, SCORING_RULES

if TYPE_CHECKING:
    from agilekit.sandbox.easybacklog.call import Call
    from agilekit.sandbox.easybacklog.params import Written
    from agilekit.sandbox.easybacklog.state import Account, Company
    from agilekit.sandbox.messages import Response

_DEFAULTS = ("default_velocity", "default_rate", "default_use_50_90")
_UNSEEN = ("defaults_set", "days_estimatable", "has_company")


def list_accounts(call: Call) -> Response:
    seen = [it for it in call.store.accounts.values() if it.privilege != "none"]
    return call.listing("accounts", "account", [serializers.account(it) for it in seen])


def retrieve_account(call: Call) -> Response:
    return call.record("account", serializers.account(call.account()))


def update_account(call: Call) -> Response:
    account = call.account()
    call.demand(account.id, "full", "edit this account")
    given = call.written("name", "locale_id", "scoring_rule_id", *_DEFAULTS, ignored=_UNSEEN)
    name = given.required("name", account.name)
    if any(it.name == name for it in call.store.accounts.values() if it is not account):
        given.refuse("name", "has already been taken")
    locale = given.integer("locale_id", account.locale_id)
    if locale not in LOCALES:
        given.refuse("locale_id", "can't be blank")
    rule = given.integer("scoring_rule_id", account.scoring_rule_id)
    if rule is not None and rule not in SCORING_RULES:
        given.refuse("scoring_rule_id", "does not exist")
    _take_defaults(given, account)
    account.name, account.scoring_rule_id = name, rule
    account.locale_id = locale or account.locale_id
    account.updated_at = call.store.clock()
    return call.done()


def list_companies(call: Call) -> Response:
    account = call.account()
    own = [it for it in call.store.companies.values() if it.account_id == account.id]
    values = [serializers.company(it, recorded=call.recorded) for it in own]
    return call.listing("companies", "company", values)


def retrieve_company(call: Call) -> Response:
    return call.record("company", serializers.company(call.company(), recorded=call.recorded))


def create_company(call: Call) -> Response:
    """The company belongs to no account: the server forgets to say to which."""
    account = call.account()
    call.demand(account.id, "full", "create a company")
    given = call.written("name", *_DEFAULTS, ignored=(*_UNSEEN, "account_id"))
    name = given.required("name")
    velocity, rate, use_50_90 = _defaults(given)
    company = call.store.add_company(
        None,
        name,
        default_velocity=velocity,
        default_rate=rate,
        default_use_50_90=use_50_90,
    )
    value = serializers.company(company, recorded=call.recorded)
    return call.record("company", value, 201, at=f"/accounts/{account.id}/companies/{company.id}")


def update_company(call: Call) -> Response:
    company = call.company()
    call.demand(call.account().id, "full", "edit this company")
    given = call.written("name", *_DEFAULTS, ignored=(*_UNSEEN, "account_id"))
    name = given.required("name", company.name)
    _take_defaults(given, company)
    company.name = name
    company.updated_at = call.store.clock()
    return call.done()


def delete_company(call: Call) -> Response:
    """Documented, but no route of the server: the service never gets here."""
    raise call.missing()


def _take_defaults(given: Written, holder: Account | Company) -> None:
    values = _defaults(given, holder)
    holder.default_velocity, holder.default_rate, holder.default_use_50_90 = values


def _defaults(given: Written, now: Account | Company | None = None) -> Defaults:
    """The defaults for new backlogs. Raises Invalid if anything was refused until now."""
    velocity = given.decimal("default_velocity", now.default_velocity if now else None)
    rate = given.integer("default_rate", now.default_rate if now else None, least=0)
    use_50_90 = given.flag("default_use_50_90", now.default_use_50_90 if now else None)
    if rate is not None and velocity is None:
        given.refuse("default_rate", "cannot be specified if default velocity is empty")
    given.check()
    return velocity, rate, use_50_90


if TYPE_CHECKING:
    from decimal import Decimal
    from typing import TypeAlias

    Defaults: TypeAlias = tuple[Decimal | None, int | None, bool | None]
