"""Near-identical passages: the copies of an article that agencies pass on count once.

Two passages are copies where their sets of word 3-shingles agree by at least ``SAME`` (resemblance, Broder 1997).
Only passages of different documents are compared: within one, overlap is wanted.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from embeddings.search.passage import Passage

SAME = 0.8
"""Jaccard index from which passages are copies: a changed name or date passes, a rewritten sentence does not."""
COMPARED = 20
"""Distinct passages after which no copies of them are looked for: a copy ranks near the passage that it is one of."""
_WORD = re.compile(r"\w+")
_ASCII_GAPS = "".join(char if _WORD.match(char) else " " for char in map(chr, range(128)))


def fold_copies(passages: Iterable[Passage], limit: int) -> list[Passage]:
    """Keep the first ``limit`` distinct passages, in order; copies become the ``copies`` of the one that came first.

    No more of ``passages`` are taken than are needed for ``COMPARED`` or ``limit`` distinct ones.
    """
    kept: list[Passage] = []
    shingles: list[frozenset[tuple[str, ...]]] = []
    every: set[tuple[str, ...]] = set()
    for passage in passages:
        own = shingle(passage.text)
        # A copy has most of its runs of words in common with the other; most passages have none with any.
        alike = range(len(kept)) if len(own & every) >= int(SAME * len(own)) else ()
        twin = next((n for n in alike if _are_copies(passage, own, kept[n], shingles[n])), None)
        if twin is not None:
            kept[twin] = replace(kept[twin], copies=(*kept[twin].copies, passage.chunk))
        else:
            every |= own
            kept.append(passage)
            shingles.append(own)
        if len(kept) >= max(limit, COMPARED):
            break
    return kept[:limit]


def _are_copies(one: Passage, own: frozenset, other: Passage, others: frozenset) -> bool:
    return one.chunk.document != other.chunk.document and resemblance(own, others) >= SAME


def shingle(text: str) -> frozenset[tuple[str, ...]]:
    """Return the set of a text's runs of three words, case folded; a shorter text is one shingle."""
    folded = text.casefold()
    # The pattern takes most of the time; in ASCII the same words are had quicker.
    words = folded.translate(_ASCII_GAPS).split() if folded.isascii() else _WORD.findall(folded)
    runs = zip(words, words[1:], words[2:], strict=False)
    return frozenset(runs) or frozenset([tuple(words)])


def resemblance(one: frozenset, other: frozenset) -> float:
    """Return the Jaccard index of two sets.

    >>> resemblance(frozenset("abc"), frozenset("bcd"))
    0.5
    """
    return len(one & other) / len(one | other) if one or other else 1.0
