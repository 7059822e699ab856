"""The formulas, against values worked out by hand and, where it has them, against scikit-learn."""

import doctest
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qa.evaluation.metrics
from qa.evaluation.metrics import (
    Bin,
    auroc,
    exact_match,
    expected_calibration_error,
    f1,
    holds_answer,
    mean,
    normalize_answer,
    percentile,
    recall_at_k,
    reliability_bins,
    threshold_for,
)

untimed = settings(deadline=None)
# Few distinct values, so that ties are the rule.
scored = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.3, 0.5, 0.7, 0.9, 1.0]), st.booleans()), max_size=30)


def test_the_worked_examples_hold():
    results = doctest.testmod(qa.evaluation.metrics)

    assert results.failed == 0
    assert results.attempted >= 10


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("The Quick  Brown\nFox!", "quick brown fox"),
        ("a an the", ""),
        ("Athens, an ancient theatre", "athens ancient theatre"),
        ("U.S.A.", "usa"),
        ("so-called", "socalled"),
        ("the-end", "theend"),
        ("«Bakı»", "«bakı»"),
        ("", ""),
    ],
)
def test_texts_are_normalised_as_squad_does(text, normal):
    assert normalize_answer(text) == normal


@pytest.mark.parametrize(
    ("prediction", "golds", "exact", "overlap"),
    [
        ("The Lachin checkpoint.", ["Lachin checkpoint"], 1.0, 1.0),
        ("Lachin", ["Lachin checkpoint", "border"], 0.0, 2 / 3),
        ("Lachin", ["the border", "lachin!"], 1.0, 1.0),
        ("big big fire", ["big fire fire"], 0.0, 2 / 3),
        ("sea", ["land"], 0.0, 0.0),
        ("the", ["The"], 1.0, 1.0),
        ("the", ["sea"], 0.0, 0.0),
        ("sea", ["the"], 0.0, 0.0),
        (None, ["sea"], 0.0, 0.0),
        ("sea", [], 0.0, 0.0),
        ("", [], 0.0, 0.0),
        (None, [], 1.0, 1.0),
    ],
)
def test_exact_match_and_f1_take_the_best_gold_and_know_refusals(prediction, golds, exact, overlap):
    assert exact_match(prediction, golds) == exact
    assert f1(prediction, golds) == pytest.approx(overlap, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "golds", "held"),
    [
        ("They came to the Lachin-Hankendi road.", ["Lachin"], True),
        ("The police's cars", ["Police"], True),
        ("It cost $4.50", ["4.50"], True),
        ("It cost $4.50", ["4", "x"], True),
        ("Built in 2010", ["201"], False),
        ("He said so called", ["so-called"], True),
        ("men of the sea", ["men of a sea"], True),
        ("anything", ["the", "?"], False),
        ("anything", [], False),
        ("", ["x"], False),
    ],
)
def test_a_text_holds_an_answer_as_whole_words(text, golds, held):
    assert holds_answer(text, golds) is held


def test_what_has_no_value_is_none():
    assert mean([]) is None
    assert percentile([], 50) is None
    assert recall_at_k([], 5) is None
    assert auroc([], []) is None
    assert auroc([0.5, 0.7], [True, True]) is None
    assert auroc([0.5, 0.7], [False, False]) is None
    assert reliability_bins([], []) == []
    assert expected_calibration_error([]) is None


def test_percentiles_are_values_that_were_seen():
    values = [float(n) for n in range(20, 0, -1)]

    assert [percentile(values, p) for p in (0, 5, 50, 95, 100)] == [1.0, 1.0, 10.0, 19.0, 20.0]
    assert percentile([7.0], 95) == 7.0


def test_recall_counts_ranks_within_k():
    assert [recall_at_k([1, 2, 6, None], k) for k in (1, 2, 5, 6, 10)] == [0.25, 0.5, 0.5, 0.75, 0.75]


def test_auroc_of_known_orders():
    assert auroc([0.9, 0.8, 0.2, 0.1], [True, True, False, False]) == 1.0
    assert auroc([0.9, 0.8, 0.2, 0.1], [False, False, True, True]) == 0.0
    assert auroc([0.5, 0.5, 0.5], [True, False, True]) == 0.5
    assert auroc([0.8, 0.6, 0.4, 0.2], [True, False, True, False]) == 0.75


@untimed
@given(pairs=scored)
def test_auroc_is_that_of_scikit_learn(pairs):
    from sklearn.metrics import roc_auc_score

    scores, positive = [score for score, _ in pairs], [kind for _, kind in pairs]
    if len(set(positive)) == 2:
        assert auroc(scores, positive) == pytest.approx(roc_auc_score(positive, scores), abs=1e-12)
    else:
        assert auroc(scores, positive) is None


