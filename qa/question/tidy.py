"""Checks a question, and tidies a copy of it."""

import re
import unicodedata

from embeddings.errors import CitebotError

MAX_CHARACTERS = 10_000
"""Far above any question a person types, far below what would tie up the machine."""

_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)


class UnusableQuestion(CitebotError):
    """A question that cannot be asked: empty, without a word in it, or too long."""


def tidy(question: str) -> str:
    """Return the question in NFC, without control and invisible characters, its white space folded.

    Raises:
        UnusableQuestion: nothing is left, or it is longer than ``MAX_CHARACTERS``.
    """
    if len(question) > MAX_CHARACTERS:
        raise UnusableQuestion(
            f"the question has {len(question):,} characters, at most {MAX_CHARACTERS:,} are read: ask something shorter"
        )
    readable = question.encode("utf-8", "replace").decode("utf-8")
    tidied = " ".join(_INVISIBLE.sub(" ", unicodedata.normalize("NFC", readable)).split())
    if not any(character.isalnum() for character in tidied):
        raise UnusableQuestion('the question is empty: ask in words, for example `citebot ask "Who put out the fire?"`')
    return tidied
