"""The rows of one part that are best by words.

The postings of common terms, which are most, are not read where they cannot lift a row among the best that has none of
the rarer terms (MaxScore; Turtle and Flood 1995); such terms are then looked for in the bags of few rows.
"""

import threading
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from embeddings.search.bm25 import Postings, add_impacts, best_rows, lower_bound, score, score_rows

Weighted = Sequence[tuple[int, float]]
"""Term ids and what each weighs."""
COMMON_SHARE = 1 / 8
"""A term that a larger share of the rows holds is common, so that its postings are read only where they must be."""
MANY = 5
"""At most so many times the rows that are wanted are scored from their bags."""
ROUNDING = 1e-5
"""Share of a sum that the order of its terms may change."""
LEXICAL = "lexical"
"""What the lists of terms give together."""


def find_by_words(
    postings: Postings,
    asked: Mapping[str, Weighted],
    rarity: Callable[[int], np.float32],
    mean_length: float,
    k: int,
    allowed: np.ndarray | None,
    floors: Mapping[str, float],
    others: Callable[[], np.ndarray],
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Return rows, ascending, and what each of the lists of terms ``asked`` gives them, as ``bm25.score`` does.

    The k best by each list, and by all together, are among them; so are ``others()``, asked for last. ``floors`` are
    scores, by list, that k rows of other parts reach. ``allowed`` is a boolean mask over rows, or None for all of them.
    """
    lists = {name: terms for name, terms in asked.items() if terms}
    sums = {name: _ARRAYS.take(postings.n_rows) for name in lists}
    common = []
    for name, terms in lists.items():
        for term_id, weight in terms:
            where = postings.where(term_id)
            if where.stop - where.start > COMMON_SHARE * postings.n_rows:
                # A term gives a row less than its weight times its IDF.
                common.append((where.stop - where.start, weight * float(rarity(term_id)), name, term_id, weight))
            else:
                add_impacts(sums[name], postings, where, weight, rarity(term_id), mean_length)
    exact = not common
    common.sort(reverse=True)
    found = _pick(sums, common, k, allowed, floors)
    while found is None:
        _, _, name, term_id, weight = common.pop()
        add_impacts(sums[name], postings, postings.where(term_id), weight, rarity(term_id), mean_length)
        found = _pick(sums, common, k, allowed, floors)
    if not exact:
        for name in [name for name, near in found.items() if len(near) > MANY * k]:  # worth nearly the same
            terms = [pair for one in (lists if name == LEXICAL else [name]) for pair in asked[one]]
            found[name] = best_rows(score(postings, terms, rarity, mean_length), k, allowed)[0]
    rows = np.unique(np.concatenate([others(), *found.values()]))
    if exact:
        told = {name: sums[name][rows] if name in sums else np.zeros(len(rows), np.float32) for name in asked}
    else:
        told = dict(zip(asked, score_rows(postings, rows, asked.values(), rarity, mean_length), strict=True))
    for one in sums.values():
        _ARRAYS.give_back(one)
    return rows, told


def _pick(
    sums: Mapping[str, np.ndarray],
    common: Sequence[tuple[int, float, str, int, float]],
    k: int,
    allowed: np.ndarray | None,
    floors: Mapping[str, float],
) -> dict[str, np.ndarray] | None:
    """Return by list the rows that may be among the k best; None where the next of the common terms is needed for it.

    ``sums`` are what the other terms give each row; the common ones come with what they may give at most.
    """
    found = {}
    for name in (*sums, LEXICAL) if len(sums) > 1 else sums:
        rest = sum(most for _, most, of, *_ in common if name in (of, LEXICAL))
        scores = sums[name] if name in sums else sum(sums.values())
        floor = floors.get(name, 0.0)
        if not floor:
            floor = lower_bound(scores if allowed is None else scores * allowed, k)
        near = np.flatnonzero(scores >= max(floor * (1 - ROUNDING) - rest, np.finfo(np.float32).tiny))
        if allowed is not None:
            near = near[allowed[near]]
        if rest and (rest >= floor * (1 - ROUNDING) or len(near) > MANY * k):
            return None
        found[name] = near
    return found


class _Arrays(threading.local):
    """A thread's arrays that are all zeros: to make one takes longer than to clear it."""

    def __init__(self) -> None:
        self._free: list[np.ndarray] = []

    def take(self, size: int) -> np.ndarray:
        """Return zeros, which are the caller's until they are given back."""
        whole = self._free.pop() if self._free else np.zeros(size, np.float32)
        return whole[:size] if len(whole) >= size else np.zeros(size, np.float32)

    def give_back(self, array: np.ndarray) -> None:
        """Clear an array."""
        array[:] = 0
        self._free.append(array if array.base is None else array.base)


_ARRAYS = _Arrays()
