"""The answers to two questions in one: a single stretch where one sentence holds both, else each by itself."""

from collections.abc import Sequence
from dataclasses import replace

from qa.answer import Answer, Part, Quote


def join_answers(asked: str, questions: Sequence[str], answers: Sequence[Answer], top: int) -> Answer | None:
    """Join the answers to questions that were asked in one; None if none of them was found.

    The confidence is the lowest. ``parts`` has each answer, None where not found, unless one sentence holds them all.
    """
    found = [answer for answer in answers if answer.answered]
    if not found:
        return None
    first = found[0].quotes[0]
    confidence = min(answer.confidence for answer in found)
    if len(found) == len(answers) and all(_same_sentence(first, answer.quotes[0]) for answer in found):
        quotes = [answer.quotes[0] for answer in found]
        start, end = min(one.answer_start for one in quotes), max(one.answer_end for one in quotes)
        whole = replace(first, answer_start=start, answer_end=end)
        return replace(found[0], question=asked, text=whole.answer, confidence=confidence, quotes=(whole,))
    own = [answer.quotes[0] for answer in found]
    others = [quote for answer in found for quote in answer.quotes[1:]]
    parts = tuple(Part(question, answer.text) for question, answer in zip(questions, answers, strict=True))
    return replace(
        found[0], question=asked, confidence=confidence, quotes=_distinct([*own, *others])[:top], parts=parts
    )


def _same_sentence(one: Quote, other: Quote) -> bool:
    return (one.document, one.start, one.end) == (other.document, other.start, other.end)


def _distinct(quotes: Sequence[Quote]) -> tuple[Quote, ...]:
    kept: list[Quote] = []
    for quote in quotes:
        if not any(quote.overlaps(other) for other in kept):
            kept.append(quote)
    return tuple(kept)
