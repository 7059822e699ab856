"""The trigrams channel: names spelled otherwise. A query word is widened to the vocabulary's terms that look like it.

The trigrams index the vocabulary, not the passages: it grows far slower than the text, and the widened words are then
scored by the same postings as any others (``bm25.py``). "Khankendi" so finds "Hankendi", and "Kluge" finds "Klyge".
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from embeddings.search.bm25 import kth_highest

MIN_SHARED = 0.2
"""Dice coefficient of the trigrams under which a term is not looked at: no likely slip of the pen is left out."""
MAX_CANDIDATES = 200
"""Terms with the most trigrams in common that are compared letter by letter."""
MIN_SIMILARITY = 0.65
"""Under this likeness a term is another word rather than another spelling; one letter in three may differ, not more."""
MAX_NEIGHBOURS = 10
"""Terms a word is widened to, at most."""
START, END = "^", "$"
"""Marks of a word's edges; no term holds them, since terms are letters and digits."""
ROUNDING = 1e-9
CODE_POINT_BITS = np.uint64(21)


Held = Callable[[np.ndarray], np.ndarray]
"""Tells of term ids, or of places, bool of as many, which of the terms some passage still holds."""


@dataclass(frozen=True, slots=True)
class Spellings:
    """An inverted index from trigrams to the vocabulary. A term's place is its position in sorted order."""

    ids: np.ndarray
    """uint32 (terms,): the term id at each place; terms ascend by their UTF-8 bytes."""
    text: np.ndarray
    """uint8 (bytes,): the terms' UTF-8, one after another."""
    offsets: np.ndarray
    """int64 (terms + 1,): where each term begins in ``text``."""
    grams: np.ndarray
    """uint64 (grams,): distinct trigrams, ascending, three code points packed into one number."""
    indptr: np.ndarray
    """int64 (grams + 1,): where each trigram's places begin."""
    places: np.ndarray
    """uint32 (postings,): places of the terms that hold the trigram, ascending."""
    sizes: np.ndarray
    """uint8 (terms,): how many distinct trigrams each term has."""

    def find(self, term: str) -> int | None:
        """Return a term's id, or None where the vocabulary does not have it."""
        wanted, low, high = term.encode("utf-8", "surrogatepass"), 0, len(self.ids)
        while low < high:
            middle = (low + high) // 2
            if self.raw(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return int(self.ids[low]) if low < len(self.ids) and self.raw(low) == wanted else None

    def raw(self, place: int) -> bytes:
        """Return the UTF-8 of the term at a place."""
        return self.text[self.offsets[place] : self.offsets[place + 1]].tobytes()

    def raws(self, places: np.ndarray) -> list[bytes]:
        """Return the UTF-8 of the terms at places."""
        text, stops = memoryview(self.text), self.offsets[places + 1].tolist()
        return [bytes(text[start:stop]) for start, stop in zip(self.offsets[places].tolist(), stops, strict=True)]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A term of the vocabulary that looks like a word; similarity lies between 0 and 1."""

    term_id: int
    term: str
    similarity: float


def build_spellings(vocabulary: Iterable[tuple[int, str]]) -> Spellings:
    """Index (term id, term) pairs by trigram. The same pairs, in any order, give the same bytes."""
    encoded = sorted((term.encode(), term_id, term) for term_id, term in vocabulary)
    codes, owners = code_trigrams([term for _, _, term in encoded])
    order = np.lexsort((owners, codes))
    codes, owners = codes[order], owners[order]
    # A trigram that a term holds twice counts once.
    kept = np.append(True, (codes[1:] != codes[:-1]) | (owners[1:] != owners[:-1]))[: len(codes)]
    codes, places = codes[kept], owners[kept].astype(np.uint32)
    starts = np.flatnonzero(np.append(True, codes[1:] != codes[:-1])[: len(codes)])
    grams, counts = codes[starts], np.diff(np.append(starts, len(codes)))
    return Spellings(
        ids=np.fromiter((term_id for _, term_id, _ in encoded), np.uint32, len(encoded)),
        text=np.frombuffer(b"".join(raw for raw, _, _ in encoded), np.uint8),
        offsets=np.cumsum([0, *(len(raw) for raw, _, _ in encoded)], dtype=np.int64),
        grams=grams,
        indptr=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        places=places,
        sizes=np.minimum(np.bincount(places, minlength=len(encoded)), 255).astype(np.uint8),
    )


def code_trigrams(terms: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return the trigrams of terms (repeats included) as uint64 codes, and the position of the term each is from.

    Beside the trigrams of ``^term$`` the first and last pair of characters count, so that short words have enough.
    """
    marked = [f"{START}{term}{END}" for term in terms]
    points = np.frombuffer("".join(marked).encode("utf-32-le"), np.uint32).astype(np.uint64)
    lengths = np.fromiter((len(one) for one in marked), np.int64, len(marked))
    ends = np.cumsum(lengths)
    owners = np.repeat(np.arange(len(marked)), lengths)
    inside = np.flatnonzero(owners[2:] == owners[:-2]) if len(owners) > 2 else np.zeros(0, np.int64)
    heads, tails = ends - lengths, ends - 2
    triples = _pack(points[inside], points[inside + 1], points[inside + 2])
    nothing = np.uint64(0)
    first, last = _pack(points[heads], points[heads + 1], nothing), _pack(points[tails], points[tails + 1], nothing)
    every = np.arange(len(marked))
    return np.concatenate([triples, first, last]), np.concatenate([owners[inside], every, every])


def _pack(first: np.ndarray, second: np.ndarray, third: np.ndarray) -> np.ndarray:
    return (first << CODE_POINT_BITS | second) << CODE_POINT_BITS | third


def find_neighbours(
    vocabularies: Sequence[tuple[Spellings, Held | None]],
    word: str,
    limit: int = MAX_NEIGHBOURS,
) -> list[Neighbour]:
    """Return the terms that look most like a word, best first, equal ones in the order of their UTF-8 bytes.

    Candidates share trigrams with it; likeness is 1 - d / max length, where d is the optimal string alignment distance
    (letters put in, left out, replaced, or swapped with the next: Damerau 1964). A term of several vocabularies counts
    once; each comes with what tells which of its terms (by their ids) some passage still holds, None means all.
    """
    codes = np.unique(code_trigrams([word])[0])
    found, least = [], MIN_SHARED
    for one, held in vocabularies:
        places, alike = _candidates(one, codes, held, least)
        found.append((one, places, alike))
        # So many others of this vocabulary alone share as much.
        least = max(least, kth_highest(alike, MAX_CANDIDATES))
    shared: dict[int, tuple[float, bytes]] = {}
    for spellings, places, alike in found:
        places, alike = places[alike >= least], alike[alike >= least]
        pairs = zip(alike.tolist(), spellings.raws(places), strict=True)
        shared |= zip(spellings.ids[places].tolist(), pairs, strict=True)
    most = sorted((-dice, term, term_id) for term_id, (dice, term) in shared.items())[:MAX_CANDIDATES]
    return nearest(word, sorted((term, term_id) for _, term, term_id in most), limit)


def nearest(word: str, candidates: Sequence[tuple[bytes, int]], limit: int = MAX_NEIGHBOURS) -> list[Neighbour]:
    """Return those of the (UTF-8, term id) pairs, ascending, that look most like a word, best first."""
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import cdist

    terms = [term.decode() for term, _ in candidates]
    alike = cdist([word], terms, scorer=OSA.normalized_similarity, dtype=np.float64)[0]
    order = np.argsort(-alike, kind="stable")[:limit]
    return [
        Neighbour(candidates[one][1], terms[one], float(alike[one]))
        for one in order.tolist()
        if alike[one] >= MIN_SIMILARITY
    ]


def _candidates(
    spellings: Spellings, codes: np.ndarray, held: Held | None, floor: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of the terms with the most of a word's trigrams, ascending, and how much that is.

    What counts is the Dice coefficient of the sets of trigrams, 2 |A ∩ B| / (|A| + |B|), where it reaches ``floor``.
    """
    at = np.searchsorted(spellings.grams, codes)
    inside = at < len(spellings.grams)
    found = at[inside][spellings.grams[at[inside]] == codes[inside]]
    lists = [spellings.places[int(spellings.indptr[gram]) : int(spellings.indptr[gram + 1])] for gram in found]
    places = np.concatenate([*lists, np.zeros(0, np.uint32)])
    are_held = None if held is None else lambda some: held(spellings.ids[some])
    return most_shared(places, spellings.sizes, len(codes), are_held, floor)


def most_shared(
    places: np.ndarray, sizes: np.ndarray, wanted: int, held: Held | None = None, floor: float = MIN_SHARED
) -> tuple[np.ndarray, np.ndarray]:
    """Return which terms share the most trigrams with a word of ``wanted`` trigrams, and the Dice coefficient of each.

    ``places`` are those of the terms that hold each of its trigrams, one list after another; ``sizes`` is how many
    trigrams the term at each place has; coefficients below ``floor`` do not count.
    """
    # A term that shares n of them has at least n itself, so that its coefficient is 2n / (wanted + n) at most.
    fewest = max(1, ceil(floor * wanted / (2 - floor) - ROUNDING))
    ordered = np.sort(places)
    ends = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True)[: len(ordered)])
    terms, counts = ordered[ends], np.diff(ends, prepend=-1)
    likely = counts >= max(fewest, 2)  # most terms share one trigram at most
    few, shared = terms[likely], counts[likely]
    found, dice = np.zeros(0, np.int64), np.zeros(0)
    for least in range(int(counts.max(initial=0)), fewest - 1, -1):
        if least == 1:
            few, shared = terms, counts
        near = shared >= least
        found = few[near].astype(np.int64)
        dice = 2 * shared[near] / (wanted + sizes[found].astype(np.int64))
        near = dice >= floor
        if held is not None:
            near[near] = held(found[near])
        found, dice = found[near], dice[near]
        if np.count_nonzero(dice > 2 * (least - 1) / (wanted + least - 1)) >= MAX_CANDIDATES:
            break
    return found, dice
