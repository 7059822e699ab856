"""A question's names as the articles spell them, for the reader alone: it compares letters, not sounds.

"What happened in Khankendi?" over an article that writes "Hankendi" is read as if "Hankendi" had been asked. Only a
word that no article holds is respelled, and only as a name of the passages: who asks for what the articles have is
never corrected.
"""

import re
from collections.abc import Callable, Iterable, Sequence

from embeddings.search.passage import Passage
from embeddings.text.words import fold, tokenize

MIN_SIMILARITY = 0.8
"""Likeness from which two words are one name: one letter in five may differ. At one in four, Iran would be Iraq."""
MIN_LETTERS = 4
"""Shorter words are like too many others."""
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def respell(question: str, passages: Sequence[Passage], known: Callable[[str], bool]) -> str:
    """Return the question with each word that is not ``known`` spelled as the likest name in the passages.

    ``known`` tells of a term, as ``tokenize`` returns it, whether any article holds it. A word like no name stays.
    """
    strange = [
        match for match in _WORD.finditer(question) if len(match.group()) >= MIN_LETTERS and _is_strange(match, known)
    ]
    if not strange:
        return question
    names = list(dict.fromkeys(_names(passages)))
    for match in reversed(strange):
        if name := _likest(match.group(), names):
            question = question[: match.start()] + name + question[match.end() :]
    return question


def _is_strange(match: re.Match, known: Callable[[str], bool]) -> bool:
    terms = tokenize(match.group())
    return bool(terms) and not any(map(known, terms))


def _names(passages: Iterable[Passage]) -> Iterable[str]:
    """The capitalised words of the passages that are no stop words, best passage first."""
    for passage in passages:
        for match in _WORD.finditer(passage.text):
            if match.group()[0].isupper() and len(match.group()) >= MIN_LETTERS and tokenize(match.group()):
                yield match.group()


def _likest(word: str, names: Sequence[str]) -> str | None:
    """The name with the fewest letters changed, put in, left out or swapped; among equals that of the best passage."""
    from rapidfuzz.distance import OSA

    asked = fold(word)
    alike = [(OSA.normalized_similarity(asked, fold(name)), name) for name in names]
    best = max(alike, key=lambda one: one[0], default=(0.0, ""))
    return best[1] if best[0] >= MIN_SIMILARITY else None
