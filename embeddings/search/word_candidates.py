"""The rows of one part that are best by words.

The postings of common terms, which are most, are not read where they cannot lift a row among the best that has none of
the rarer terms (MaxScore; Turtle and Flood 1995); few rows are then looked up in the postings of such terms.
"""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from embeddings.search.bm25 import Postings, best_rows, find_impacts, find_impacts_at, lower_bound, score

Weighted = Sequence[tuple[int, float]]
"""Term ids and what each weighs."""
COMMON_SHARE = 1 / 8
"""A term that a larger share of the rows holds is common, so that its postings are read only where they must be."""
MANY = 5
"""At most so many times the rows that are wanted may be among the best."""
ROUNDING = 1e-5
"""Share of a sum that the order of its terms may change."""
LEXICAL = "lexical"
"""What the lists of terms give together."""
Tell = Callable[[np.ndarray], dict[str, np.ndarray]]
"""Tells of rows what each list gives them: float32 arrays by list."""


def find_by_words(
    postings: Postings,
    asked: Mapping[str, Weighted],
    rarity: Callable[[int], np.float32],
    mean_length: float,
    k: int,
    allowed: np.ndarray | None,
    floors: Mapping[str, float],
) -> tuple[np.ndarray, Tell]:
    """Return rows, ascending, among which are the k best by each of the lists of terms ``asked``, and by all together;
    and what tells of any rows, ascending, what each list gives them: ``bm25.score``, up to rounding.

    ``floors`` are scores, by list, that k rows of other parts reach. ``allowed`` is a boolean mask over rows, or None
    for all of them.
    """
    lists = {name: terms for name, terms in asked.items() if terms}
    rare, common = [], []
    for name, terms in lists.items():
        for term_id, weight in terms:
            one = _Term(name, postings.where(term_id), weight, rarity(term_id))
            (common if one.size > COMMON_SHARE * postings.n_rows else rare).append(one)
    common.sort(key=lambda one: (one.size, one.most), reverse=True)
    sums = _Sums(postings, lists, mean_length)
    sums.add(rare)
    while (found := _pick(sums, common, k, allowed, floors)) is None:
        sums.add([common.pop()])
    for name in [name for name, near in found.items() if len(near) > MANY * k]:  # worth nearly the same
        terms = [pair for one in (lists if name == LEXICAL else [name]) for pair in asked[one]]
        found[name] = best_rows(score(postings, terms, rarity, mean_length), k, allowed)[0]

    def tell(rows: np.ndarray) -> dict[str, np.ndarray]:
        told = {name: sums.of(rows, name) for name in asked}
        for one in common:
            told[one.list_name] += find_impacts_at(postings, one.triple, rows, mean_length)
        return {name: scores.astype(np.float32) for name, scores in told.items()}

    return np.unique(np.concatenate([np.zeros(0, np.int64), *found.values()])), tell


@dataclass(frozen=True, slots=True)
class _Term:
    """A term of one of the lists."""

    list_name: str
    where: slice
    """Its postings."""
    weight: float
    rarity: np.float32

    @property
    def size(self) -> int:
        """How many rows hold it."""
        return self.where.stop - self.where.start

    @property
    def triple(self) -> tuple[slice, float, np.float32]:
        """What ``bm25`` reads of it."""
        return self.where, self.weight, self.rarity

    @property
    def most(self) -> float:
        """More than it gives any row."""
        return self.weight * float(self.rarity)


class _Sums:
    """What some terms give the rows that hold one of them: arrays of these rows alone, which are mostly few."""

    def __init__(self, postings: Postings, names: Iterable[str], mean_length: float):
        self._postings = postings
        self._mean_length = mean_length
        self.rows = np.zeros(0, np.int64)
        """Ascending."""
        self.by_list = {name: np.zeros(0) for name in names}
        """In double precision, so that the order in which terms are added does not change a score."""

    def add(self, terms: Sequence[_Term]) -> None:
        """Add what terms give, in their order."""
        rows, impacts, parts = find_impacts(self._postings, [one.triple for one in terms], self._mean_length)
        before, places = self.rows, _PLACES.of(self._postings.n_rows)
        every = np.sort(np.concatenate([before, rows]))
        self.rows = every[np.concatenate([every[:1] >= 0, every[1:] != every[:-1]])]
        places[self.rows] = np.arange(len(self.rows))
        for name, known in self.by_list.items():
            sums = self.by_list[name] = np.zeros(len(self.rows))
            sums[places[before]] = known
        where = places[rows]
        for one, part in zip(terms, parts, strict=True):
            self.by_list[one.list_name][where[part]] += impacts[part]

    def of(self, rows: np.ndarray, name: str) -> np.ndarray:
        """Return what a list gives some rows: float64 (rows,)."""
        found = np.zeros(len(rows))
        if name in self.by_list:
            places = np.searchsorted(self.rows, rows)
            inside = places < len(self.rows)
            inside[inside] = self.rows[places[inside]] == rows[inside]
            found[inside] = self.by_list[name][places[inside]]
        return found


def _pick(
    sums: _Sums, common: Sequence[_Term], k: int, allowed: np.ndarray | None, floors: Mapping[str, float]
) -> dict[str, np.ndarray] | None:
    """Return by list the rows that may be among the k best; None where the next of the common terms is needed for it.

    ``sums`` are what the other terms give.
    """
    found, lists = {}, sums.by_list
    mask = None if allowed is None else allowed[sums.rows]
    for name in (*lists, LEXICAL) if len(lists) > 1 else lists:
        rest = sum(one.most for one in common if name in (one.list_name, LEXICAL))
        scores = lists[name] if name in lists else sum(lists.values())
        if mask is not None:
            scores = scores * mask
        floor = floors.get(name, 0.0) or lower_bound(scores, k)
        near = np.flatnonzero(scores >= max(floor * (1 - ROUNDING) - rest, np.finfo(np.float32).tiny))
        if rest and (rest >= floor * (1 - ROUNDING) or len(near) > MANY * k):
            return None
        found[name] = sums.rows[near]
    return found


class _Places(threading.local):
    """A thread's array as long as its longest part: to make one takes longer than to use it."""

    def __init__(self) -> None:
        self._places = np.zeros(0, np.int32)

    def of(self, rows: int) -> np.ndarray:
        """Return int32 (rows,) of anything."""
        if len(self._places) < rows:
            self._places = np.zeros(rows, np.int32)
        return self._places[:rows]


_PLACES = _Places()
