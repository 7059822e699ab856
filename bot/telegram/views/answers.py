"""The views of an answer that buttons switch between, as pages of HTML with a keyboard. Pure functions."""

import re

from bot.telegram.texts.catalogue import Texts
from bot.telegram.texts.languages import LANGUAGES
from bot.telegram.views.links import at_quote
from bot.telegram.views.markup import Block, Run, clean, head, line, render, tail, units, visible
from bot.telegram.views.view import Button, View
from embeddings.text.paragraphs import BLANK_LINE
from qa.answer import NOT_ENGLISH, NOT_UNDERSTOOD, Answer, Quote
from qa.answering.candidates import fold_answer
from qa.question.language import language_of

UNSURE_BELOW = 0.5
"""Calibrated confidence below which the answer is marked as unsure."""

FOLD_UNITS = 300
"""UTF-16 units of a quote beyond which it is folded: about four lines on a phone."""

HEADLINE_UNITS = 3000
QUOTE_UNITS = 1800
SMALL_QUOTE_UNITS = 900
MAX_LISTED = 3
COPY_UNITS = 256
"""UTF-16 units that a button can copy."""


def candidates(answer: Answer) -> list[Quote]:
    """Return the quotes that have an answer, one for each different answer, best first."""
    found: dict[str, Quote] = {}
    for quote in answer.quotes:
        if quote.answer:
            found.setdefault(fold_answer(quote.answer), quote)
    return list(found.values())


def answer_view(
    answer: Answer, texts: Texts, key: str, votes: tuple[int, int] | None = (0, 0), asked: str | None = None
) -> View:
    """Show the answer with its quote and source; or that there is none in the articles.

    ``votes`` are shown on buttons for them; None where reactions to the message are the votes.
    ``asked`` is a question to show first, where the chat does not show it otherwise.
    """
    blocks = [line(Run(asked, italic=True))] if asked else []
    if answer.reason in NOT_UNDERSTOOD:
        return View(tuple(render([*blocks, line(_not_understood(answer, texts))])), ((help_button(texts),),))
    blocks += _understood(answer, texts)
    if answer.text is None:
        nearest = [Button(texts.b_nearest, f"p|{key}")] if answer.quotes else []
        blocks.append(line(texts.not_found))
        return View(tuple(render(blocks)), ((*nearest, help_button(texts)), *([vote_row(key, votes)] if votes else [])))
    blocks.append(Block((Run(head(answer.text, HEADLINE_UNITS), bold=True),)))
    if answer.confidence < UNSURE_BELOW:
        blocks.append(line(Run(texts.unsure.format(percent=round(100 * answer.confidence)), italic=True)))
    row = list(vote_row(key, votes)) if votes else []
    if answer.quotes:
        blocks += [quote_block(answer.quotes[0]), source_line(answer.quotes[0], texts)]
        more = [Button(texts.b_more, f"s|{key}")] if len(answer.quotes) > 1 else []
        row = [Button(texts.b_context, f"m|{key}"), *more, *row]
    return View(tuple(render(blocks)), (tuple(row),) if row else ())


def _not_understood(answer: Answer, texts: Texts) -> str:
    """Return that a question was not understood, in the asker's language where the bot speaks it."""
    if answer.reason != NOT_ENGLISH:
        return texts.unclear
    return LANGUAGES.get(language_of(answer.question), texts).not_english


def help_button(texts: Texts) -> Button:
    """Return the button that shows the help."""
    return Button(texts.b_help, "H|")


def _understood(answer: Answer, texts: Texts) -> list[Block]:
    if not answer.understood or answer.understood == answer.question:
        return []
    return [line(Run(texts.understood.format(question=head(answer.understood, 300)), italic=True))]


def vote_row(key: str, votes: tuple[int, int]) -> tuple[Button, Button]:
    """Return the buttons 👍 and 👎 with their counts."""
    up, down = (f" {number}" if number else "" for number in votes)
    return Button(f"👍{up}", f"+|{key}"), Button(f"👎{down}", f"-|{key}")


