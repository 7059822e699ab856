"""Calibration: what is left out of the index is left out, and the regression finds what was put in."""

import random
from types import SimpleNamespace

import numpy as np
import pytest

from qa.answering.confidence import FEATURES, Evidence
from qa.train.calibrate import FALSE_ANSWERS, SITUATIONS, Case, _is_missing, fit, report

CHUNK = SimpleNamespace(document="a.txt", start=100, end=200)


@pytest.mark.parametrize(
    ("place", "paragraph", "article"),
    [
        (("a.txt", 150, 250), True, True),
        (("a.txt", 200, 300), False, True),
        (("a.txt", 0, 100), False, True),
        (("b.txt", 150, 250), False, False),
    ],
)
def test_what_a_situation_leaves_out(place, paragraph, article):
    places = [SimpleNamespace(document=place[0], start=place[1], end=place[2])]
    missing = [_is_missing(CHUNK, places, situation) for situation in SITUATIONS]
    assert missing == [False, paragraph, article]


@pytest.fixture(scope="module")
def cases():
    """Questions whose chance of being right is the logistic function of the margin."""
    source = random.Random(1)
    made = []
    for number in range(900):
        for situation in SITUATIONS:
            margin = source.gauss(1.5 if situation == "here" else -1.5, 2)
            right = situation == "here" and source.random() < 1 / (1 + np.exp(-margin))
            evidence = Evidence(margin, *[source.random() for _ in FEATURES[1:]])
            made.append(Case(str(number % 12), situation, tuple(getattr(evidence, name) for name in FEATURES), right))
    return made


def test_the_margin_counts_and_what_is_chance_does_not(cases):
    weights = fit(cases).weights
    assert weights["margin"] > 0.7
    assert all(abs(weight) < 0.6 for name, weight in weights.items() if name != "margin")


def test_at_the_threshold_one_unanswerable_question_in_ten_is_answered(cases):
    calibration = fit(cases)
    told = report(calibration, cases)
    shares = [told[f"answered, {situation}"] for situation in SITUATIONS[1:]]
    assert sum(shares) / 2 == pytest.approx(FALSE_ANSWERS, abs=0.01)
    assert sum(shares) / 2 <= FALSE_ANSWERS
    assert told["ECE"] < 0.05
    assert 0.5 < told["AUROC right or wrong"] < 1
