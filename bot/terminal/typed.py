"""Questions as they were typed on the command line: joined, readable, and refused where there is nothing to ask."""

import sys
from collections.abc import Sequence

from bot.terminal.arguments import WrongUsage
from qa.question.tidy import tidy

MAX_PIPED_BYTES = 1 << 20
"""More than any question; what is longer is refused, however much longer."""


def typed_question(words: Sequence[str]) -> str:
    """Return the question typed, word for word; several words count as one question, and so does what is piped in.

    Raises:
        WrongUsage: there is no question.
        UnusableQuestion: it is longer than any question.
    """
    if not words and not sys.stdin.isatty():
        words = sys.stdin.buffer.read(MAX_PIPED_BYTES).decode("utf-8", "replace").split()
    question = readable(" ".join(words))
    if not any(character.isalnum() for character in question):
        seen = "there is no question" if not question.strip() else f"{question[:40]!r} is no question"
        raise WrongUsage(f'{seen}: ask in words, for example "Who put out the fire?"')
    tidy(question)  # what can't be asked is said before an index is opened, let alone built
    return question


def readable(text: str) -> str:
    """Return typed text with the bytes that are not UTF-8, which Python passes on as halves of characters, replaced."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
