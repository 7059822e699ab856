"""Wording shared by styled and plain output."""

from qa.answer import NOT_UNDERSTOOD, Answer, Quote
from qa.answering.candidates import fold_answer

_NOT_FOUND = "Not in the documents."
_NOT_READ = "Not understood."
"""A question that was not understood is never called not in the documents."""
NOTHING = "nothing found"
_WORDS = ((0.9, "very likely"), (0.7, "likely"), (0.5, "more likely than not"), (0.0, "uncertain"))
"""Words for a confidence, from this value up."""


def describe_confidence(confidence: float) -> str:
    """Return a confidence in percent and words. Never 0 or 100.

    >>> describe_confidence(0.934)
    '93%, very likely'
    """
    words = next(words for least, words in _WORDS if confidence >= least)
    return f"{percent(confidence)}, {words}"


def percent(confidence: float) -> str:
    """Return a confidence in percent, from 1 to 99.

    >>> percent(0.999)
    '99%'
    """
    return f"{min(99, max(1, round(confidence * 100)))}%"


def refusal(answer: Answer) -> str:
    """Say in a few words that there is no answer."""
    return _NOT_READ if answer.reason in NOT_UNDERSTOOD else _NOT_FOUND


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted(1, "file"), counted(1200, "file")
    ('1 file', '1,200 files')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def groups(answer: Answer) -> list[tuple[str, list[Quote]]]:
    """Group the quotes by heading, in their order; the quote with the answer has none.

    Further quotes are "also" where they say the same, else "competing"; those of a refusal are "nearest".
    """
    if not answer.answered:
        return [("nearest", list(answer.quotes))] if answer.quotes else []
    found: list[tuple[str, list[Quote]]] = []
    for number, quote in enumerate(answer.quotes):
        heading = "" if number == 0 else "also" if _agrees(quote, answer) else "competing"
        if not found or found[-1][0] != heading:
            found.append((heading, []))
        found[-1][1].append(quote)
    return found


def _agrees(quote: Quote, answer: Answer) -> bool:
    return fold_answer(quote.answer or "") == fold_answer(answer.text or "")


def place_facts(quote: Quote) -> list[str]:
    """Return where a quote is: place in the article, date, file with offsets, address, as far as known."""
    file = f"{quote.document}, characters {quote.start}–{quote.end}"
    return [str(fact) for fact in (quote.place, quote.date, file, quote.url) if fact]
