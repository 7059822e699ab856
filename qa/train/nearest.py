"""Passages most similar to questions by their words (TF-IDF): seconds of work where vectors take minutes."""

from collections.abc import Sequence

import numpy as np

AT_ONCE = 1000
"""Questions compared in one go: their similarities to all passages are held in memory."""


def nearest_by_words(questions: Sequence[str], passages: Sequence[str], count: int) -> np.ndarray:
    """Return the rows of the ``count`` passages most like each question, best first: int64 (questions, count).

    Rare words weigh more, repeated ones little more than single ones, a long passage no more than a short one.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    weigh = TfidfVectorizer(sublinear_tf=True, stop_words="english")
    vectors, rows = weigh.fit_transform(passages).T.tocsr(), []
    for first in range(0, len(questions), AT_ONCE):
        similarity = (weigh.transform(questions[first : first + AT_ONCE]) @ vectors).toarray()
        rows.append(np.argsort(-similarity, axis=1, kind="stable")[:, :count])
    return np.concatenate(rows)