@untimed
@given(pairs=scored, order=st.randoms(use_true_random=False))
def test_no_figure_depends_on_the_order_of_the_questions(pairs, order):
    shuffled = list(pairs)
    order.shuffle(shuffled)

    def figures(some):
        scores, right = [score for score, _ in some], [float(kind) for _, kind in some]
        return [expected_calibration_error(reliability_bins(scores, right)) or 0.0, auroc(scores, right) or 0.0]

    assert figures(shuffled) == pytest.approx(figures(pairs), abs=1e-12)


def test_bins_of_equal_width_are_closed_above():
    bins = reliability_bins([0.0, 0.1, 0.3, 0.30001, 1.0], [True, False, True, True, False])

    assert bins == [
        Bin(0.0, 0.1, 2, 0.05, 0.5),
        Bin(0.2, 0.3, 1, 0.3, 1.0),
        Bin(0.3, 0.4, 1, 0.30001, 1.0),
        Bin(0.9, 1.0, 1, 1.0, 0.0),
    ]
    # 2/5 * |0.5-0.05| + 1/5 * 0.7 + 1/5 * 0.69999 + 1/5 * 1
    assert expected_calibration_error(bins) == pytest.approx(0.659998)


@pytest.mark.parametrize("edge", [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
def test_a_confidence_on_an_edge_is_in_the_bin_below(edge):
    assert reliability_bins([edge], [True])[0].high == edge


@untimed
@given(pairs=scored.filter(bool), bins=st.integers(1, 12))
def test_every_answer_is_in_one_bin_and_equal_confidences_share_it(pairs, bins):
    scores, right = [score for score, _ in pairs], [kind for _, kind in pairs]

    found = reliability_bins(scores, right, bins)

    assert len(found) <= bins
    assert sum(one.count for one in found) == len(pairs)
    assert sum(one.count * one.accuracy for one in found) == pytest.approx(sum(right))
    for one in found:
        inside = [score for score in scores if one.low < score <= one.high or (one is found[0] and score == 0.0)]
        assert len(inside) == one.count
        assert one.low - 1e-12 <= one.confidence <= one.high + 1e-12


@untimed
@given(pairs=scored.filter(bool))
def test_accuracies_of_equal_width_bins_are_those_of_scikit_learn(pairs):
    from sklearn.calibration import calibration_curve

    # scikit-learn closes bins below, so no confidence may be on an edge.
    scores, right = [min(0.999, score + 0.05) for score, _ in pairs], [kind for _, kind in pairs]
    bins = reliability_bins(scores, right)
    accuracy, confidence = calibration_curve(np.array(right, int), scores, n_bins=10, pos_label=1)

    assert [one.accuracy for one in bins] == pytest.approx(accuracy.tolist())
    assert [one.confidence for one in bins] == pytest.approx(confidence.tolist())


def test_a_perfectly_calibrated_bin_has_no_error():
    assert expected_calibration_error(reliability_bins([0.75] * 4, [True, True, True, False])) == 0.0
    assert expected_calibration_error(reliability_bins([0.75] * 4, [False] * 4)) == 0.75


@pytest.mark.parametrize(
    ("rate", "confidences", "answered"),
    [
        (0.0, [0.2, 0.6], 0),
        (0.5, [0.2, 0.6], 1),
        (0.29, [n / 100 for n in range(100)], 29),
        (0.1, [0.5] * 10, 0),
        (0.4, [0.9, 0.5, 0.5, 0.5, 0.1], 1),
        (1.0, [0.9, 0.5], 2),
    ],
)
def test_the_threshold_keeps_the_false_answer_rate(rate, confidences, answered):
    threshold = threshold_for(rate, confidences)

    assert sum(confidence >= threshold for confidence in confidences) == answered


@untimed
@given(rate=st.floats(0, 1), confidences=st.lists(st.floats(0, 1), max_size=20))
def test_no_lower_threshold_would_keep_the_rate(rate, confidences):
    threshold = threshold_for(rate, confidences)

    assert sum(confidence >= threshold for confidence in confidences) <= rate * len(confidences) + 1e-9
    if threshold > 0:
        lower = math.nextafter(threshold, 0)
        assert sum(confidence >= lower for confidence in confidences) > rate * len(confidences) + 1e-9


def test_a_threshold_without_unanswerable_questions_refuses_nothing():
    assert threshold_for(0.1, []) == 0.0


def test_numpy_scores_are_taken_as_they_are():
    scores = np.array([0.9, 0.2], np.float32)

    assert auroc(scores, np.array([True, False])) == 1.0
    assert isinstance(auroc(scores, [True, False]), float)
    assert reliability_bins(scores, np.array([True, False]))[0].count == 1
