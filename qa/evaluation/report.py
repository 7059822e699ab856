"""The report of an evaluation: what each question came to, and the figures over all of them, as JSON and as a table.

The figures are worked out in ``summarise.py``. One that has no value (nothing to count) is None, in JSON null.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from qa.evaluation.metrics import Bin, RiskPoint

CURVE_POINTS = 20
"""Points of a risk-coverage curve in the JSON; the results give the whole curve."""


@dataclass(frozen=True, slots=True)
class Result:
    """One question: the engine's best guess, whatever its confidence, held against the gold answers.

    ``exact`` and ``f1`` are those of the guess; where nothing answers the question every guess is wrong.
    """

    id: str
    question: str
    gold: tuple[str, ...]
    answer: str | None
    confidence: float
    exact: float
    f1: float
    quote: str | None
    """The first quote's place, document:start-end."""
    gold_in_quote: bool
    located: bool
    """Whether ranks were judged by the gold answer's position; else by its words."""
    answer_rank: int | None
    """Rank of the first passage that covers a gold answer; None beyond the largest k asked for."""
    paragraph_rank: int | None
    """Rank of the first passage out of the gold paragraph."""
    quotes: int
    faults: tuple[str, ...]
    """Quotes and answers that do not stand in the document where they say; must be empty."""
    unusable: bool
    """The engine would not hear the question, since there is no word in it or it is too long."""
    seconds: float
    given_exact: float | None = None
    """Exact match of the reader's best guess with the question's own paragraph given; None where that was not asked."""
    given_f1: float | None = None

    @property
    def answerable(self) -> bool:
        """Whether a gold answer exists."""
        return bool(self.gold)

    def answered(self, threshold: float) -> bool:
        """Whether it is answered at a threshold."""
        return self.answer is not None and self.confidence >= threshold


@dataclass(frozen=True, slots=True)
class Scores:
    """Answers of one kind of question. SQuAD v2's rule: refusing is right where no gold answer exists, else wrong."""

    questions: int
    answered: float | None
    refused: float | None
    exact_match: float | None
    f1: float | None
    guess_exact_match: float | None
    """With threshold 0, as is ``guess_f1``: what could be had if nothing were refused."""
    guess_f1: float | None
    right_when_answered: float | None
    """Exact match among the answers given."""


@dataclass(frozen=True, slots=True)
class Retrieval:
    """Where the gold is found, over answerable questions. Keys of the mappings are k."""

    recall: Mapping[int, float | None]
    """Share whose first k passages cover a gold answer."""
    paragraph_recall: Mapping[int, float | None]
    """Share whose first k passages hold one out of the gold paragraph; over located questions."""
    located: int
    """Questions judged by the answer's position; the others are judged by its words."""
    gold_in_first_quote: float | None
    """Share whose best guess is quoted with a gold answer in the quote, refused or not."""
    answered_with_gold_in_first_quote: float | None
    """The same at the threshold: refused questions do not count."""


@dataclass(frozen=True, slots=True)
class Trust:
    """What confidence is worth for one notion of right: exact match, or nearly (F1 from 0.5)."""

    right: float | None
    """Share of the guesses that are right."""
    auroc: float | None
    """Right guesses against wrong ones."""
    aurc: float | None
    ece: float | None
    """With ten bins of equal width, over all guesses."""
    ece_equal_mass: float | None
    ece_answered: float | None
    """As ``ece``, over the answers given at the threshold."""


@dataclass(frozen=True, slots=True)
class Given:
    """The reader by itself: answers with each question's own paragraph given, nothing searched for or refused."""

    questions: int
    exact_match: float | None
    f1: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of an evaluation. Keys "answerable" and "all" are the questions a figure is over."""

    threshold: float
    all: Scores
    answerable: Scores
    unanswerable: Scores
    retrieval: Retrieval
    given: Given
    """Over the answerable questions whose file has their paragraph, where that was asked for."""
    auroc_answerable: float | None
    """Confidence on answerable questions against that on unanswerable ones."""
    proposed_threshold: float | None
    """The lowest that answers at most a tenth of the unanswerable questions."""
    answered_at_proposed: float | None
    """Share of the answerable questions answered there."""
    trust: Mapping[str, Mapping[str, Trust]]
    """By questions, then by notion of right ("exact", "nearly")."""
    risk_coverage: Mapping[str, tuple[RiskPoint, ...]]
    """By questions; the risk is one minus exact match."""
    reliability: Mapping[str, tuple[Bin, ...]]
    """By questions; right is an exact match."""
    quotes: int
    """Quotes held against their documents."""
    faults: int
    """Quotes and answers not equal to the document's text at their offsets; must be 0."""
    unusable: int
    ask_p50_s: float | None
    ask_p95_s: float | None
    results: tuple[Result, ...]

    def to_json(self) -> dict[str, Any]:
        """Return what ``citebot eval --json`` prints: the figures, thinned curves, bins, each question's result."""
        data = asdict(self)
        for name in ("recall", "paragraph_recall"):
            data["retrieval"][name] = {str(k): share for k, share in data["retrieval"][name].items()}
        for scope, curve in self.risk_coverage.items():
            data["risk_coverage"][scope] = [asdict(point) for point in thinned(curve)]
        for result, entry in zip(self.results, data["results"], strict=True):
            entry["answered"] = result.answered(self.threshold)
        return data

    def rows(self) -> list[tuple[str, str, str]]:
        """Return a table for people: what is measured over, figure, value. Figures without a value are left out."""
        found = [*_score_rows(self), *_retrieval_rows(self), *_trust_rows(self), *_other_rows(self)]
        return [(group, figure, _shown(value)) for group, figure, value in found if value is not None]


