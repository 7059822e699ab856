"""The words of a question, weighed by how rare they are in the corpus, and how far a text holds them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from embeddings.text.words import fold, tokenize

_WORD = re.compile(r"\w[\w’'-]*")
_FIGURES = re.compile(r"\d+(?:[.,:/-]\d+)*")
SAME_NAME = 0.45
"""Trigram similarity from which a name counts as the same name spelled otherwise ("Khankendi", "Hankendi": 0.82).

Lower than where a close spelling decides alone (``qa/mentions.py``), or replaces the word that was typed
(``respell.py``, by letters changed): here it only counts for its similarity, as the confidence was calibrated."""
ORDINALS = {
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "last",
    "next",
}
ORDINALS |= {"final", "northern", "southern", "eastern", "western"}
"""Words that distinguish one of a series, as names and numbers do."""


@dataclass(frozen=True, slots=True)
class QuestionTerms:
    """What a question names, and how rare it is."""

    names: Mapping[str, float]
    """Folded names, numbers and ordinals with their rarity."""

    def name_coverage(self, text: str) -> float:
        """Return the share (0 to 1) of the names' weight that is in a text, close spellings for less; 1 if none."""
        if not self.names:
            return 1.0
        held = _words_and_figures(text)
        return _share(self.names, lambda name: _closest(name, held))


def _words_and_figures(text: str) -> set[str]:
    """A text's folded words, and its figures as written: "3.3" is not "3" and "3"."""
    folded = fold(text)
    return {*_WORD.findall(folded), *_FIGURES.findall(folded)}


def _share(weights: Mapping[str, float], held: Callable[[str], float]) -> float:
    total = sum(weights.values())
    return sum(weight * held(term) for term, weight in weights.items()) / total if total else 1.0


def _closest(name: str, words: set[str]) -> float:
    if name in words:
        return 1.0
    if not name.isalpha() or name in ORDINALS:
        return 0.0
    best = max((similarity(name, word) for word in words), default=0.0)
    return best if best >= SAME_NAME else 0.0


def similarity(one: str, other: str) -> float:
    """Return the Dice coefficient of two words' trigrams, 0 to 1.

    >>> round(similarity("khankendi", "hankendi"), 2)
    0.82
    """
    a, b = _trigrams(one), _trigrams(other)
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def _trigrams(word: str) -> set[str]:
    marked = f"^{word}$"
    return {marked[n : n + 3] for n in range(len(marked) - 2)}


def weigh_terms(question: str, weigh: Callable[[Sequence[str]], Mapping[str, float]]) -> QuestionTerms:
    """Split a question into weighed terms; ``weigh`` gives rarity (IDF) for terms as ``tokenize`` returns them.

    A name is a capitalised word that is no stop word. Figures weigh as the rarest word does: a number separates things
    apart however often it occurs.
    """
    weights = weigh(list(dict.fromkeys(tokenize(question))))
    names: dict[str, float] = {}
    for match in _WORD.finditer(question):
        word = match.group(0)
        terms, has_digit = tokenize(word), any(character.isdigit() for character in word)
        if terms and not word.isdigit() and (word[0].isupper() or has_digit or fold(word) in ORDINALS):
            names[fold(word).removesuffix("'s")] = max(weights.get(term, 0.0) for term in terms)
    rarest = max(weights.values(), default=0.0)
    return QuestionTerms(names | {figures: rarest for figures in _FIGURES.findall(fold(question))})
