"""Figures from results: exact values at a threshold, as JSON and as a table."""

import pytest

from qa.evaluation.report import Report, Result
from qa.evaluation.summarise import summarise


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
        paragraph_rank=rank,
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


def test_answers_are_scored_at_the_threshold_and_with_nothing_refused(report):
    scores = report.answerable

    assert scores.questions == 4
    assert scores.answered == 2 / 4
    assert scores.refused == 2 / 4
    assert scores.exact_match == 1 / 4
    assert scores.f1 == pytest.approx((1 + 2 / 3) / 4)
    assert scores.guess_exact_match == 2 / 4
    assert scores.guess_f1 == pytest.approx((1 + 2 / 3 + 1) / 4)
    assert scores.right_when_answered == 1 / 2


def test_refusing_is_right_where_nothing_answers(report):
    scores = report.unanswerable

    assert (scores.questions, scores.answered, scores.refused) == (3, 1 / 3, 2 / 3)
    assert scores.exact_match == scores.f1 == 2 / 3
    assert scores.guess_exact_match == 1 / 3  # the one for which nothing at all was found
    assert report.all.exact_match == pytest.approx(3 / 7)
    assert report.all.f1 == pytest.approx((1 + 2 / 3 + 2) / 7)
    assert report.all.right_when_answered == 1 / 3


def test_confidence_is_judged_over_answerable_and_over_all(report):
    # Answerable 0.9 0.6 0.3 0.2 against 0.55 0.1 0.0: 10 of 12 pairs in order.
    assert report.auroc_answerable == pytest.approx(10 / 12)
    answerable, everything = report.trust["answerable"], report.trust["all"]
    # Right guesses 0.9 and 0.3, wrong ones 0.6 and 0.2: 3 of 4 pairs in order.
    assert answerable["exact"].auroc == 3 / 4
    assert answerable["exact"].right == 2 / 4
    assert answerable["exact"].aurc == pytest.approx((0 + 1 / 2 + 1 / 3 + 2 / 4) / 4)
    assert answerable["exact"].ece == pytest.approx((0.1 + 0.6 + 0.7 + 0.2) / 4)
    assert answerable["exact"].ece_answered == pytest.approx((0.1 + 0.6) / 2)
    # F1 of 2/3 is nearly right.
    assert answerable["nearly"].auroc == 1.0
    assert answerable["nearly"].right == 3 / 4
    # Guesses on unanswerable questions are wrong; the question for which nothing was found has no guess.
    assert everything["exact"].right == 2 / 6
    assert everything["exact"].auroc == pytest.approx(6 / 8)
    # Bins: 0.1, 0.2 and 0.3 alone, 0.6 with 0.55 (both wrong), 0.9 alone.
    assert everything["exact"].ece == pytest.approx((0.1 + 0.2 + 0.7 + 2 * 0.575 + 0.1) / 6)


def test_the_proposed_threshold_answers_at_most_a_tenth_of_the_unanswerable(report):
    assert 0.55 < report.proposed_threshold < 0.5500001
    assert report.answered_at_proposed == 2 / 4


def test_curves_and_bins_are_those_of_the_guesses(report):
    assert [(p.threshold, p.coverage, p.risk) for p in report.risk_coverage["answerable"]] == [
        (0.9, 1 / 4, 0.0),
        (0.6, 2 / 4, 1 / 2),
        (0.3, 3 / 4, 1 / 3),
        (0.2, 4 / 4, 2 / 4),
    ]
    assert [p.coverage for p in report.risk_coverage["all"]] == pytest.approx([n / 7 for n in range(1, 7)])
    assert [(one.high, one.count, one.accuracy) for one in report.reliability["all"]] == [
        (0.1, 1, 0.0),
        (0.2, 1, 0.0),
        (0.3, 1, 1.0),
        (0.6, 2, 0.0),
        (0.9, 1, 1.0),
    ]


def test_other_thresholds_and_several_runs_are_worked_out_from_results(report):
    assert summarise(report.results, 0.0).answerable.exact_match == 2 / 4
    assert summarise(report.results, 0.6).unanswerable.refused == 1.0
    first, second = summarise(UNANSWERABLE, 0.9), summarise(ANSWERABLE, 0.1)
    together = summarise([*first.results, *second.results], 0.5)
    assert together.auroc_answerable == report.auroc_answerable
    assert together.trust == report.trust


def test_the_edges_belong_to_the_better_side():
    report = summarise([result("a1", "x", 0.5, 0.0, 0.5)], 0.5)

    assert report.answerable.answered == 1.0
    assert report.trust["answerable"]["nearly"].right == 1.0


def test_a_long_curve_is_thinned_for_the_json():
    report = summarise([result(f"a{n}", "x", n / 1000) for n in range(1, 1000)], 0.5)

    points = report.to_json()["risk_coverage"]["answerable"]
    assert len(report.risk_coverage["answerable"]) == 999
    assert len(points) == 21
    assert points[-1]["coverage"] == 1.0
    assert [points[n]["coverage"] for n in (1, 10, 19)] == pytest.approx([0.05, 0.5, 0.95], abs=0.002)


def test_rows_are_a_table_for_people(report):
    rows = report.rows()

    assert ("answerable", "exact match", "0.250") in rows
    assert ("unanswerable", "refused", "0.667") in rows
    assert ("retrieval", "recall@5 of the gold answer", "0.750") in rows
    assert ("confidence, answerable", "AUROC right or wrong (exact)", "0.750") in rows
    assert ("confidence, all", "AUROC right or wrong (exact)", "0.750") in rows
    assert ("quotes", "not true to the letter", "0") in rows
    assert ("time", "one question, p95", "700.0 ms") in rows
    assert len({(group, figure) for group, figure, _ in rows}) == len(rows)


def test_the_table_says_nothing_of_kinds_that_were_not_asked():
    groups = {group for group, _, _ in summarise(ANSWERABLE, 0.5).rows()}

    assert "unanswerable" not in groups
    assert "confidence, all" not in groups
