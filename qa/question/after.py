"""A question after other turns: asked as it stands where it can, else as what it may mean, by what is answered best."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from qa.answer import Answer, Turn
from qa.question.follow_up import completions, stands_alone

STRICTER = 1.5
"""How much more confidence a completed question's answer needs: it may have been understood wrongly, too."""
LESS_LIKELY = 0.8
"""What each completion's confidence counts for beside the one before it, which is likelier meant."""


class Ask(Protocol):
    """Asks a question that stands alone; ``near`` is a document whose passages are read in any case."""

    def __call__(self, asked: str, threshold: float, near: str | None = None) -> Answer:
        """Answer or refuse."""


def answer_after(question: str, history: Sequence[Turn], ask: Ask, threshold: float) -> Answer:
    """Answer a tidied question after the turns of ``history``; ``understood`` tells where it was completed.

    A question that stands alone is asked as it stands, and completed only where that is refused.
    """
    alone = not history or stands_alone(question)
    as_it_stands = ask(question, threshold) if alone else None
    if as_it_stands is not None and (as_it_stands.answered or not history):
        return as_it_stands
    stricter = min(1.0, threshold * STRICTER)
    near = next((turn.answer.quotes[0].document for turn in reversed(history) if turn.answer.answered), None)
    if alone and near is not None and (closer := ask(question, stricter, near)).answered:
        return closer
    tried = _try(completions(question, history), ask, stricter, near)
    answered = [
        (answer.confidence * LESS_LIKELY**number, answer) for number, answer in enumerate(tried) if answer.answered
    ]
    if answered:
        return max(answered, key=lambda one: one[0])[1]
    return as_it_stands or (tried[0] if tried else ask(question, threshold))


def _try(proposed: Sequence[str], ask: Ask, threshold: float, near: str | None) -> list[Answer]:
    """Ask completions in turn, until what comes could not be better."""
    tried: list[Answer] = []
    for completed in proposed:
        answer = replace(ask(completed, threshold, near), understood=completed)
        tried.append(answer)
        if answer.answered and answer.confidence >= LESS_LIKELY:
            break
    return tried
