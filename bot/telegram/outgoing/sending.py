"""Sending, editing and acknowledging. Nothing here raises errors of Telegram; the outcome is returned.

Retries are those of ``retries``. A thread or a message replied to that no longer exists is left out. A message that
may have been delivered is never sent again.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from telegram import (
    CallbackQuery,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQuery,
    InlineQueryResult,
    InlineQueryResultsButton,
    Message,
    ReplyParameters,
)
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, TelegramError

from bot.telegram.outgoing.retries import maybe_sent
from bot.telegram.state.memory import Place
from bot.telegram.views.markup import escape, head
from bot.telegram.views.view import Button, Keyboard, View

if TYPE_CHECKING:
    from bot.telegram.services import Services

WARN_EVERY = 3600.0
"""Seconds between two warnings of the same kind to the same admin."""

log = logging.getLogger("citebot")
_THREAD_GONE = ("thread not found", "topic_closed", "topic_deleted", "topic_id_invalid", "topic closed")
_CHAT_GONE = (
    "chat not found",
    "have no rights",
    "not enough rights",
    "chat_write_forbidden",
    "user not found",
    "kicked",
    "peer_id_invalid",
    "chat_restricted",
    "chat_send_plain_forbidden",
)


class Outcome(StrEnum):
    """The outcome of sending or editing a message."""

    SENT = "sent"
    GONE = "gone"
    """The chat, or the message to be edited, no longer exists: a retry is useless."""
    UNKNOWN = "unknown"
    """The connection broke before the response: it may have arrived."""
    FAILED = "failed"
    """It did not arrive; a later attempt may succeed."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """The outcome of a message, and its id where it was sent."""

    outcome: Outcome
    message_id: int | None = None

    @property
    def settled(self) -> bool:
        """Whether a retry is needless."""
        return self.outcome in (Outcome.SENT, Outcome.GONE)


def markup_of(keyboard: Keyboard) -> InlineKeyboardMarkup | None:
    """Return the keyboard as Telegram takes it."""
    return InlineKeyboardMarkup([[_key(button) for button in row] for row in keyboard]) if keyboard else None


def _key(button: Button) -> InlineKeyboardButton:
    if button.copies is not None:
        return InlineKeyboardButton(button.text, copy_text=CopyTextButton(button.copies))
    if button.url is not None:
        return InlineKeyboardButton(button.text, url=button.url)
    return InlineKeyboardButton(button.text, callback_data=button.data)


async def send_view(
    services: "Services", place: Place, view: View, reply_to: int | None = None
) -> tuple[Outcome, tuple[int, ...]]:
    """Send the pages of a view, the keyboard under the last; return the outcome, and the ids of the messages.

    After a page that was not sent, the rest is not sent either.
    """
    ids: list[int] = []
    for number, page in enumerate(view.pages):
        keyboard = view.keyboard if number + 1 == len(view.pages) else ()
        delivery = await send_page(services, place, page, keyboard, reply_to if not number else None)
        if delivery.message_id is None:
            return delivery.outcome, tuple(ids)
        ids.append(delivery.message_id)
    return Outcome.SENT, tuple(ids)


async def send_page(
    services: "Services", place: Place, page: str, keyboard: Keyboard = (), reply_to: int | None = None
) -> Delivery:
    """Send one message of HTML."""
    markup = markup_of(keyboard)

    async def send(chat: int, thread: int | None, reply: ReplyParameters | None) -> Message:
        return await services.bot.send_message(
            chat, page, message_thread_id=thread, reply_parameters=reply, reply_markup=markup
        )

    return await _send(services, place, reply_to, send)


async def send_file(services: "Services", place: Place, body: bytes, name: str, caption: str) -> Delivery:
    """Send a file; ``caption`` is HTML."""

    async def send(chat: int, thread: int | None, reply: ReplyParameters | None) -> Message:
        return await services.bot.send_document(chat, body, filename=name, caption=caption, message_thread_id=thread)

    return await _send(services, place, None, send)


async def _send(
    services: "Services",
    place: Place,
    reply_to: int | None,
    send: Callable[[int, int | None, ReplyParameters | None], Awaitable[Message]],
) -> Delivery:
    """Send, following a group that moved, and without a thread or reply that no longer exists."""
    chat, thread = place.chat_id, place.thread_id
    reply = ReplyParameters(reply_to, allow_sending_without_reply=True) if reply_to else None
    for _ in range(3):
        try:
            message = await send(chat, thread, reply)
        except ChatMigrated as moved:
            await services.follow(chat, moved.new_chat_id)
            chat, thread, reply = moved.new_chat_id, None, None
        except BadRequest as error:
            reason = error.message.lower()
            if any(sign in reason for sign in _THREAD_GONE) and (thread is not None or reply is not None):
                thread, reply = None, None
            elif "repl" in reason and reply is not None:
                reply = None
            else:
                return Delivery(_failed(services, chat, error))
        except TelegramError as error:
            return Delivery(_failed(services, chat, error))
        else:
            return Delivery(Outcome.SENT, message.message_id)
    return Delivery(Outcome.FAILED)


def _failed(services: "Services", chat: int, error: TelegramError) -> Outcome:
    """Count and log a failed send, and return its outcome."""
    reason = error.message.lower()
    if isinstance(error, Forbidden) or (isinstance(error, BadRequest) and any(sign in reason for sign in _CHAT_GONE)):
        services.metrics.add("send_errors", "forbidden" if isinstance(error, Forbidden) else "gone")
        log.warning("can't write to this chat any more", extra={"chat": chat, "reason": error.message})
        return Outcome.GONE
    kind = type(error).__name__
    services.metrics.add("send_errors", kind)
    log.error("a message could not be delivered", extra={"chat": chat, "kind": kind, "reason": error.message})
    unknown = isinstance(error, NetworkError) and maybe_sent(error)
    return Outcome.UNKNOWN if unknown else Outcome.FAILED


async def edit_page(services: "Services", place: Place, message_id: int, page: str, keyboard: Keyboard = ()) -> Outcome:
    """Edit one of the bot's messages; GONE where it, or its chat, no longer exists."""
    try:
        await services.bot.edit_message_text(
            page, chat_id=place.chat_id, message_id=message_id, reply_markup=markup_of(keyboard)
        )
    except ChatMigrated as moved:
        await services.follow(place.chat_id, moved.new_chat_id)
        return Outcome.GONE
    except BadRequest as error:
        reason = error.message.lower()
        if "not modified" in reason:
            return Outcome.SENT
        if "not found" in reason or "can't be edited" in reason or "message_id_invalid" in reason:
            log.info("message is gone", extra={"chat": place.chat_id})
            return Outcome.GONE
        return _failed(services, place.chat_id, error)
    except TelegramError as error:
        return _failed(services, place.chat_id, error)
    return Outcome.SENT


