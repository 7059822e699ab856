"""Calibration: what is left out of the index is left out, and the regression finds what was put in."""

import doctest
import json
import random
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

import qa.train.calibrate
from qa.answering.confidence import FEATURES, Evidence, load_calibration
from qa.train.calibrate import (
    FALSE_ANSWERS,
    HERE,
    MISSING,
    Case,
    _is_missing,
    choose_threshold,
    fit,
    report,
    upper_bound,
)

CHUNK = SimpleNamespace(document="a.txt", start=100, end=200)


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(qa.train.calibrate).failed == 0


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
    missing = [_is_missing(CHUNK, places, situation) for situation in (HERE, *MISSING)]
    assert missing == [False, paragraph, article]


@pytest.fixture(scope="module")
def cases():
    """Questions whose chance of being right is the logistic function of the margin."""
    source = random.Random(1)
    made = []
    for _ in range(900):
        for situation in (HERE, *MISSING):
            margin = source.gauss(1.5 if situation == HERE else -1.5, 2)
            right = situation == HERE and source.random() < 1 / (1 + np.exp(-margin))
            evidence = Evidence(margin, *[source.random() for _ in FEATURES[1:]])
            made.append(Case("made", situation, (evidence,), (float(right),)))
    return made


def test_the_margin_counts_and_what_is_chance_does_not(cases):
    weights = fit(cases).weights
    assert weights["margin"] > 0.7
    assert all(abs(weight) < 0.6 for name, weight in weights.items() if name != "margin")


def test_at_the_threshold_the_bound_on_false_answers_holds(cases):
    told = report(fit(cases), cases)
    share = np.mean([told[f"made, {situation}"]["answered"] for situation in MISSING])
    assert 0.08 < share < FALSE_ANSWERS
    assert upper_bound(round(share * 1800), 1800) <= FALSE_ANSWERS
    assert told["ECE"] < 0.07
    assert 0.5 < told["AUROC right or wrong"] < 1


def test_with_few_questions_the_bound_allows_none_to_be_answered():
    assert choose_threshold([0.9] * 20) > 0.9
    assert choose_threshold([0.9] + [0.1] * 99) < 0.11
    assert choose_threshold([]) == 0.0


def test_the_command_writes_what_an_engine_loads(repository, tmp_path, seeds):
    asked = [
        {"id": "1", "question": "Who assisted the victims?", "answered": True, "right": "firefighters"},
        {"id": "2", "question": "How tall is Mount Everest?", "answered": False, "right": None},
    ]
    file = tmp_path / "asked.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in asked), encoding="utf-8")
    command = [sys.executable, "-m", "qa.train.calibrate", "--set", str(seeds), str(file), "--out", str(tmp_path / "c")]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert set(load_calibration(tmp_path / "c").weights) == set(FEATURES)
