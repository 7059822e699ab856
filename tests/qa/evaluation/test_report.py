"""Figures from results: exact values at a threshold, and as JSON."""

import pytest

from qa.evaluation.report import Report, Result, summarise


def result(
    name: str, answer: str | None, confidence: float, exact: float = 0.0, f1: float = 0.0, *, rank: int | None = 1
) -> Result:
    """Make a result; names that begin with "u" are of questions that nothing answers."""
    gold = () if name.startswith("u") else ("gold",)
    return Result(
        id=name,
        question=f"{name}?",
        gold=gold,
        answer=answer,
        confidence=confidence,
        exact=exact,
        f1=f1,
        quote="a.txt:0-9" if answer else None,
        gold_in_quote=f1 > 0,
        located=bool(gold),
        answer_rank=rank,
        quotes=int(answer is not None),
        faults=(),
        unusable=False,
        seconds=0.7,
    )


ANSWERABLE = [
    result("a1", "x", 0.9, 1.0, 1.0, rank=2),
    result("a2", "x", 0.6, 0.0, 2 / 3),
    result("a3", "x", 0.3, 1.0, 1.0, rank=3),
    result("a4", "x", 0.2, rank=None),
]
UNANSWERABLE = [result("u1", "x", 0.55), result("u2", "x", 0.1), result("u3", None, 0.0)]


@pytest.fixture
def report() -> Report:
    return summarise(ANSWERABLE + UNANSWERABLE, 0.5)


def test_answers_are_scored_at_the_threshold(report):
    scores = report.answerable

    assert scores.questions == 4
    assert scores.answered == 2 / 4
    assert scores.exact_match == 1 / 4
    assert scores.f1 == pytest.approx((1 + 2 / 3) / 4)
    assert scores.right_when_answered == 1 / 2


def test_refusing_is_right_where_nothing_answers(report):
    scores = report.unanswerable

    assert (scores.questions, scores.answered) == (3, 1 / 3)
    assert scores.exact_match == scores.f1 == 2 / 3
    assert report.all.exact_match == pytest.approx(3 / 7)
    assert report.all.f1 == pytest.approx((1 + 2 / 3 + 2) / 7)
    assert report.all.right_when_answered == 1 / 3


def test_recall_is_over_answerable_questions(report):
    assert report.recall == {1: 1 / 4, 5: 3 / 4, 10: 3 / 4}
    assert (report.located, report.gold_in_first_quote) == (4, 3 / 4)


def test_confidence_is_judged_over_all_guesses(report):
    # Right 0.9 and 0.3 against wrong 0.6, 0.2, 0.55 and 0.1: 6 of 8 pairs in order. u3 has no guess.
    assert report.auroc == pytest.approx(6 / 8)
    # Bins: 0.1, 0.2 and 0.3 alone, 0.6 with 0.55 (both wrong), 0.9 alone.
    assert report.calibration_error == pytest.approx((0.1 + 0.2 + 0.7 + 2 * 0.575 + 0.1) / 6)
    assert [(one.high, one.count, one.accuracy) for one in report.reliability] == [
        (0.1, 1, 0.0),
        (0.2, 1, 0.0),
        (0.3, 1, 1.0),
        (0.6, 2, 0.0),
        (0.9, 1, 1.0),
    ]


def test_the_proposed_threshold_answers_at_most_a_tenth_of_the_unanswerable(report):
    assert 0.55 < report.proposed_threshold < 0.5500001
    assert report.answered_at_proposed == 2 / 4


def test_other_thresholds_and_several_runs_are_worked_out_from_results(report):
    assert summarise(report.results, 0.0).answerable.exact_match == 2 / 4
    assert summarise(report.results, 0.6).unanswerable.answered == 0.0
    first, second = summarise(UNANSWERABLE, 0.9), summarise(ANSWERABLE, 0.1)
    together = summarise([*first.results, *second.results], 0.5)
    assert together.auroc == report.auroc and together.all == report.all


def test_a_confidence_equal_to_the_threshold_is_answered():
    assert summarise([result("a1", "x", 0.5, 0.0, 0.5)], 0.5).answerable.answered == 1.0
