import numpy as np
import pytest

from embeddings.search.fusion import COSINE_WEIGHT, PAIR_WEIGHT, fuse


def test_parts_add_up_in_units_of_the_rarest_term():
    cosines, words, trigrams, pairs = (np.array(one) for one in ([0.5, 0.0], [6.0, 3.0], [0.0, 1.5], [2.0, 0.0]))
    wanted = [COSINE_WEIGHT * 0.5 + (6 + PAIR_WEIGHT * 2) / 3, 4.5 / 3]
    assert fuse(cosines, words, trigrams, pairs, 3.0).tolist() == pytest.approx(wanted)


def test_more_of_anything_never_lowers_a_score():
    base = [np.array([0.3]), np.array([1.0]), np.array([1.0]), np.array([1.0])]
    score = fuse(*base, 5.0)[0]
    for part in range(4):
        raised = [one + (place == part) for place, one in enumerate(base)]
        assert fuse(*raised, 5.0)[0] > score
