"""The terms of an index in PostgreSQL: how rare each is, and which look like a word that no passage holds."""

from collections.abc import Sequence

import numpy as np

from embeddings.postgres.memory import array
from embeddings.postgres.segments import SPELLING, SPELLINGS
from embeddings.postgres.view import PostgresView
from embeddings.search.bm25 import idf, kth_highest
from embeddings.search.trigrams import MAX_CANDIDATES, Neighbour, code_trigrams, most_shared, nearest


class Vocabulary:
    """What is known of all passages together: the part of ``Corpus`` that reading and scoring a question need.

    ``terms`` are those that will be asked for.
    """

    def __init__(self, view: PostgresView, terms: Sequence[str]):
        self.n_rows = view.generation.rows
        total = int(view.facts["terms"])
        self.mean_length = total / self.n_rows if total else 1.0
        self._view = view
        self._terms = view.terms(terms)
        self._frequencies = dict(self._terms.values())
        self._rarities: dict[int, np.float32] = {}

    def find(self, term: str) -> int | None:
        """Return the id of one of the terms asked for at first, or None where no passage holds it."""
        found = self._terms.get(term)
        return None if found is None else found[0]

    def document_frequency(self, term_id: int) -> int:
        """Return how many passages hold a term."""
        return self._frequencies.get(term_id, 0)

    def rarity(self, term_id: int) -> np.float32:
        """Return a term's IDF."""
        if (known := self._rarities.get(term_id)) is None:
            frequency = np.array(self.document_frequency(term_id))
            known = self._rarities[term_id] = np.float32(idf(frequency, self.n_rows))
        return known

    def neighbours(self, word: str) -> list[Neighbour]:
        """Return the terms that look most like a word, best first: ``trigrams.find_neighbours`` in the database."""
        dice = self._shared(word)
        found = self._view.run(
            "SELECT id, term, df FROM terms WHERE id = ANY(%s::int[]) AND df > 0", (array(dice),), binary=True
        )
        self._frequencies |= {identifier: df for identifier, _, df in found}
        most = sorted((-dice[identifier], term.encode(), identifier) for identifier, term, _ in found)[:MAX_CANDIDATES]
        return nearest(word, sorted((term, identifier) for _, term, identifier in most))

    def _shared(self, word: str) -> dict[int, float]:
        """Return the terms with the most trigrams in common with a word, by id, with the Dice coefficient of each."""
        codes = np.unique(code_trigrams([word])[0])
        segments = {one.number: one for one in self._view.segments(SPELLINGS)}
        lists = []
        for (number, _), raw in self._view.lists(list(segments), codes.tolist()).items():
            entries, segment = np.frombuffer(raw, SPELLING), segments[number]
            if segment.live is not None:
                entries = entries[segment.live[segment.rows_of(entries["term"].astype(np.int64))]]
            lists.append(entries)
        if not lists:
            return {}
        every = np.concatenate(lists)
        holders = every["term"]
        sizes = np.empty(int(holders.max(initial=0)) + 1, np.uint8)
        sizes[holders] = every["grams"]
        terms, dice = most_shared(holders, sizes, len(codes))
        # Those that share as much as the last of the best are told apart by their letters.
        least = kth_highest(dice, MAX_CANDIDATES)
        return dict(zip(terms[dice >= least].tolist(), dice[dice >= least].tolist(), strict=True))
