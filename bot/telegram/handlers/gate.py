"""The door: every update of every kind passes here before any handler, and those not let in go no further."""

import logging

from telegram import Bot, Message, Update
from telegram.ext import ApplicationHandlerStop

from bot.telegram.handlers.people import ask_in
from bot.telegram.outgoing.sending import acknowledge, answer_inline, send_page
from bot.telegram.services import Context, Services, place_of, texts_of
from bot.telegram.views.answers import Button
from bot.telegram.views.markup import escape

ASK_IN = "P?"
"""The only button of a stranger that does anything: it asks to be let in."""

REFUSE_EVERY = 3600.0
"""Seconds between two polite refusals to the same chat."""

_LOG = logging.getLogger(__name__)


async def guard(update: Update, context: Context) -> None:
    """Stop whatever comes from outside the allow-list, whatever else happens; follow groups that moved.

    The decision comes first. The refusal is sent in a separate task, so that a failed send can let nobody in.
    """
    services = context.services
    # A guest message comes from a chat that the bot is no member of: there it is the person who is let in.
    chat, user = None if update.guest_message else update.effective_chat, update.effective_user
    goes_on = False
    try:
        services.metrics.add("updates", _kind(update))
        if await _moved(services, update):
            pass
        elif services.access.admits(chat.id if chat else None, user.id if user else None):
            goes_on = True
        else:
            services.metrics.add("denied")
            context.application.create_task(_refuse(services, update))
    except Exception:
        _LOG.exception("the gate failed, so the update goes no further")
    if not goes_on:
        raise ApplicationHandlerStop


def _kind(update: Update) -> str:
    kinds = ("message", "edited_message", "callback_query", "inline_query", "my_chat_member", "guest_message")
    return next((kind for kind in kinds if getattr(update, kind)), "other")


async def _moved(services: Services, update: Update) -> bool:
    """A group becoming a supergroup is announced twice: in the old chat and in the new one."""
    message = update.message
    if message is None or not (message.migrate_to_chat_id or message.migrate_from_chat_id):
        return False
    if message.migrate_to_chat_id:
        await services.follow(message.chat_id, message.migrate_to_chat_id)
    else:
        await services.follow(message.migrate_from_chat_id, message.chat_id)
    return True


async def _refuse(services: Services, update: Update) -> None:
    texts, chat = texts_of(update, services), update.effective_chat
    query = update.callback_query
    if query and query.data == ASK_IN and services.access.admins:
        await acknowledge(services, query, texts.asked_in)
        await ask_in(services, query.from_user)
    elif query:
        await acknowledge(services, query, texts.not_yours)
    elif update.inline_query:
        await answer_inline(services, update.inline_query, [])
    elif update.message and chat and (chat.type == "private" or addressed(update.message, services.bot)):
        if not services.once("denied", chat.id, REFUSE_EVERY):
            return
        private = chat.type == "private"
        text = (texts.private_bot if private else texts.private_group).format(id=chat.id)
        reply_to = None if private else update.message.message_id
        asks = ((Button(texts.b_let_in, ASK_IN),),) if private and services.access.admins else ()
        await send_page(services, place_of(update.message), escape(text), asks, reply_to)


def addressed(message: Message, bot: Bot) -> bool:
    """Tell whether a group message is meant for the bot: a mention of it, a reply to it, or a command.

    Mentions are the message's own entities: what merely looks like one is none.
    """
    if message.from_user and message.from_user.is_bot and message.sender_chat is None:
        return False  # two bots that answer each other never end
    text = message.text or message.caption or ""
    name = f"@{bot.username}".casefold()
    if text.startswith("/"):
        command = text.split()[0].casefold()
        is_command = command[1:2].isascii() and command[1:2].isalpha()
        return is_command and ("@" not in command or command.endswith(name))
    replied = message.reply_to_message
    return mentioned(message, name) or bool(replied and replied.from_user and replied.from_user.id == bot.id)


def mentioned(message: Message, name: str) -> bool:
    """Tell whether ``name`` (with its @, folded) is mentioned."""
    found = message.parse_entities(["mention"]) if message.text else message.parse_caption_entities(["mention"])
    return any(mention.casefold() == name for mention in found.values())


def without_mention(message: Message, username: str) -> str:
    """A message's text without the bot's name, by the message's own entities."""
    text, entities = message.text or message.caption or "", message.entities or message.caption_entities
    raw = text.encode("utf-16-le", "surrogatepass")
    for entity in sorted(entities, key=lambda entity: -entity.offset):
        start, end = 2 * entity.offset, 2 * (entity.offset + entity.length)
        name = raw[start:end].decode("utf-16-le", "surrogatepass").casefold()
        if entity.type == "mention" and name == f"@{username}".casefold():
            raw = raw[:start] + raw[end:]
    return raw.decode("utf-16-le", "surrogatepass").strip(" ,:\n")
