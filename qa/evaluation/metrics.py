"""How good answers are, as formulas: SQuAD's exact match and F1, recall@k, AUROC, calibration.

Pure functions over numbers and texts, with numpy alone. They know no engine and no file: ``evaluate.py`` does. What has
no value (a mean of nothing, an AUROC of one class) is None, never NaN.
"""

import math
import re
import string
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

BINS = 10
"""Bins of confidence, as in Guo et al. 2017 for sets of this size (they use 15 for tens of thousands)."""
_ARTICLES = re.compile(r"\b(a|an|the)\b")
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalize_answer(text: str) -> str:
    """Lower-case, drop ASCII punctuation and English articles, fold white space: SQuAD's evaluate-v2.0.py.

    >>> normalize_answer("The  U.S. Senate's  vote!")
    'us senates vote'
    """
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_NO_PUNCTUATION)).split())


def exact_match(prediction: str | None, golds: Sequence[str]) -> float:
    """Return 1.0 if the prediction equals a gold answer, normalised, else 0.0 (SQuAD v2).

    None is a refusal; it is right where no gold answer exists, and only there.

    >>> exact_match("the Senate", ["Senate.", "US Senate"]), exact_match(None, []), exact_match("Senate", [])
    (1.0, 1.0, 0.0)
    """
    if prediction is None or not golds:
        return float(prediction is None and not golds)
    return float(any(normalize_answer(prediction) == normalize_answer(gold) for gold in golds))


def f1(prediction: str | None, golds: Sequence[str]) -> float:
    """Return the best token F1 (0 to 1) of the prediction against any gold answer (SQuAD v2); refusals as above.

    >>> f1("firefighters of Azerbaijan", ["Azerbaijan firefighters", "soldiers"])  # 2 shared of 3 and 2: 2*2/(3+2)
    0.8
    """
    if prediction is None or not golds:
        return float(prediction is None and not golds)
    return max(_token_f1(normalize_answer(prediction).split(), normalize_answer(gold).split()) for gold in golds)


def holds(prediction: str, golds: Sequence[str]) -> bool:
    """Tell whether the prediction holds a gold answer whole, both normalised.

    >>> holds("because the cable had frayed", ["The cable had frayed"]), holds("Fred", ["red"])
    (True, False)
    """
    words = f" {normalize_answer(prediction)} "
    return any(f" {one} " in words for gold in golds if (one := normalize_answer(gold)))


def _token_f1(predicted: list[str], gold: list[str]) -> float:
    """2 * shared / (predicted + gold), tokens as multisets: the harmonic mean of precision and recall."""
    if not predicted or not gold:
        return float(predicted == gold)
    shared = sum((Counter(predicted) & Counter(gold)).values())
    return 2 * shared / (len(predicted) + len(gold))


def holds_answer(text: str, golds: Sequence[str]) -> bool:
    """Tell whether the words of a gold answer occur in a text one after another, whatever punctuation is between them.

    Case and articles do not count. Unlike in ``normalize_answer``, punctuation separates words: police's is police.

    >>> holds_answer("The Lachin-Hankendi road.", ["a Hankendi road"]), holds_answer("Tinder", ["tin"])
    (True, False)
    """
    words = _words(text)
    return any(gold.strip() and gold in words for gold in map(_words, golds))


def _words(text: str) -> str:
    spaced = " ".join(re.findall(r"\w+", text.lower()))
    return f" {' '.join(_ARTICLES.sub(' ', spaced).split())} "


def mean(values: Sequence[float]) -> float | None:
    """Return the mean, or None of nothing."""
    return sum(values) / len(values) if values else None


def percentile(values: Sequence[float], percent: float) -> float | None:
    """Return the smallest value that ``percent`` of 100 of the values do not exceed (nearest rank), or None of nothing.

    >>> percentile([3.0, 1.0, 2.0, 4.0], 50), percentile([3.0, 1.0, 2.0, 4.0], 95)
    (2.0, 4.0)
    """
    ordered = sorted(values)
    return ordered[max(1, math.ceil(len(ordered) * percent / 100)) - 1] if ordered else None