def sources_view(answer: Answer, texts: Texts, key: str) -> View:
    """Show the other quotes of an answer, or the nearest passages of a refusal, marked as no answer."""
    refused = answer.text is None
    quotes = answer.quotes[:MAX_LISTED] if refused else answer.quotes[1 : 1 + MAX_LISTED]
    if not quotes:
        return View(tuple(render([line(texts.nothing_near)])), ((_back(texts, key),),))
    blocks = [line(texts.nearest if refused else texts.other_sources)]
    for quote in quotes:
        blocks += [quote_block(quote, SMALL_QUOTE_UNITS, mark=not refused), source_line(quote, texts)]
    return View(tuple(render(blocks)), ((_back(texts, key),),))


def context_view(answer: Answer, text: str, texts: Texts, key: str) -> View:
    """Show the paragraph around the first quote, unfolded. ``text`` is the document's."""
    quote = answer.quotes[0]
    start, end = paragraph_around(text, quote.start, quote.end)
    inner = (quote.start, quote.end) if quote.answer_start is None else (quote.answer_start, quote.answer_end or 0)
    before, marked, after = text[start : inner[0]], text[inner[0] : inner[1]], text[inner[1] : end]
    runs = (Run(tail(before, QUOTE_UNITS)), Run(head(marked, QUOTE_UNITS), bold=True), Run(head(after, QUOTE_UNITS)))
    blocks = [line(Run(texts.context_title, italic=True)), Block(runs, quote=True), source_line(quote, texts)]
    return View(tuple(render(blocks)), ((_back(texts, key), *_quote_buttons(quote, texts)),))


def _quote_buttons(quote: Quote, texts: Texts) -> list[Button]:
    """Return the buttons to copy the quote, and to open the article at it where it has an address."""
    copies = head(clean(quote.text), COPY_UNITS)
    address = at_quote(quote.url, quote.text)
    return [
        *([Button(f"📋 {texts.b_copy}", copies=copies)] if visible(copies) else []),
        *([Button(f"🔗 {texts.b_open}", url=address)] if address else []),
    ]


def _back(texts: Texts, key: str) -> Button:
    return Button(f"« {texts.b_back}", f"a|{key}")


def quote_block(quote: Quote, limit: int = QUOTE_UNITS, mark: bool = True) -> Block:
    """Return the quote as a block quotation with the answer in bold, folded where it is long."""
    if quote.answer_start is None or quote.answer_end is None or not mark:
        runs: tuple[Run, ...] = (Run(head(quote.text, limit)),)
    else:
        start, end = quote.answer_start - quote.start, quote.answer_end - quote.start
        runs = (
            Run(tail(quote.text[:start], limit // 2)),
            Run(head(quote.text[start:end], limit), bold=True),
            Run(head(quote.text[end:], limit // 2)),
        )
    long = units(quote.text) > FOLD_UNITS or quote.text.count("\n") > 4
    return Block(tuple(run for run in runs if run.text), quote=True, folded=long)


def source_line(quote: Quote, texts: Texts) -> Block:
    """Return title (linked to the quote where the article has an address), date and place."""
    title = head(quote.title.strip() or quote.document, 200)
    facts = [quote.date.isoformat()] if quote.date else []
    if quote.place:
        facts.append(_place(quote.place, texts))
    rest = "".join(f" · {fact}" for fact in facts)
    return line("📄 ", Run(title, link=at_quote(quote.url, quote.text)), rest)


def _place(place: str, texts: Texts) -> str:
    """Translate the engine's English place."""
    found = re.fullmatch(r"paragraph (\d+) of (\d+)", place)
    return texts.place.format(number=found[1], count=found[2]) if found else place


ENOUGH_CONTEXT = 200
"""Characters that a paragraph must add to a quote; if it adds less, its neighbours are shown, too."""


def paragraph_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return (start, end) of the paragraph around a span, with its neighbours where that adds little.

    >>> paragraph_around("One. Two.", 0, 4)
    (0, 9)
    """
    breaks = list(BLANK_LINE.finditer(text)) or list(re.finditer(r"\n\s*", text))
    starts = [0, *(found.end() for found in breaks)]
    ends = [*(found.start() for found in breaks), len(text)]
    first = max((i for i, at in enumerate(starts) if at <= start), default=0)
    last = min((i for i, at in enumerate(ends) if at >= end), default=len(ends) - 1)
    if ends[last] - starts[first] - (end - start) < ENOUGH_CONTEXT:
        first, last = max(0, first - 1), min(len(ends) - 1, last + 1)
    return min(starts[first], start), max(ends[last], end)
