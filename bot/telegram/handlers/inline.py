"""Inline mode: ``@bot question`` in any chat offers the answer and the best passages as results to send."""

import asyncio
import logging

from telegram import InlineQuery, InlineQueryResultArticle, InlineQueryResultsButton, InputTextMessageContent, Update
from telegram.constants import ParseMode

from bot.telegram.handlers.questions import MAX_QUESTION
from bot.telegram.incoming.addressing import without_mention
from bot.telegram.outgoing.sending import answer_guest, answer_inline
from bot.telegram.services import Context, Services, texts_of
from bot.telegram.state.pool import Busy, Closing
from bot.telegram.texts.catalogue import Texts
from bot.telegram.views.answers import (
    SMALL_QUOTE_UNITS,
    UNSURE_BELOW,
    answer_view,
    candidates,
    quote_block,
    source_line,
)
from bot.telegram.views.links import payload_of
from bot.telegram.views.markup import Block, Run, clean, escape, head, line, render, visible
from embeddings.errors import CitebotError
from qa.answer import Answer, Quote

PAUSE = 0.3
"""Seconds without a further key press before a query is answered."""

CACHE_SECONDS = 30
MIN_QUESTION = 3
log = logging.getLogger("citebot")


async def on_inline(update: Update, context: Context) -> None:
    """Answer an inline query; one that is followed by a newer one gets an empty result."""
    services, query = context.services, update.inline_query
    texts, user = texts_of(update, services), query.from_user.id
    services.latest_inline[user] = query.id
    await asyncio.sleep(PAUSE)
    latest = services.latest_inline.get(user) == query.id
    if latest:
        services.latest_inline.pop(user, None)
    text = query.query.strip()
    if not latest or len(text) < MIN_QUESTION or not visible(text):
        await _reply(services, query, [], texts, 0)
        return
    try:
        with services.pool.admit(f"i{user}"):
            answer = await services.pool.run(lambda: services.engine.ask(text[:MAX_QUESTION]))
    except (Busy, Closing, CitebotError) as error:
        log.warning("inline query not answered", extra={"reason": type(error).__name__})
        await _reply(services, query, [], texts, 0)
        return
    services.metrics.add("answers", "answered" if answer.answered else "refused")
    await services.write(services.store.count, "inline")
    await _reply(services, query, results(answer, texts), texts, CACHE_SECONDS, text)


async def on_guest(update: Update, context: Context) -> None:
    """Answer a message in a chat that the bot is not a member of."""
    services, message = context.services, update.guest_message
    if message is None or not message.guest_query_id:
        return
    texts = services.texts(None, message.from_user)
    text = without_mention(message, services.bot.username)[:MAX_QUESTION]
    try:
        if not visible(text):
            said = texts.empty
        elif not (await services.take("person", message.from_user.id if message.from_user else None)).allowed:
            said = texts.slow_down.format(seconds=10)
        else:
            answer = await services.pool.run(lambda: services.engine.ask(text))
            services.metrics.add("answers", "answered" if answer.answered else "refused")
            said = ""
    except Closing:
        said = texts.restarting
    except CitebotError as error:
        log.warning("guest message not answered", extra={"reason": type(error).__name__})
        said = texts.failed
    if said:
        await answer_guest(services, message, _notice(said))
        return
    view = answer_view(answer, texts, "")
    content = InputTextMessageContent(view.pages[0], ParseMode.HTML)
    title = _one_line(answer.text or texts.inline_none, 100) or "📄"
    await answer_guest(services, message, InlineQueryResultArticle("g", title, content))


def _notice(text: str) -> InlineQueryResultArticle:
    return InlineQueryResultArticle("g", head(text, 100), InputTextMessageContent(escape(text), ParseMode.HTML))


async def _reply(
    services: Services,
    query: InlineQuery,
    found: list[InlineQueryResultArticle],
    texts: Texts,
    cache: int,
    text: str = "",
) -> None:
    button = InlineQueryResultsButton(head(texts.inline_prompt, 60), start_parameter=payload_of(text) or "inline")
    await answer_inline(services, query, found, cache, None if found else button)


def results(answer: Answer, texts: Texts) -> list[InlineQueryResultArticle]:
    """Return the answers as results, best first, then the passages; of a refusal the passages alone, titled as such."""
    answers = candidates(answer)
    passages = [quote for quote in answer.quotes if quote not in answers]
    return [
        _result(f"{kind}{number}", quote, answer, texts)
        for kind, quotes in (("a", answers), ("p", passages))
        for number, quote in enumerate(quotes)
    ]


def _result(number: str, quote: Quote, answer: Answer, texts: Texts) -> InlineQueryResultArticle:
    said = quote.answer
    question = line(Run(head(answer.question, 300), italic=True))
    first = Block((Run(head(said, 500), bold=True),)) if said else line(texts.nearest)
    unsure = said is not None and answer.confidence < UNSURE_BELOW
    doubt = texts.unsure.format(percent=round(100 * answer.confidence)) if unsure else ""
    doubts = [line(Run(doubt, italic=True))] if doubt else []
    page = render([question, first, *doubts, quote_block(quote, SMALL_QUOTE_UNITS), source_line(quote, texts)])[0]
    return InlineQueryResultArticle(
        id=number,
        title=_one_line(said, 100) or _one_line(texts.inline_none if answer.text is None else quote.title, 100) or "📄",
        description=_one_line(f"{doubt} {quote.text}", 200),
        input_message_content=InputTextMessageContent(page, ParseMode.HTML),
    )


def _one_line(text: str | None, limit: int) -> str:
    """Return a short text on one line, or nothing where nothing of it is visible."""
    short = head(" ".join(clean(text or "").split()), limit)
    return short if visible(short) else ""
