"""The report of an evaluation: what each question came to, and the figures over all of them.

A report needs results alone, so those of several runs can be put together, and other thresholds tried. One notion of
right throughout: exact match with a gold answer (SQuAD); of a question that nothing answers, every answer is wrong.
A figure that nothing counts towards is None, in JSON null.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from qa.evaluation.metrics import (
    Bin,
    auroc,
    expected_calibration_error,
    mean,
    percentile,
    recall_at_k,
    reliability_bins,
    threshold_for,
)

TOP_K = (1, 5, 10)
"""The k of recall@k."""
FALSE_ANSWER_RATE = 0.1
"""The share of unanswerable questions that may be answered at the threshold that a report proposes."""


@dataclass(frozen=True, slots=True)
class Result:
    """One question: the engine's best guess, whatever its confidence, compared with the gold answers."""

    id: str
    question: str
    gold: tuple[str, ...]
    answer: str | None
    confidence: float
    exact: float
    """Exact match of the guess, 0 or 1; 0 where nothing answers the question, as is ``f1``."""
    f1: float
    quote: str | None
    """The first quote's place, document:start-end."""
    gold_in_quote: bool
    located: bool
    """Whether ``answer_rank`` was judged by the gold answer's position; else by its words."""
    answer_rank: int | None
    """Rank of the first passage that covers a gold answer; None beyond the largest k."""
    quotes: int
    faults: tuple[str, ...]
    """Quotes and answers that do not equal the document's text at their offsets; must be empty."""
    unusable: bool
    """The engine refused to read the question: there is no word in it, or it is too long."""
    seconds: float

    @property
    def answerable(self) -> bool:
        """Whether a gold answer exists."""
        return bool(self.gold)

    def answered(self, threshold: float) -> bool:
        """Whether it is answered at a threshold."""
        return self.answer is not None and self.confidence >= threshold


@dataclass(frozen=True, slots=True)
class Scores:
    """Answers at the threshold to one kind of question. SQuAD v2's rule: refusing is right where nothing answers."""

    questions: int
    answered: float | None
    """Share that is answered: of the answerable, the more the better; of the unanswerable, false answers."""
    exact_match: float | None
    f1: float | None
    right_when_answered: float | None
    """Exact match among the answers given."""


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of an evaluation."""

    threshold: float
    all: Scores
    answerable: Scores
    unanswerable: Scores
    recall: Mapping[int, float | None]
    """By k, the share of answerable questions whose first k passages cover a gold answer."""
    located: int
    """Answerable questions whose recall is judged by the answer's position; the others are judged by its words."""
    gold_in_first_quote: float | None
    """Share of answerable questions whose best guess is quoted with a gold answer in the quote, refused or not."""
    auroc: float | None
    """Confidence of the right guesses against that of the wrong ones, over all questions."""
    calibration_error: float | None
    """Expected calibration error over all guesses, in ten bins of equal width."""
    reliability: tuple[Bin, ...]
    """These bins."""
    proposed_threshold: float | None
    """The lowest that answers at most a tenth of the unanswerable questions."""
    answered_at_proposed: float | None
    """Share of the answerable questions answered there."""
    quotes: int
    faults: int
    """Quotes and answers not equal to the document's text at their offsets; must be 0."""
    unusable: int
    ask_p50_s: float | None
    ask_p95_s: float | None
    results: tuple[Result, ...]

    def to_json(self) -> dict[str, Any]:
        """Return what ``citebot eval --json`` prints."""
        data = asdict(self)
        data["recall"] = {str(k): share for k, share in self.recall.items()}
        for result, entry in zip(self.results, data["results"], strict=True):
            entry["answered"] = result.answered(self.threshold)
        return data


def summarise(results: Sequence[Result], threshold: float) -> Report:
    """Work out all figures at a threshold."""
    answerable = [one for one in results if one.answerable]
    unanswerable = [one for one in results if not one.answerable]
    # Where nothing at all was found no threshold answers, and 0 is no calibrated confidence.
    guesses = [one for one in results if one.answer is not None]
    confidences, right = [one.confidence for one in guesses], [one.exact == 1.0 for one in guesses]
    bins = reliability_bins(confidences, right)
    proposed = threshold_for(FALSE_ANSWER_RATE, [one.confidence for one in unanswerable]) if unanswerable else None
    return Report(
        threshold=threshold,
        all=_scores(results, threshold),
        answerable=_scores(answerable, threshold),
        unanswerable=_scores(unanswerable, threshold),
        recall={k: recall_at_k([one.answer_rank for one in answerable], k) for k in TOP_K},
        located=sum(one.located for one in answerable),
        gold_in_first_quote=mean([one.gold_in_quote for one in answerable]),
        auroc=auroc(confidences, right),
        calibration_error=expected_calibration_error(bins),
        reliability=tuple(bins),
        proposed_threshold=proposed,
        answered_at_proposed=None if proposed is None else mean([one.answered(proposed) for one in answerable]),
        quotes=sum(one.quotes for one in results),
        faults=sum(len(one.faults) for one in results),
        unusable=sum(one.unusable for one in results),
        ask_p50_s=percentile([one.seconds for one in results], 50),
        ask_p95_s=percentile([one.seconds for one in results], 95),
        results=tuple(results),
    )


def _scores(results: Sequence[Result], threshold: float) -> Scores:
    given = [one for one in results if one.answered(threshold)]
    refused_rightly = sum(not one.answered(threshold) and not one.answerable for one in results)
    count = len(results)
    return Scores(
        questions=count,
        answered=len(given) / count if count else None,
        exact_match=(sum(one.exact for one in given) + refused_rightly) / count if count else None,
        f1=(sum(one.f1 for one in given) + refused_rightly) / count if count else None,
        right_when_answered=mean([one.exact for one in given]),
    )