def recall_at_k(ranks: Sequence[int | None], k: int) -> float | None:
    """Return the share of questions whose gold passage is among the k best; ranks from 1, None where it was not found.

    >>> recall_at_k([1, 4, None, 2], 2)
    0.5
    """
    return mean([float(rank is not None and rank <= k) for rank in ranks])


def auroc(scores: Sequence[float], positive: Sequence[bool]) -> float | None:
    """Return the chance that a positive scores above a negative, ties counting half; None without both.

    Exact, from mid-ranks: the Mann-Whitney U statistic over the number of pairs (Hanley and McNeil 1982).

    >>> auroc([0.9, 0.5, 0.5, 0.1], [True, True, False, False])  # 3.5 of 4 pairs
    0.875
    """
    is_positive = np.asarray(positive, bool)
    positives, negatives = int(is_positive.sum()), int((~is_positive).sum())
    if not positives or not negatives:
        return None
    _, group, counts = np.unique(np.asarray(scores, float), return_inverse=True, return_counts=True)
    mid_ranks = np.cumsum(counts) - (counts - 1) / 2
    u = mid_ranks[group][is_positive].sum() - positives * (positives + 1) / 2
    return float(u / (positives * negatives))


@dataclass(frozen=True, slots=True)
class Bin:
    """A bar of the reliability diagram: answers with confidence above ``low`` (the first bar: from it) to ``high``."""

    low: float
    high: float
    count: int
    confidence: float
    """Mean confidence in the bin."""
    accuracy: float
    """Share of the bin's answers that are right."""


def reliability_bins(confidences: Sequence[float], right: Sequence[bool], bins: int = BINS) -> list[Bin]:
    """Sort answers into bins of equal width (Guo et al. 2017); empty bins are left out.

    >>> reliability_bins([0.95, 0.91, 0.2], [True, False, False])[-1]
    Bin(low=0.9, high=1.0, count=2, confidence=0.9299999999999999, accuracy=0.5)
    """
    values, hit = np.asarray(confidences, float), np.asarray(right, float)
    edges = [index / bins for index in range(bins + 1)]
    member = np.searchsorted(edges[1:-1], values, side="left")
    groups = [(index, member == index) for index in np.unique(member).tolist()]
    return [
        Bin(edges[index], edges[index + 1], int(inside.sum()), float(values[inside].mean()), float(hit[inside].mean()))
        for index, inside in groups
    ]


def expected_calibration_error(bins: Sequence[Bin]) -> float | None:
    """Return ECE, the mean |accuracy - confidence| of bins weighed by count (Naeini et al. 2015, Guo et al. 2017).

    >>> expected_calibration_error([Bin(0.0, 0.5, 3, 0.25, 0.5), Bin(0.5, 1.0, 1, 0.75, 0.75)])  # 3/4 * 0.25
    0.1875
    """
    total = sum(one.count for one in bins)
    return sum(one.count * abs(one.accuracy - one.confidence) for one in bins) / total if total else None


def threshold_for(false_answer_rate: float, unanswerable: Sequence[float]) -> float:
    """Return the lowest threshold at which at most that share of unanswerable questions is answered.

    ``unanswerable`` are the confidences on such questions; a question is answered where its confidence reaches the
    threshold. Above 1 where even full confidence may not be answered.

    >>> 0.7 < threshold_for(0.25, [0.9, 0.7, 0.3, 0.1]) < 0.7001
    True
    """
    # 0.29 * 100 is 28.999…, yet 29 in 100 are allowed.
    allowed = math.floor(false_answer_rate * len(unanswerable) + 1e-9)
    if allowed >= len(unanswerable):
        return 0.0
    return math.nextafter(sorted(unanswerable, reverse=True)[allowed], math.inf)
