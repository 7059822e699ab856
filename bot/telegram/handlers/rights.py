"""Who may change the bot or a chat's settings, checked at every step since buttons can be forwarded; and whether the
bot is told of reactions in a chat."""

import logging
import time

from telegram import CallbackQuery, Chat, Message, Update, User
from telegram.error import TelegramError

from bot.telegram.outgoing.sending import acknowledge, send_page
from bot.telegram.services import Services, place_of, texts_of
from bot.telegram.state.memory import Place
from bot.telegram.texts.catalogue import Texts
from bot.telegram.views.markup import escape

log = logging.getLogger("citebot")
ASK_AGAIN = 3600.0
"""Seconds for which a group's rights are cached."""
MAX_KNOWN = 2000


async def sent_by_admin(services: Services, update: Update, texts: Texts) -> bool:
    """Tell whether one of the bot's admins sent this; others get a refusal, in private chats only.

    Someone who writes as the group itself may be an admin, but the bot cannot know that, and says so.
    """
    user, message = update.effective_user, update.message
    if services.access.is_admin(user.id if user else None):
        return True
    if message is not None and _as_group(message):
        await send_page(services, place_of(message), escape(texts.anonymous), (), message.message_id)
    elif message is not None and message.chat.type == "private":
        await send_page(services, Place(message.chat_id), escape(texts.admins_only))
    return False


async def pressed_by_admin(services: Services, query: CallbackQuery, texts: Texts) -> bool:
    """Tell whether one of the bot's admins pressed a button; others get a refusal."""
    if services.access.is_admin(query.from_user.id):
        return True
    await acknowledge(services, query, texts.admins_only)
    return False


async def sent_by_chat_admin(services: Services, update: Update, message: Message) -> bool:
    """Tell whether the sender may change the chat's settings; others get a refusal."""
    if _as_group(message) or await _may_change(services, message.chat, update.effective_user):
        return True
    await send_page(services, place_of(message), escape(texts_of(update, services).group_admins_only))
    return False


async def pressed_by_chat_admin(services: Services, query: CallbackQuery, texts: Texts) -> bool:
    """Tell whether whoever pressed a button may change the chat's settings; others get a refusal."""
    if query.message is not None and await _may_change(services, query.message.chat, query.from_user):
        return True
    await acknowledge(services, query, texts.group_admins_only)
    return False


def _as_group(message: Message) -> bool:
    return message.sender_chat is not None and message.sender_chat.id == message.chat_id


async def _may_change(services: Services, chat: Chat, user: User | None) -> bool:
    """Tell whether a user may change a chat's settings: always in private; in a group as its admin or the bot's."""
    if chat.type == "private" or services.access.is_admin(user.id if user else None):
        return True
    try:
        member = await services.bot.get_chat_member(chat.id, user.id if user else 0)
    except TelegramError as error:
        log.info("can't tell who is admin of a group", extra={"chat": chat.id, "reason": error.message})
        return False
    return member.status in ("creator", "administrator")


async def reactions_arrive(services: Services, chat_id: int) -> bool:
    """Tell whether Telegram reports reactions in a chat, and 👍 and 👎 are among those the chat allows.

    It guarantees that only for a bot that is an admin of a group (Bot API, ``Update.message_reaction``).
    """
    if chat_id > 0:
        return False
    at, arrive = services.reactions.get(chat_id, (float("-inf"), False))
    if time.monotonic() - at < ASK_AGAIN:
        return arrive
    try:
        member = await services.bot.get_chat_member(chat_id, services.bot.id)
        arrive = member.status == "administrator" and await _allows_votes(services, chat_id)
    except TelegramError as error:
        log.info("can't tell whether reactions arrive", extra={"chat": chat_id, "reason": error.message})
        arrive = False
    services.reactions[chat_id] = time.monotonic(), arrive
    while len(services.reactions) > MAX_KNOWN:
        services.reactions.pop(next(iter(services.reactions)))
    return arrive


async def _allows_votes(services: Services, chat_id: int) -> bool:
    """Tell whether a chat allows both reactions that are votes.

    The library's ``get_chat`` is not used: it does not distinguish a missing list (all emoji) from an empty one (none).
    The Bot API accepts method names in any case, and the library has no special handling for this spelling.
    """
    chat = await services.bot.do_api_request("getchat", {"chat_id": chat_id})
    allowed = chat.get("available_reactions")
    return allowed is None or {"👍", "👎"} <= {reaction.get("emoji") for reaction in allowed}
