"""From results to a report: every figure of an evaluation, worked out at a threshold.

Results alone are needed, so those of several runs (of an index that lacks the article, say) can be put together, and
other thresholds tried.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from qa.evaluation.metrics import (
    Bin,
    RiskPoint,
    area_under_risk_coverage,
    auroc,
    expected_calibration_error,
    mean,
    percentile,
    recall_at_k,
    reliability_bins,
    risk_coverage,
    threshold_for,
)
from qa.evaluation.report import Given, Report, Result, Retrieval, Scores, Trust

TOP_K = (1, 5, 10)
FALSE_ANSWER_RATE = 0.1
"""The share of unanswerable questions that may be answered, for the threshold a report proposes."""
NEARLY_RIGHT_F1 = 0.5
"""From this F1 an answer is nearly right: the right thing with other edges."""


def summarise(results: Sequence[Result], threshold: float, top_k: Sequence[int] = TOP_K) -> Report:
    """Work out all figures of some results at a threshold; ``top_k`` are the k of recall@k."""
    answerable = [one for one in results if one.answerable]
    unanswerable = [one for one in results if not one.answerable]
    scopes = {"answerable": answerable, "all": list(results)}
    proposed = threshold_for(FALSE_ANSWER_RATE, [one.confidence for one in unanswerable]) if unanswerable else None
    return Report(
        threshold=threshold,
        all=_scores(results, threshold),
        answerable=_scores(answerable, threshold),
        unanswerable=_scores(unanswerable, threshold),
        retrieval=_retrieval(answerable, threshold, top_k),
        given=_given([one for one in results if one.given_f1 is not None]),
        auroc_answerable=auroc([one.confidence for one in results], [one.answerable for one in results]),
        proposed_threshold=proposed,
        answered_at_proposed=None if proposed is None else mean([one.answered(proposed) for one in answerable]),
        trust={
            scope: {
                "exact": _trust(chosen, threshold, _exactly_right),
                "nearly": _trust(chosen, threshold, _nearly_right),
            }
            for scope, chosen in scopes.items()
        },
        risk_coverage={scope: tuple(_curve(chosen)) for scope, chosen in scopes.items()},
        reliability={scope: tuple(_bins(_guesses(chosen), _exactly_right)) for scope, chosen in scopes.items()},
        quotes=sum(one.quotes for one in results),
        faults=sum(len(one.faults) for one in results),
        unusable=sum(one.unusable for one in results),
        ask_p50_s=percentile([one.seconds for one in results], 50),
        ask_p95_s=percentile([one.seconds for one in results], 95),
        results=tuple(results),
    )


def _scores(results: Sequence[Result], threshold: float) -> Scores:
    given = [one for one in results if one.answered(threshold)]
    return Scores(
        questions=len(results),
        answered=mean([one.answered(threshold) for one in results]),
        refused=mean([not one.answered(threshold) for one in results]),
        exact_match=mean([_credit(one, one.exact, threshold) for one in results]),
        f1=mean([_credit(one, one.f1, threshold) for one in results]),
        guess_exact_match=mean([_credit(one, one.exact, 0.0) for one in results]),
        guess_f1=mean([_credit(one, one.f1, 0.0) for one in results]),
        right_when_answered=mean([one.exact for one in given]),
    )


def _credit(result: Result, value: float, threshold: float) -> float:
    return value if result.answered(threshold) else float(not result.answerable)


def _retrieval(answerable: Sequence[Result], threshold: float, top_k: Sequence[int]) -> Retrieval:
    located = [one for one in answerable if one.located]
    return Retrieval(
        recall={k: recall_at_k([one.answer_rank for one in answerable], k) for k in top_k},
        paragraph_recall={k: recall_at_k([one.paragraph_rank for one in located], k) for k in top_k},
        located=len(located),
        gold_in_first_quote=mean([one.gold_in_quote for one in answerable]),
        answered_with_gold_in_first_quote=mean([one.gold_in_quote and one.answered(threshold) for one in answerable]),
    )


def _given(results: Sequence[Result]) -> Given:
    return Given(
        questions=len(results),
        exact_match=mean([one.given_exact for one in results]),
        f1=mean([one.given_f1 for one in results]),
    )


def _trust(results: Sequence[Result], threshold: float, is_right: Callable[[Result], bool]) -> Trust:
    guesses = _guesses(results)
    confidences, right = [one.confidence for one in guesses], [is_right(one) for one in guesses]
    return Trust(
        right=mean(right),
        auroc=auroc(confidences, right),
        aurc=area_under_risk_coverage(confidences, [not one for one in right]),
        ece=expected_calibration_error(reliability_bins(confidences, right)),
        ece_equal_mass=expected_calibration_error(reliability_bins(confidences, right, equal_mass=True)),
        ece_answered=expected_calibration_error(_bins([one for one in guesses if one.answered(threshold)], is_right)),
    )


def _curve(results: Sequence[Result]) -> list[RiskPoint]:
    guesses = _guesses(results)
    points = risk_coverage([one.confidence for one in guesses], [not _exactly_right(one) for one in guesses])
    return [replace(point, coverage=point.coverage * len(guesses) / len(results)) for point in points]


def _guesses(results: Sequence[Result]) -> list[Result]:
    """Leave out what found nothing at all: no threshold answers it, and its 0 is no calibrated confidence."""
    return [one for one in results if one.answer is not None]


def _bins(results: Sequence[Result], is_right: Callable[[Result], bool]) -> list[Bin]:
    return reliability_bins([one.confidence for one in results], [is_right(one) for one in results])


def _exactly_right(result: Result) -> bool:
    return result.exact == 1.0


def _nearly_right(result: Result) -> bool:
    return result.f1 >= NEARLY_RIGHT_F1
