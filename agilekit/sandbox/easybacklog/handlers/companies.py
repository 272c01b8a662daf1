"""Companies: the clients that backlogs are kept for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from agilekit.sandbox.easybacklog import defaults, serializers

if TYPE_CHECKING:
    from agilekit.sandbox.easybacklog.call import Call
    from agilekit.sandbox.messages import Response

_IGNORED: Final = ("defaults_set", "days_estimatable", "has_company", "account_id")


def list_companies(call: Call) -> Response:
    account = call.account()
    own = [it for it in call.store.companies.values() if it.account_id == account.id]
    values = [serializers.company(it, recorded=call.recorded) for it in own]
    return call.respond_list("companies", "company", values)


def retrieve_company(call: Call) -> Response:
    return call.respond("company", serializers.company(call.company(), recorded=call.recorded))


def create_company(call: Call) -> Response:
    """The company belongs to no account: the server forgets to say to which."""
    account = call.account()
    call.require_privilege(account.id, "full", "create a company")
    params = call.permit("name", *defaults.ATTRIBUTES, ignored=_IGNORED)
    name = params.required("name")
    velocity, rate, use_50_90 = defaults.read_defaults(params)
    company = call.store.add_company(
        None,
        name,
        default_velocity=velocity,
        default_rate=rate,
        default_use_50_90=use_50_90,
    )
    value = serializers.company(company, recorded=call.recorded)
    return call.respond(
        "company", value, 201, location=f"/accounts/{account.id}/companies/{company.id}"
    )


def update_company(call: Call) -> Response:
    company = call.company()
    call.require_privilege(call.account().id, "full", "edit this company")
    params = call.permit("name", *defaults.ATTRIBUTES, ignored=_IGNORED)
    name = params.required("name", company.name)
    defaults.apply_defaults(params, company)
    company.name = name
    company.updated_at = call.store.clock()
    return call.respond_empty()


def delete_company(call: Call) -> Response:
    """Documented, but no route of the server: the service never gets here."""
    raise call.not_found()
