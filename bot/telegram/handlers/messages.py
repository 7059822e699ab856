"""Messages and general commands: which of them are questions, and which turns they follow."""

import asyncio
from dataclasses import replace

from telegram import Message, Update, User

from bot.telegram.handlers.questions import Question, handle_question, reply, say, within_limits
from bot.telegram.handlers.recall import answer_at, forget
from bot.telegram.incoming.addressing import addressed, without_mention
from bot.telegram.outgoing.sending import acknowledge, react, send_page, send_view
from bot.telegram.services import Context, Services, place_of, texts_of
from bot.telegram.state.memory import Place
from bot.telegram.texts.catalogue import Texts
from bot.telegram.views.articles import NEWEST, list_view, newest_view
from bot.telegram.views.links import question_of
from bot.telegram.views.markup import escape, head, visible
from bot.telegram.views.small_talk import about, small_talk_reply, with_examples
from bot.telegram.views.view import View, button_key
from qa.answer import Turn
from qa.conversation.collection import newest_first, topics
from qa.conversation.examples import example_questions
from qa.conversation.message import read_message
from qa.conversation.small_talk import Talk
from qa.question.follow_up import turn_about

PATTERN = r"^(H\||E\|[0-9a-f]{16})$"
MAX_PARTS = 6
"""Questions of one message that are answered; a reply lists the others."""

_REACTION_SUFFICES = frozenset({Talk.THANKS, Talk.FAREWELL, Talk.ASSENT, Talk.REACTION})


async def on_text(update: Update, context: Context) -> None:
    """Handle any text in private chats, and in groups what is addressed to the bot; a caption is text, too."""
    services, message = context.services, update.effective_message
    if message is None or (message.via_bot and message.via_bot.id == services.bot.id):
        return
    if message.chat.type != "private" and not addressed(message, services.bot):
        return
    text = without_mention(message, services.bot.username)
    if not visible(text):
        text = _replied_text(message, services) or text
    await _respond(services, update, message, text)


async def on_ask(update: Update, context: Context) -> None:
    """/ask question; without one, in reply to somebody's message, that message is the question."""
    services, message = context.services, update.effective_message
    if message is None:
        return
    parts = (message.text or message.caption or "").split(maxsplit=1)
    text = parts[1] if len(parts) > 1 else _replied_text(message, services)
    await _respond(services, update, message, text)


def _replied_text(message: Message, services: Services) -> str:
    """Return the text of the message replied to, unless the bot wrote it."""
    replied = message.reply_to_message
    if replied is None or (replied.from_user and replied.from_user.id == services.bot.id):
        return ""
    return message.quote.text if message.quote else replied.text or replied.caption or ""


async def _respond(services: Services, update: Update, message: Message, text: str) -> None:
    """Answer each question of a message in turn, and respond to small talk."""
    question = await _question(services, update, message, text.strip())
    if not visible(question.text):
        await handle_question(services, question)
        return
    parts = read_message(question.text)
    for number, part in enumerate(parts[:MAX_PARTS]):
        asked = replace(question, last=number + 1 == len(parts))
        if part.talk is Talk.QUESTION:
            history = question.history if number == 0 else None
            await handle_question(services, replace(asked, text=part.text, part=number, history=history))
        elif not question.edited and await within_limits(services, asked):
            await _talk(services, asked, part.talk, message.chat.type)
    if len(parts) > MAX_PARTS:
        untaken = "; ".join(part.text for part in parts[MAX_PARTS:])
        await say(services, question, question.texts.not_taken.format(question=head(untaken, 1000)))


async def _question(services: Services, update: Update, message: Message, text: str) -> Question:
    user = update.effective_user
    return Question(
        text=text,
        place=place_of(message),
        message_id=message.message_id,
        user_id=user.id if user else message.chat_id,
        texts=texts_of(update, services),
        reply=message.chat.type != "private" or update.edited_message is not None,
        history=await _replied_history(services, message),
        edited=update.edited_message is not None,
    )


async def _replied_history(services: Services, message: Message) -> tuple[Turn, ...] | None:
    """Return the conversation up to the answer replied to; None where the message replies to no answer.

    Where the reply quotes a part of the answer, the follow-up refers to that part.
    """
    replied = message.reply_to_message
    sent = await answer_at(services, message.chat_id, replied.message_id) if replied else None
    if sent is None or not sent.answer.question:
        return None
    quoted = message.quote.text.strip() if message.quote else ""
    return (*sent.history, turn_about(quoted, sent.turn) if quoted else sent.turn)


async def _talk(services: Services, question: Question, talk: Talk, chat_type: str) -> None:
    """Respond to small talk, or to a question about the bot and its articles. In groups, thanks get a reaction."""
    if chat_type != "private" and talk in _REACTION_SUFFICES:
        await react(services, question.place, question.message_id, "👍")
        return
    said = small_talk_reply(talk, question.texts)
    view = View((escape(said),)) if said and talk is not Talk.GREETING else None
    await reply(services, question, view or await asyncio.to_thread(_about_the_bot, services, question.texts, talk))


