"""Cards of a sandbox, created many at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final, Unpack, cast

from agilekit import BulkReport, FlyingDonut
from agilekit.bulk import BulkOptions, Draft
from agilekit.flyingdonut.models import Card
from agilekit.flyingdonut.params import CardDraft
from agilekit.sandbox import Sandbox
from agilekit.session.options import Options
from tests.virtual_time import in_virtual_time

POST: Final = frozenset({"POST"})


def connect(sandbox: Sandbox, **options: Unpack[Options]) -> FlyingDonut:
    service = sandbox.flyingdonut
    options.setdefault("transport", sandbox.transport())
    return FlyingDonut(
        service.project_id,
        secret=service.secret,
        username=service.username,
        base_url=service.base_url,
        **options,
    )


def bucket_of(sandbox: Sandbox) -> str:
    service = sandbox.flyingdonut
    return next(iter(service.projects[service.project_id].buckets.values())).id


def create_cards(
    backend: str,
    sandbox: Sandbox,
    drafts: Iterable[object],
    client: Options | None = None,
    *,
    batch_size: int = 50,
    before: Callable[[], object] = lambda: None,
    **options: Unpack[BulkOptions],
) -> BulkReport[Card]:
    """A job in virtual time.

    before: is called when the job has a client, and nothing has been sent.
    """

    async def main() -> BulkReport[Card]:
        async with connect(sandbox, **(client or {})) as donut:
            before()
            return await donut.cards.create_many(
                bucket_of(sandbox),
                cast("Iterable[CardDraft]", drafts),
                batch_size=batch_size,
                **options,
            )

    return in_virtual_time(backend, main)


def card_drafts(count: int, *, alike: int = 1) -> list[Draft]:
    """So many, of which some that follow each other are the same."""
    numbers = (n // alike for n in range(count))
    return [{"title": f"Card {number}", "estimate": number % 5} for number in numbers]


def there(sandbox: Sandbox) -> Counter[tuple[object, object]]:
    """Title and estimate of what the server holds."""
    service = sandbox.flyingdonut
    cards = service.projects[service.project_id].cards.values()
    return Counter((card.title.value, card.estimate.value) for card in cards)


def asked(drafts: Iterable[Draft]) -> Counter[tuple[object, object]]:
    return Counter((draft["title"], draft.get("estimate")) for draft in drafts)


def agrees(report: BulkReport[Card], sandbox: Sandbox, drafts: list[Draft]) -> bool:
    """Whether each draft, by its position, is reported as a card of its own that says the same."""
    service = sandbox.flyingdonut
    cards = service.projects[service.project_id].cards
    held = [cards[created.item.id] for created in report.created]
    said = [(card.title.value, card.estimate.value) for card in held]
    wanted = [(draft["title"], draft.get("estimate")) for draft in drafts]
    return said == wanted and len({card.id for card in held}) == len(drafts) == len(report)
