"""A question after other turns: asked unchanged if it stands alone, else as the completion with the best answer."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

from embeddings.text.words import tokenize
from qa.answer import UNCLEAR, Answer, Turn
from qa.question.anaphora import is_fragment
from qa.question.follow_up import completions, stands_alone

STRICTER = 2.0
"""Factor on the confidence that a completed question's answer needs, since the completion may be wrong, too."""
NEVER = 1.0
"""A threshold that no confidence reaches."""
LESS_LIKELY = 0.8
"""Factor on the confidence of each completion, relative to the one before it, which is more likely meant."""


class Ask(Protocol):
    """Asks a question that stands alone; passages of ``last_document`` are read in addition to those found."""

    def __call__(self, asked: str, threshold: float, last_document: str | None = None) -> Answer:
        """Answer or refuse."""


def answer_in_context(question: str, history: Sequence[Turn], ask: Ask, threshold: float) -> Answer:
    """Answer a tidied question after the turns of ``history``; ``understood`` is the completed question, if one was
    used.

    A question that stands alone is asked unchanged, and completed only if that is refused.
    """
    alone = not history or stands_alone(question)
    as_it_stands = ask(question, threshold) if alone else None
    if as_it_stands is not None and (as_it_stands.answered or not history):
        return as_it_stands
    stricter = min(1.0, threshold * STRICTER)
    last = next((turn.answer.quotes[0].document for turn in reversed(history) if turn.answer.answered), None)
    if alone and last is not None and (answer := ask(question, stricter, last)).answered:
        return answer
    named = set(tokenize(question)) if is_fragment(question) else set()
    tried = _try(completions(question, history), partial(_ask_about, named, ask, stricter, last))
    answered = [
        (answer.confidence * LESS_LIKELY**number, answer) for number, answer in enumerate(tried) if answer.answered
    ]
    if answered:
        return max(answered, key=lambda one: one[0])[1]
    if as_it_stands is not None or tried:
        return as_it_stands or tried[0]
    return replace(ask(question, NEVER, last), reason=UNCLEAR)


def _ask_about(named: set[str], ask: Ask, threshold: float, last_document: str | None, completed: str) -> Answer:
    """Ask a completed question; an answer whose quote contains none of the words in ``named`` is refused.

    "And Sweden?" is not answered by a sentence about Norway, however well that answers the previous question.
    """
    answer = replace(ask(completed, threshold, last_document), understood=completed)
    first = answer.quotes[0] if answer.answered and answer.quotes else None
    if first is None or not named or named & set(tokenize(f"{first.title} {first.text}")):
        return answer
    nearest = tuple(replace(quote, answer_start=None, answer_end=None) for quote in answer.quotes)
    return replace(answer, text=None, quotes=nearest, reason="the nearest passages do not speak of what was asked")


def _try(proposed: Sequence[str], ask: Callable[[str], Answer]) -> list[Answer]:
    """Ask completions in turn, until no later one could win."""
    tried: list[Answer] = []
    for completed in proposed:
        tried.append(ask(completed))
        if tried[-1].answered and tried[-1].confidence >= LESS_LIKELY:
            break
    return tried
