"""The words of a question, weighed by how rare they are in the corpus, and how far a passage holds them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from embeddings.text.words import fold, tokenize

_WORD = re.compile(r"\w[\w’'-]*")
SAME_NAME = 0.45
"""Trigram similarity from which a name counts as the same name spelled otherwise ("Khankendi", "Hankendi": 0.82)."""


@dataclass(frozen=True, slots=True)
class QuestionTerms:
    """Terms of a question with their rarity, and its names and numbers as written."""

    weights: Mapping[str, float]
    names: Mapping[str, float]
    """Folded names and numbers with their rarity."""

    def coverage(self, terms: set[str]) -> float:
        """Return the share (0 to 1) of the question's weight whose terms are among ``terms``; 1 where it has none."""
        return _share(self.weights, lambda term: float(term in terms))

    def name_coverage(self, text: str) -> float:
        """Return the share (0 to 1) of the names' weight that stands in a text, close spellings for less; 1 if none."""
        if not self.names:
            return 1.0
        words = set(_WORD.findall(fold(text)))
        return _share(self.names, lambda name: _closest(name, words))


def _share(weights: Mapping[str, float], held: Callable[[str], float]) -> float:
    total = sum(weights.values())
    return sum(weight * held(term) for term, weight in weights.items()) / total if total else 1.0


def _closest(name: str, words: set[str]) -> float:
    if name in words:
        return 1.0
    if not name.isalpha():
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

    A name is a capitalised word that is no stop word; a number is a word with a digit in it.
    """
    weights = weigh(list(dict.fromkeys(tokenize(question))))
    names: dict[str, float] = {}
    for match in _WORD.finditer(question):
        word = match.group(0)
        terms = tokenize(word)
        if terms and (word[0].isupper() or any(c.isdigit() for c in word)):
            names[fold(word)] = max(weights.get(term, 0.0) for term in terms)
    return QuestionTerms(weights, names)