def thinned(curve: tuple[RiskPoint, ...]) -> list[RiskPoint]:
    """Keep of a curve the first point in each twentieth of coverage, and the last point."""
    kept = {int(point.coverage * CURVE_POINTS + 1e-9): point for point in reversed(curve)}
    return list(reversed(kept.values()))


Row = tuple[str, str, float | int | str | None]


def _score_rows(report: Report) -> Iterator[Row]:
    yield "all questions", "asked", report.all.questions
    yield "all questions", "threshold", report.threshold
    if report.unanswerable.questions:
        yield "all questions", "exact match, refusals counted (SQuAD v2)", report.all.exact_match
        yield "all questions", "F1, refusals counted (SQuAD v2)", report.all.f1
    if report.answerable.questions:
        yield "answerable", "asked", report.answerable.questions
        yield "answerable", "answered", report.answerable.answered
        yield "answerable", "exact match", report.answerable.exact_match
        yield "answerable", "F1", report.answerable.f1
        yield "answerable", "exact match, nothing refused", report.answerable.guess_exact_match
        yield "answerable", "F1, nothing refused", report.answerable.guess_f1
        yield "answerable", "exact match of the answers given", report.answerable.right_when_answered
    if report.given.questions:
        yield "paragraph given", "asked", report.given.questions
        yield "paragraph given", "exact match", report.given.exact_match
        yield "paragraph given", "F1", report.given.f1
    if report.unanswerable.questions:
        yield "unanswerable", "asked", report.unanswerable.questions
        yield "unanswerable", "refused", report.unanswerable.refused


def _retrieval_rows(report: Report) -> Iterator[Row]:
    if not report.answerable.questions:
        return
    found = report.retrieval
    yield "retrieval", "gold answer in the first quote, nothing refused", found.gold_in_first_quote
    yield "retrieval", "answered, gold answer in the first quote", found.answered_with_gold_in_first_quote
    for k, share in found.recall.items():
        yield "retrieval", f"recall@{k} of the gold answer", share
    for k, share in found.paragraph_recall.items():
        yield "retrieval", f"recall@{k} of the gold paragraph", share
    yield "retrieval", "questions judged by position", found.located


def _trust_rows(report: Report) -> Iterator[Row]:
    yield "confidence", "AUROC answerable or not", report.auroc_answerable
    for scope, notions in report.trust.items():
        if scope == "all" and not report.unanswerable.questions:
            continue  # the same questions once more
        group = f"confidence, {scope}"
        for notion, trust in notions.items():
            yield group, f"AUROC right or wrong ({notion})", trust.auroc
            yield group, f"AURC ({notion})", trust.aurc
            yield group, f"expected calibration error ({notion})", trust.ece
            yield group, f"expected calibration error, equal mass ({notion})", trust.ece_equal_mass
            yield group, f"expected calibration error, answers given ({notion})", trust.ece_answered
    yield "confidence", "threshold for 1 false answer in 10 unanswerable", report.proposed_threshold
    yield "confidence", "answerable answered there", report.answered_at_proposed


def _other_rows(report: Report) -> Iterator[Row]:
    yield "quotes", "held against the documents", report.quotes
    yield "quotes", "not true to the letter", report.faults
    yield "questions", "not usable", report.unusable or None
    for name, seconds in (("p50", report.ask_p50_s), ("p95", report.ask_p95_s)):
        yield "time", f"one question, {name}", None if seconds is None else f"{1000 * seconds:,.1f} ms"


def _shown(value: float | int | str) -> str:
    return f"{value:.3f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else value
