"""From a window's logits to spans: the best pairs of start and end, and their edges cleaned by moving offsets alone."""

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

LONGEST_ANSWER_TOKENS = 64
EDGES = 12
"""How many of the best starts are tried, and for each of them how many of the best ends."""
NEVER = -1e9
_STRAY = frozenset(" \t\r\n\u00a0.,;:!?")
_CLOSING = {"(": ")", "[": "]", "“": "”", "«": "»", '"': '"'}
_OPENING = {closing: opening for opening, closing in _CLOSING.items()}


def best_spans(
    start: np.ndarray,
    end: np.ndarray,
    offsets: Sequence[tuple[int, int]],
    units: Sequence[int],
    groups: Sequence[int],
) -> list[tuple[float, int, int]]:
    """Return (score, start, end) of the most likely spans, best first, as offsets in the passage.

    ``start`` and ``end`` are the logits (tokens,) of the passage alone. A span is a start and an end not before it, at
    most ``LONGEST_ANSWER_TOKENS`` long, of whole ``units``, and within one of the ``groups`` (``span_bounds.py``).
    """
    begins = np.array([n == 0 or units[n] != units[n - 1] for n in range(len(units))], bool)
    stops = np.append(begins[1:], True)
    start, end = np.where(begins, start, NEVER), np.where(stops, end, NEVER)
    found = []
    for first in np.argsort(-start, kind="stable")[:EDGES]:
        past = bisect_right(groups, groups[first])
        reach = end[first : min(past, first + LONGEST_ANSWER_TOKENS)]
        for length in np.argsort(-reach, kind="stable")[:EDGES]:
            score = float(start[first] + reach[length])
            if score > NEVER / 2:
                found.append((score, offsets[first][0], offsets[first + length][1]))
    return sorted(found, key=lambda one: (-one[0], one[1], one[2]))


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out punctuation and unpaired brackets at the edges, by moving the offsets only.

    >>> trim('He said (“no”), ', 7, 15)
    (8, 14)
    >>> trim("in the U.S.,", 7, 12)
    (7, 11)
    """
    while start < end and (text[start] in _STRAY or _lacks_partner(text[start], _CLOSING, text[start + 1 : end])):
        start += 1
    while start < end and (
        (text[end - 1] in _STRAY and not _is_abbreviation(text[start:end]))
        or _lacks_partner(text[end - 1], _OPENING, text[start : end - 1])
    ):
        end -= 1
    return start, end


def _lacks_partner(character: str, partners: dict[str, str], rest: str) -> bool:
    return character in partners and partners[character] not in rest


def _is_abbreviation(answer: str) -> bool:
    """Whether the full stop at the end belongs to the word before it: "U.S." and "J." keep theirs."""
    word = answer.split()[-1] if answer.split() else ""
    return answer[-1] == "." and word[:1].isalpha() and ("." in word[:-1] or len(word) == 2)
