"""Questions as they were typed on the command line: joined, readable, and refused where there is nothing to ask."""

from collections.abc import Sequence

from bot.terminal.arguments import WrongUsage
from qa.question.tidy import tidy


def typed_question(words: Sequence[str]) -> str:
    """Return the question typed, word for word; several words count as one question.

    Raises:
        WrongUsage: there is no question.
        UnusableQuestion: it is longer than any question.
    """
    question = readable(" ".join(words))
    if not any(character.isalnum() for character in question):
        seen = "there is no question" if not question.strip() else f"{question[:40]!r} is no question"
        raise WrongUsage(f'{seen}: ask in words, for example "Who put out the fire?"')
    tidy(question)  # what can't be asked is said before an index is opened, let alone built
    return question


def readable(text: str) -> str:
    """Return typed text with the bytes that are not UTF-8, which Python passes on as halves of characters, replaced."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
