"""A question's words as the articles spell them, for the reader alone: it compares letters, not sounds.

"What happened in Khankendi?" over an article that writes "Hankendi" is read as if "Hankendi" had been asked, and "the
polio vacine" as the vaccine. Only a word that no article contains is respelled, and only as a word of the passages.
If a name and another word are equally similar, the name is taken.
"""

import re
from collections.abc import Callable, Iterable, Sequence

from embeddings.search.passage import Passage
from embeddings.text.words import fold, tokenize

MIN_SIMILARITY = 0.8
"""Similarity from which two words are one name: one letter in five may differ. At one in four, Iran would be Iraq."""
MIN_LETTERS = 4
"""Shorter words are like too many others."""
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def respell(question: str, passages: Sequence[Passage], known: Callable[[str], bool]) -> str:
    """Return the question with each word that is not ``known`` spelled as the most similar word of the passages.

    ``known`` says whether any article holds a term, as ``tokenize`` returns it. A word similar to none stays.
    """
    unknown = [
        match for match in _WORD.finditer(question) if len(match.group()) >= MIN_LETTERS and _is_unknown(match, known)
    ]
    if not unknown:
        return question
    words = list(dict.fromkeys(_words(passages)))
    words.sort(key=lambda word: not word[0].isupper())
    for match in reversed(unknown):
        if word := _most_similar(match.group(), words):
            question = question[: match.start()] + word + question[match.end() :]
    return question


def _is_unknown(match: re.Match, known: Callable[[str], bool]) -> bool:
    terms = tokenize(match.group())
    return bool(terms) and not any(map(known, terms))


def _words(passages: Iterable[Passage]) -> Iterable[str]:
    """The words of the passages that are no stop words, best passage first."""
    for passage in passages:
        for match in _WORD.finditer(passage.text):
            if len(match.group()) >= MIN_LETTERS and tokenize(match.group()):
                yield match.group()


def _most_similar(word: str, words: Sequence[str]) -> str | None:
    """The word with the fewest letters changed, put in, left out or swapped; among equals the first."""
    from rapidfuzz.distance import OSA

    asked = fold(word)
    alike = [(OSA.normalized_similarity(asked, fold(other)), other) for other in words]
    best = max(alike, key=lambda one: one[0], default=(0.0, ""))
    return best[1] if best[0] >= MIN_SIMILARITY else None
