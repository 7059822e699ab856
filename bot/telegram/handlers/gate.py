"""The door: every update of every kind passes here before any handler, and those not let in go no further."""

from telegram import Update
from telegram.ext import ApplicationHandlerStop, CallbackContext

from bot.telegram.outgoing.sending import send_page
from bot.telegram.services import Services, place_of, services_of, texts_of
from bot.telegram.state.memory import Place
from bot.telegram.views.markup import escape

REFUSE_EVERY = 3600.0
"""Seconds between two polite refusals to the same chat."""


async def guard(update: Update, context: CallbackContext) -> None:
    """Follow groups that moved, and stop whatever comes from outside the allow-list without a word of the corpus."""
    services = services_of(context)
    services.metrics.add("updates", _kind(update))
    await _follow_move(services, update)
    chat, user = update.effective_chat, update.effective_user
    if services.access.admits(chat.id if chat else None, user.id if user else None):
        return
    services.metrics.add("denied")
    await _refuse(services, update)
    raise ApplicationHandlerStop


def _kind(update: Update) -> str:
    kinds = ("message", "edited_message", "callback_query", "inline_query", "my_chat_member")
    return next((kind for kind in kinds if getattr(update, kind)), "other")


async def _follow_move(services: Services, update: Update) -> None:
    """A group becoming a supergroup is told twice: in the old chat and in the new one."""
    message = update.message
    if message is None or not (message.migrate_to_chat_id or message.migrate_from_chat_id):
        return
    if message.migrate_to_chat_id:
        await services.follow(message.chat_id, message.migrate_to_chat_id)
    elif message.migrate_from_chat_id:
        await services.follow(message.migrate_from_chat_id, message.chat_id)
    raise ApplicationHandlerStop


async def _refuse(services: Services, update: Update) -> None:
    texts, chat = texts_of(update, services), update.effective_chat
    if update.callback_query:
        await update.callback_query.answer(texts.not_yours)
    elif update.inline_query:
        await update.inline_query.answer([], cache_time=0, is_personal=True)
    elif update.message and chat and services.limits.tell_once(f"denied:{chat.id}", REFUSE_EVERY):
        if chat.type == "private":
            await send_page(services, Place(chat.id), escape(texts.private_bot.format(id=chat.id)))
        elif addressed(update, services):
            text = texts.private_group.format(id=chat.id)
            await send_page(services, place_of(update.message), escape(text), (), update.message.message_id)


def addressed(update: Update, services: Services) -> bool:
    """Tell whether a group message is meant for the bot: a mention, a reply to it, or a command."""
    message = update.effective_message
    if message is None:
        return False
    text = message.text or ""
    name = f"@{services.bot.username}".casefold()
    if text.startswith("/"):
        command = text.split()[0].casefold()
        return "@" not in command or command.endswith(name)
    replied = message.reply_to_message
    return mention_in(text, name) or bool(replied and replied.from_user and replied.from_user.id == services.bot.id)


def mention_in(text: str, name: str) -> bool:
    """Tell whether ``name`` (with its @, folded) is mentioned as a word of its own."""
    words = (word.strip(".,:;!?()[]«»\"'").casefold() for word in text.split())
    return name in words
