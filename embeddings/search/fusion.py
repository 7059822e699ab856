"""Fusion: what the channels say of a passage added up, in units of the rarest term's weight.

Reciprocal rank fusion, which uses ranks alone, measured far worse (benchmarks/answers/retrieval.py has both): it cannot
tell a name found letter by letter from the least bad of a hundred passages. A sum of scores can, and is as simple
(Bruch, Gai and Ingber 2023, "An Analysis of Fusion Functions for Hybrid Retrieval").
"""

import numpy as np

COSINE_WEIGHT = 1.6
"""A cosine of 1 counts as so many of the rarest terms."""
PAIR_WEIGHT = 0.25
"""What a close pair of terms adds, as a share of the IDF of its commoner term."""


def fuse(cosines: np.ndarray, words: np.ndarray, trigrams: np.ndarray, pairs: np.ndarray, rarest: float) -> np.ndarray:
    """Fuse the scores of the same passages: float (n,) from four such arrays.

    ``words`` and ``trigrams`` are BM25 scores, ``pairs`` sums of IDF, ``rarest`` the IDF of a term that stands in one
    passage: it makes BM25, which grows with the logarithm of the corpus, comparable to the cosine.

    >>> float(fuse(np.array([0.5]), np.array([3.0]), np.array([1.0]), np.array([4.0]), 5.0)[0])
    1.8
    """
    return COSINE_WEIGHT * cosines + (words + trigrams + PAIR_WEIGHT * pairs) / rarest