def _about_the_bot(services: Services, texts: Texts, talk: Talk) -> View:
    engine = services.engine
    documents = engine.documents()
    if talk is Talk.LISTING:
        return list_view(documents, 0, texts)
    if talk is Talk.NEWEST:
        numbers = {facts.id: number for number, facts in enumerate(documents, 1)}
        return newest_view([(numbers[facts.id], facts) for facts in newest_first(documents)[:NEWEST]], texts)
    if talk is Talk.TOPICS:
        return with_examples(about(len(documents), topics(engine), texts), example_questions(engine), texts)
    if talk is Talk.GREETING:
        return with_examples(texts.greeting, example_questions(engine), texts)
    who = texts.who.format(count=len(documents))
    if talk is Talk.ABILITIES:
        who = f"{who}\n\n{texts.help.format(bot=services.bot.username)}"
    return with_examples(who, example_questions(engine), texts)


async def on_start(update: Update, context: Context) -> None:
    """/start: a greeting, or the question in a deep link."""
    services, message = context.services, update.effective_message
    if message is None:
        return
    question = question_of(context.args[0]) if context.args else None
    if question:
        await handle_question(services, await _question(services, update, message, question))
        return
    view = await asyncio.to_thread(_start, services, texts_of(update, services))
    await send_view(services, place_of(message), view)


def _start(services: Services, texts: Texts) -> View:
    documents = services.engine.documents()
    found = topics(services.engine, 5)
    topic_line = f"\n\n{about(len(documents), found, texts)}" if found else ""
    text = texts.start.format(count=len(documents)) + topic_line
    return with_examples(text, example_questions(services.engine), texts)


async def on_help(update: Update, context: Context) -> None:
    """/help: what the bot can do."""
    services, message = context.services, update.effective_message
    if message is not None:
        text = _help(services, texts_of(update, services), update.effective_user)
        await send_page(services, place_of(message), escape(text))


def _help(services: Services, texts: Texts, user: User | None) -> str:
    text = texts.help.format(bot=services.bot.username)
    return f"{text}\n\n{texts.help_admin}" if services.access.is_admin(user.id if user else None) else text


async def on_help_button(update: Update, context: Context) -> None:
    """Open the help, or ask an example question."""
    services, query, texts = context.services, update.callback_query, texts_of(update, context.services)
    message = query.message
    kind, key = (query.data or "").split("|")
    if not isinstance(message, Message):
        await acknowledge(services, query, texts.stale)
        return
    place = place_of(message)
    if kind == "H":
        await acknowledge(services, query)
        await send_page(services, place, escape(_help(services, texts, query.from_user)))
        return
    examples = await asyncio.to_thread(example_questions, services.engine)
    text = next((question for question in examples if button_key(question) == key), None)
    await acknowledge(services, query, texts.stale if text is None else None)
    if text is not None:
        asked = Question(text, place, message.message_id, query.from_user.id, texts, history=(), shown=True)
        await handle_question(services, asked)


async def on_new(update: Update, context: Context) -> None:
    """/new: forget the sender's conversation in this chat and topic."""
    services, message, user = context.services, update.effective_message, update.effective_user
    if message is not None:
        await forget(services, place_of(message), user.id if user else message.chat_id)
        await send_page(services, place_of(message), escape(texts_of(update, services).forgotten))


async def on_other(update: Update, context: Context) -> None:
    """Reply to a sticker, photo or voice note that only text can be read; groups get no reply."""
    services, message = context.services, update.message
    if message is not None and message.chat.type == "private" and services.once("other", message.chat_id, 5):
        await send_page(services, place_of(message), escape(texts_of(update, services).only_text))


async def on_unknown_command(update: Update, context: Context) -> None:
    """Reply to an unknown command; in groups it may be another bot's, unless it names this one.

    What begins with a slash but is no command ("/привет", "//") is a text like any other.
    """
    services, message = context.services, update.message
    name = f"@{services.bot.username}".casefold()
    if message is None:
        return
    if message.chat.type != "private" and not (message.text or "").split()[0].casefold().endswith(name):
        return
    if await within_limits(services, await _question(services, update, message, "")):
        await send_page(services, place_of(message), escape(texts_of(update, services).unknown_command))


async def on_member(update: Update, context: Context) -> None:
    """After being added to a group, say how to ask there."""
    services, change = context.services, update.my_chat_member
    if change is None or change.chat.type == "private":
        return
    services.reactions.pop(change.chat.id, None)  # the bot's rights changed
    joined = change.new_chat_member.status in ("member", "administrator")
    if joined and change.old_chat_member.status not in ("member", "administrator"):
        text = texts_of(update, services).help.format(bot=services.bot.username)
        await send_page(services, Place(change.chat.id), escape(text))