async def turn_page(services: "Services", query: CallbackQuery, view: View) -> None:
    """Edit the message of a press, unless an earlier press already turned it to this page."""
    message = query.message
    if services.memory.turn_page(message.chat.id, message.message_id, repr(view)):
        await edit_page(services, Place(message.chat.id), message.message_id, view.pages[0], view.keyboard)


async def delete_page(services: "Services", place: Place, message_id: int) -> None:
    """Delete one of the bot's messages, if it still exists."""
    await _try(services, place.chat_id, services.bot.delete_message(place.chat_id, message_id))


async def react(services: "Services", place: Place, message_id: int, emoji: str) -> None:
    """React to somebody's message, where that is possible."""
    await _try(services, place.chat_id, services.bot.set_message_reaction(place.chat_id, message_id, emoji))


async def acknowledge(services: "Services", query: CallbackQuery, text: str | None = None) -> None:
    """Answer a press. Telegram takes no answer to one that waited too long."""
    await _try(services, query.from_user.id, query.answer(text))


async def answer_inline(
    services: "Services",
    query: InlineQuery,
    found: Sequence[InlineQueryResult],
    cache: int = 0,
    button: InlineQueryResultsButton | None = None,
) -> None:
    """Answer an inline query. Telegram takes no answer to one that waited too long."""
    await _try(services, query.from_user.id, query.answer(found, cache_time=cache, is_personal=True, button=button))


async def answer_guest(services: "Services", message: Message, result: InlineQueryResult) -> None:
    """Answer a message in a chat that the bot is not a member of."""
    chat = message.from_user.id if message.from_user else 0
    await _try(services, chat, services.bot.answer_guest_query(message.guest_query_id, result))


async def _try(services: "Services", chat: int, call: Awaitable[Any]) -> None:
    """Await a request whose failure is only logged."""
    try:
        await call
    except TelegramError as error:
        if not isinstance(error, BadRequest):
            services.metrics.add("send_errors", type(error).__name__)
        log.info("request failed", extra={"chat": chat, "reason": error.message})


async def warn_admins(services: "Services", kind: str, reason: str, but: int | None = None) -> None:
    """Tell every admin but one what went wrong: ``kind`` names the text, ``reason`` goes into it."""
    for admin in sorted(services.access.admins):
        if admin != but and services.once(kind, admin, WARN_EVERY):
            text = getattr(services.texts(admin, None), kind).format(reason=head(reason, 500))
            await send_page(services, Place(admin), escape(text))
