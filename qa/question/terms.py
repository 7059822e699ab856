"""The names, numbers and ordinals of a question, weighed by how rare they are, and how much of them a text holds."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from embeddings.text.words import fold, tokenize
from qa.question.phrases import word_set

_WORD = re.compile(r"\w[\w’'-]*")
_FIGURES = re.compile(r"\d+(?:[.,:/-]\d+)*")
SAME_NAME = 0.45
"""Trigram similarity from which a word counts as another spelling of a name ("Khankendi", "Hankendi": 0.82).

Lower than where a close spelling decides alone (``qa/mentions.py``) or replaces the word typed (``respell.py``, by
letters changed): here a name only counts in proportion to its similarity, as in calibration."""
_CODE = re.compile(r"([a-z]{1,6})-?(\d[\w-]*)")
ORDINALS = word_set(
    "first second third fourth fifth sixth seventh eighth ninth tenth last next final northern southern eastern western"
)
"""Words that distinguish one of a series, as names and numbers do."""


def coverage(names: Mapping[str, float], text: str) -> float:
    """Return the share (0 to 1) of the names' weight that is in a text, close spellings for less; 1 if none.

    ``names`` are those of ``weigh_names``. Figures count as written: "3.3" is not "3" and "3".
    """
    total, folded = sum(names.values()), fold(text)
    if not total:
        return 1.0
    words = {*_WORD.findall(folded), *_FIGURES.findall(folded)}
    return sum(weight * _closest(name, words) for name, weight in names.items()) / total


def holds_codes(names: Iterable[str], text: str) -> bool:
    """Tell whether a text holds all codes ("E5", "A320", "COVID-19") that are among names, however they are joined.

    >>> holds_codes(["e5", "heimdall"], "E4: clock lost"), holds_codes(["covid19"], "tests for COVID-19")
    (False, True)
    """
    codes = [match.groups() for match in map(_CODE.fullmatch, names) if match]
    folded = fold(text) if codes else ""
    return all(re.search(rf"\b{letters}[-\s./]?{re.escape(rest)}\b", folded) for letters, rest in codes)


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


def weigh_names(question: str, weigh: Callable[[Sequence[str]], Mapping[str, float]]) -> dict[str, float]:
    """Return the folded names, numbers and ordinals of a question with their rarity (IDF).

    ``weigh`` gives the rarity of terms as ``tokenize`` returns them. A name is a capitalised word
    that is no stop word. Figures weigh as much as the rarest word: a number tells things apart however common it is.
    """
    weights = weigh(list(dict.fromkeys(tokenize(question))))
    names: dict[str, float] = {}
    for match in _WORD.finditer(question):
        word = match.group(0)
        terms, has_digit = tokenize(word), any(character.isdigit() for character in word)
        if terms and not word.isdigit() and (word[0].isupper() or has_digit or fold(word) in ORDINALS):
            names[fold(word).removesuffix("'s")] = max(weights.get(term, 0.0) for term in terms)
    rarest = max(weights.values(), default=0.0)
    return names | {figures: rarest for figures in _FIGURES.findall(fold(question))}
