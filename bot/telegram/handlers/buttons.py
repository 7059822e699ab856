"""Buttons under an answer: more context, other sources, the next answer, back, 👍 and 👎."""

import logging

from telegram import CallbackQuery, Update
from telegram.error import BadRequest
from telegram.ext import CallbackContext

from bot.telegram.handlers.questions import show
from bot.telegram.services import Services, services_of, texts_of
from bot.telegram.state.memory import Sent
from bot.telegram.texts.catalogue import Texts
from bot.telegram.views.answers import View, answer_view, context_view, next_view, sources_view
from embeddings.errors import CitebotError

PATTERN = r"^(a|m|s|p|n\d|\+|-)\|[0-9a-f]{16}$"
_LOG = logging.getLogger(__name__)


async def acknowledge(query: CallbackQuery, text: str | None = None) -> None:
    """Answer a press; one that waited too long (after a pause of the bot) can't be answered any more."""
    try:
        await query.answer(text)
    except BadRequest as error:
        if "query" not in error.message.lower():
            raise
        _LOG.info("press too old to be answered")


async def press_allowed(services: Services, query: CallbackQuery, texts: Texts) -> bool:
    """Hold a flood of presses: each is answered, none beyond the limit does anything."""
    verdict = services.press_limits.take(f"p{query.from_user.id}")
    if not verdict.allowed:
        await acknowledge(query, texts.slow_down.format(seconds=max(1, round(verdict.wait))))
    return verdict.allowed


async def on_answer_button(update: Update, context: CallbackContext) -> None:
    """Show another view of an answer, or take a vote."""
    services, query, texts = services_of(context), update.callback_query, texts_of(update, services_of(context))
    if not await press_allowed(services, query, texts):
        return
    name, key = (query.data or "").split("|")
    sent = services.memory.sent(key)
    if sent is None or query.message is None or query.message.message_id not in sent.message_ids:
        await acknowledge(query, texts.stale)
    elif name in "+-":
        await _vote(services, query, sent, 1 if name == "+" else -1, texts)
    else:
        await _turn_to(services, query, sent, name, texts)


async def on_stale_button(update: Update, context: CallbackContext) -> None:
    """A button of an older citebot, or one nobody knows."""
    await acknowledge(update.callback_query, texts_of(update, services_of(context)).stale)


async def _turn_to(services: Services, query: CallbackQuery, sent: Sent, name: str, texts: Texts) -> None:
    try:
        view = await services.aside(_view, services, sent, name, texts)
    except CitebotError as error:
        _LOG.info("document gone", extra={"reason": str(error)})
        view = None
    if view is None:
        await acknowledge(query, texts.document_gone)
        return
    await acknowledge(query)
    async with sent.lock:
        await show(services, sent, view)
        services.memory.keep(sent)


def _view(services: Services, sent: Sent, name: str, texts: Texts) -> View | None:
    """The view of this name; None where what it shows is there no more. Reads the document where it must."""
    if name in ("s", "p"):
        return sources_view(sent.answer, texts, sent.key)
    if name.startswith("n"):
        return next_view(sent.answer, int(name[1:]), texts, sent.key)
    if name == "m" and sent.answer.quotes:
        quote = sent.answer.quotes[0]
        text = services.engine.document(quote.document).text
        same = text[quote.start : quote.end] == quote.text
        return context_view(sent.answer, text, texts, sent.key) if same else None
    return answer_view(sent.answer, texts, sent.key, sent.tally)


async def _vote(services: Services, query: CallbackQuery, sent: Sent, vote: int, texts: Texts) -> None:
    user = query.from_user.id
    if sent.votes.get(user) == vote:
        await acknowledge(query, texts.already)
        return
    sent.votes[user] = vote
    question = sent.turn.question if services.settings.log_questions else None
    await services.note(services.store.vote, sent.key, user, vote, question)
    services.metrics.add("feedback", "up" if vote > 0 else "down")
    await acknowledge(query, texts.thanks)
    async with sent.lock:
        await show(services, sent, answer_view(sent.answer, texts, sent.key, sent.tally))
        services.memory.keep(sent)
