"""What admins are told of without having asked: builds that failed, an index that cannot be used, a second poller."""

from typing import TYPE_CHECKING

from bot.telegram.outgoing.sending import send_page
from bot.telegram.state.memory import Place
from bot.telegram.views.markup import escape, head

if TYPE_CHECKING:
    from bot.telegram.services import Services

EVERY = 3600.0
"""Seconds between two warnings of the same kind to the same admin."""


async def warn_admins(services: "Services", kind: str, reason: str, but: int | None = None) -> None:
    """Tell every admin but one what went wrong: ``kind`` names the sentence, ``reason`` goes into it."""
    for admin in sorted(services.access.admins):
        if admin != but and services.once(kind, admin, EVERY):
            text = getattr(services.texts(admin, None), kind).format(reason=head(reason, 500))
            await send_page(services, Place(admin), escape(text))
