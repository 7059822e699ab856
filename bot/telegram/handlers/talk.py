"""What people write: which of it is a question, and what it follows on. Private chats, groups, topics, edits."""

import asyncio
import re

from telegram import Message, Update

from bot.telegram.handlers.gate import addressed
from bot.telegram.handlers.questions import Question, handle_question
from bot.telegram.outgoing.sending import send_page
from bot.telegram.services import Context, Services, place_of, texts_of
from bot.telegram.state.memory import Place
from bot.telegram.views.links import question_of
from bot.telegram.views.markup import escape
from qa.answer import Turn


async def on_text(update: Update, context: Context) -> None:
    """Take any text in private, and in groups what is meant for the bot, as a question."""
    services, message = context.services, update.effective_message
    if message is None or (message.via_bot and message.via_bot.id == services.bot.id):
        return
    if message.chat.type != "private" and not addressed(message, services.bot):
        return
    await _ask(services, update, message, without_mention(message.text or "", services.bot.username))


async def on_ask(update: Update, context: Context) -> None:
    """/ask question; alone in reply to somebody's message, it asks that message."""
    services, message = context.services, update.effective_message
    if message is None:
        return
    parts = (message.text or "").split(maxsplit=1)
    text = parts[1] if len(parts) > 1 else ""
    replied = message.reply_to_message
    if not text and replied and replied.text and not (replied.from_user and replied.from_user.id == services.bot.id):
        text = replied.text
    await _ask(services, update, message, text)


async def on_start(update: Update, context: Context) -> None:
    """/start: a greeting, or the question a deep link carries."""
    services, message = context.services, update.effective_message
    if message is None:
        return
    question = question_of(context.args[0]) if context.args else None
    if question:
        await _ask(services, update, message, question)
        return
    texts = texts_of(update, services)
    count = len(await asyncio.to_thread(services.engine.documents))
    await send_page(
        services, place_of(message), escape(texts.start.format(count=count) + "\n\n" + _help(services, update))
    )


async def on_help(update: Update, context: Context) -> None:
    """/help: what the bot can do."""
    services, message = context.services, update.effective_message
    if message is not None:
        await send_page(services, place_of(message), escape(_help(services, update)))


def _help(services: Services, update: Update) -> str:
    texts, user = texts_of(update, services), update.effective_user
    text = texts.help.format(bot=services.bot.username)
    return f"{text}\n\n{texts.help_admin}" if services.access.is_admin(user.id if user else None) else text


async def on_new(update: Update, context: Context) -> None:
    """/new: forget the conversation of this chat and topic."""
    services, message = context.services, update.effective_message
    if message is not None:
        services.memory.forget(place_of(message))
        await send_page(services, place_of(message), escape(texts_of(update, services).forgotten))


async def on_other(update: Update, context: Context) -> None:
    """A sticker, a photo, a voice note …: one kind line in private, silence in groups."""
    services, message = context.services, update.message
    if message is not None and message.chat.type == "private" and services.once("other", message.chat_id, 5):
        await send_page(services, place_of(message), escape(texts_of(update, services).only_text))


async def on_unknown_command(update: Update, context: Context) -> None:
    """A command the bot does not have: one kind line in private; in groups it may be another bot's."""
    services, message = context.services, update.message
    name = f"@{services.bot.username}".casefold()
    if message is None or not (
        message.chat.type == "private" or (message.text or "").split()[0].casefold().endswith(name)
    ):
        return
    if services.once("unknown", message.chat_id, 2):
        await send_page(services, place_of(message), escape(texts_of(update, services).unknown_command))


async def on_member(update: Update, context: Context) -> None:
    """Being let into a group: say how to ask there."""
    services, change = context.services, update.my_chat_member
    if change is None or change.chat.type == "private":
        return
    joined = change.new_chat_member.status in ("member", "administrator")
    if joined and change.old_chat_member.status not in ("member", "administrator"):
        place = Place(change.chat.id)
        await send_page(services, place, escape(texts_of(update, services).help.format(bot=services.bot.username)))


async def _ask(services: Services, update: Update, message: Message, text: str) -> None:
    user = update.effective_user
    question = Question(
        text=text.strip(),
        place=place_of(message),
        message_id=message.message_id,
        user_id=user.id if user else message.chat_id,
        texts=texts_of(update, services),
        reply=message.chat.type != "private" or update.edited_message is not None,
        history=_replied_history(services, message),
        edited=update.edited_message is not None,
    )
    await handle_question(services, question)


def _replied_history(services: Services, message: Message) -> tuple[Turn, ...] | None:
    """The conversation that led to the answer replied to; None where it replies to no answer."""
    replied = message.reply_to_message
    sent = services.memory.answer_at(message.chat_id, replied.message_id) if replied else None
    return (*sent.history, sent.turn) if sent else None


def without_mention(text: str, username: str) -> str:
    """Take the bot's name out of a question.

    >>> without_mention("@some_bot, who won?", "some_bot")
    'who won?'
    """
    return re.sub(rf"(?<!\w)@{re.escape(username)}\b[,:]?\s*", "", text, flags=re.IGNORECASE).strip()
