"""Buttons under an answer (context, more, back, 👍, 👎) and reactions to it."""

import asyncio
import logging

from telegram import CallbackQuery, Update

from bot.telegram.handlers.questions import show
from bot.telegram.handlers.recall import answer_at, sent_answer
from bot.telegram.outgoing.sending import acknowledge
from bot.telegram.services import Context, Services, texts_of
from bot.telegram.state.memory import Sent
from bot.telegram.texts.catalogue import Texts
from bot.telegram.texts.languages import LANGUAGES
from bot.telegram.views.answers import answer_view, context_view, sources_view
from bot.telegram.views.view import View
from embeddings.errors import CitebotError

PATTERN = r"^(a|m|s|p|\+|-)\|[0-9a-f]{16}$"
_LIKED = frozenset("👍❤🔥👏🥰😁🎉🤩🙏👌💯😍")
_DISLIKED = frozenset("👎💩🤮😢🤬🤡😡")
log = logging.getLogger("citebot")


async def on_answer_button(update: Update, context: Context) -> None:
    """Show another view of an answer, or count a vote."""
    services, query, texts = context.services, update.callback_query, texts_of(update, context.services)
    name, _, key = (query.data or "").partition("|")
    sent = await sent_answer(services, key, query.message.chat.id if query.message else None)
    if sent is None or query.message is None or query.message.message_id not in sent.message_ids:
        await acknowledge(services, query, texts.stale)
    elif name in "+-":
        await _vote(services, query, sent, 1 if name == "+" else -1, texts)
    else:
        await _change_view(services, query, sent, name, LANGUAGES[sent.language])


async def on_stale_button(update: Update, context: Context) -> None:
    """Reply to a press of an outdated or unknown button."""
    await acknowledge(context.services, update.callback_query, texts_of(update, context.services).stale)


async def _change_view(services: Services, query: CallbackQuery, sent: Sent, name: str, texts: Texts) -> None:
    try:
        view = await asyncio.to_thread(_view, services, sent, name, texts)
    except CitebotError as error:
        log.info("document gone", extra={"reason": str(error)})
        view = None
    if view is None:
        await acknowledge(services, query, texts.document_gone)
        return
    await acknowledge(services, query)
    async with sent.lock:
        await show(services, sent, view)
        services.memory.keep(sent)


def _view(services: Services, sent: Sent, name: str, texts: Texts) -> View | None:
    """Return the view of this name, reading the document where needed; None where the quote is no longer in it."""
    if name in ("s", "p"):
        return sources_view(sent.answer, texts, sent.key)
    if name == "m" and sent.answer.quotes:
        quote = sent.answer.quotes[0]
        text = services.engine.document(quote.document).text
        same = text[quote.start : quote.end] == quote.text
        return context_view(sent.answer, text, texts, sent.key) if same else None
    return answer_view(sent.answer, texts, sent.key, sent.tally, sent.asked)


async def _vote(services: Services, query: CallbackQuery, sent: Sent, vote: int, texts: Texts) -> None:
    """Count a vote; the same vote again withdraws it."""
    back = sent.votes.get(query.from_user.id) == vote
    await acknowledge(services, query, texts.vote_back if back else texts.thanks)
    await _keep_vote(services, sent, query.from_user.id, 0 if back else vote)


async def on_reaction(update: Update, context: Context) -> None:
    """Count a reaction to an answer as a vote; removing it withdraws the vote."""
    services, change = context.services, update.message_reaction
    sent = await answer_at(services, change.chat.id, change.message_id) if change and change.user else None
    if sent is None:
        return
    emojis = {getattr(reaction, "emoji", "").strip("\ufe0f") for reaction in change.new_reaction}
    vote = 1 if emojis & _LIKED else -1 if emojis & _DISLIKED else 0
    if sent.votes.get(change.user.id, 0) != vote:
        await _keep_vote(services, sent, change.user.id, vote)


async def _keep_vote(services: Services, sent: Sent, user: int, vote: int) -> None:
    sent.votes[user] = vote
    question = sent.turn.question if services.settings.log_questions else None
    await services.write(services.store.vote, sent.key, user, vote, question)
    services.metrics.add("feedback", {1: "up", -1: "down", 0: "back"}[vote])
    if sent.by_reaction:
        return
    async with sent.lock:
        await show(services, sent, answer_view(sent.answer, LANGUAGES[sent.language], sent.key, sent.tally, sent.asked))
        services.memory.keep(sent)
