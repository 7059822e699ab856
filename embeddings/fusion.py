"""Fusion of channels by reciprocal rank (Cormack, Clarke and Büttcher 2009): ranks, since scores do not compare."""

from collections.abc import Mapping

import numpy as np

RANK_OFFSET = 20
"""The k of 1 / (k + rank): how little the first rank stands out from those after it."""


def reciprocal_rank_fusion(
    rankings: Mapping[str, np.ndarray], weights: Mapping[str, float], limit: int, k: float = RANK_OFFSET
) -> tuple[np.ndarray, np.ndarray]:
    """Fuse the channels' rankings (rows, best first) into one: rows and scores, best first, equal ones by row.

    A row's score is the sum over channels of weight / (k + rank), the rank counted from 1; a channel that does not
    name the row adds nothing.

    >>> rows, scores = reciprocal_rank_fusion({"a": np.array([7, 3]), "b": np.array([3])}, {"a": 1, "b": 1}, 10, k=1)
    >>> rows.tolist(), [round(float(score), 3) for score in scores]
    ([3, 7], [0.833, 0.5])
    """
    named = [(np.asarray(ranking, np.int64), weights[channel]) for channel, ranking in rankings.items()]
    every = np.concatenate([np.zeros(0, np.int64), *(ranking for ranking, _ in named)])
    rows, places = np.unique(every, return_inverse=True)
    shares = [weight / (k + np.arange(1, len(ranking) + 1)) for ranking, weight in named]
    scores = np.bincount(places, np.concatenate([np.zeros(0), *shares]), minlength=len(rows))
    order = np.argsort(-scores, kind="stable")[:limit]
    return rows[order], scores[order]
