"""The defaults for new backlogs, which accounts and companies have alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from decimal import Decimal

    from agilekit.sandbox.easybacklog.params import Params
    from agilekit.sandbox.easybacklog.state import Account, Company

    Defaults: TypeAlias = tuple[Decimal | None, int | None, bool | None]

ATTRIBUTES: Final = ("default_velocity", "default_rate", "default_use_50_90")


def apply_defaults(params: Params, holder: Account | Company) -> None:
    """Set the defaults of an account or a company. Raises :class:`Invalid`."""
    values = read_defaults(params, holder)
    holder.default_velocity, holder.default_rate, holder.default_use_50_90 = values


def read_defaults(params: Params, current: Account | Company | None = None) -> Defaults:
    """The defaults that a request sets. Raises :class:`Invalid` if anything was refused by then."""
    velocity = params.decimal("default_velocity", current.default_velocity if current else None)
    rate = params.integer("default_rate", current.default_rate if current else None, least=0)
    use_50_90 = params.flag("default_use_50_90", current.default_use_50_90 if current else None)
    if rate is not None and velocity is None:
        params.refuse("default_rate", "cannot be specified if default velocity is empty")
    params.check()
    return velocity, rate, use_50_90
