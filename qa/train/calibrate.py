"""Calibrate a reader's confidence: ``python -m qa.train.calibrate --set DOCS QUESTIONS [--set …] --out FILE``.

A set is a docs folder and its questions: SQuAD JSON or JSON lines as ``citebot eval`` reads them, or JSON lines with
``answered`` and a pattern ``right`` (``benchmarks/ordinary``). A question that comes with its paragraph is asked three
times: of the whole index; of the index without its paragraph; of the index without its article.

A logistic regression over the evidence (``qa/answering/confidence.py``) learns the chance that a candidate is right;
answerable and unanswerable questions weigh the same in sum. It is fitted twice: on the candidates that the
reader ranks highest, then on those that the first fit finds most likely, since these are the ones shown.

The threshold is the lowest at which, with 95% confidence (Clopper and Pearson 1934), at most one in ten unanswerable
questions is answered. The report gives the cost there, a wrong answer being three times as bad as a refusal.
"""

import argparse
import json
import math
import random
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass
from functools import partial
from pathlib import Path

import numpy as np

from embeddings.index.build import build_index
from embeddings.index.passage_search import passages_of, weigh, widen_passages
from embeddings.index.snapshot import Snapshot
from qa.answering.candidates import rank
from qa.answering.confidence import FEATURES, Calibration, Evidence, gather_evidence
from qa.answering.shape import shape
from qa.engine import READ_CHARACTERS, SEARCHED, Engine
from qa.evaluation.gold import find_contexts
from qa.evaluation.labelled_questions import Question, read_questions
from qa.evaluation.metrics import auroc, exact_match, expected_calibration_error, f1, holds, reliability_bins
from qa.question.terms import weigh_names

FALSE_ANSWERS = 0.10
"""Share of unanswerable questions that may be answered, with ``SURE`` confidence."""
SURE = 0.95
WRONG_COST = 3.0
"""What a wrong answer costs, in refusals."""
RIGHT_FROM = 0.5
"""F1 from which an answer is right: the right thing, its edges perhaps a word off. A clause that holds a gold answer
whole is right too: reasons, definitions and yes-or-no questions are answered by clauses, gold is often a phrase."""
HERE = "here"
MISSING = ("paragraph missing", "article missing")
ABSENT = "not answered"
CANDIDATES = 6
"""Candidates considered for each question: the most likely one is nearly always among them."""
RIDGE = 1.0


@dataclass(frozen=True, slots=True)
class Case:
    """A question in one situation: the evidence for each of its best candidates, and how right each is (0 to 1)."""

    name: str
    """Of its set."""
    situation: str
    evidence: tuple[Evidence, ...]
    right: tuple[float, ...]


def main() -> int:
    """Calibrate."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", type=Path, nargs=2, action="append", required=True, metavar=("DOCS", "QUESTIONS"))
    parser.add_argument("--reader", type=Path, help="folder of an exported reader; default: the packaged one")
    parser.add_argument("--sample", type=int, default=300, help="questions asked of each set at most (default: 300)")
    parser.add_argument("--out", type=Path, required=True, help="where the calibration goes")
    arguments = parser.parse_args()
    cases = [case for docs, file in arguments.set for case in read_set(docs, file, arguments.sample, arguments.reader)]
    shuffled = random.Random(0).sample(cases, len(cases))
    halves = shuffled[::2], shuffled[1::2]
    for fitted, checked in (halves, halves[::-1]):
        print(json.dumps(report(fit(fitted), checked)))
    calibration = fit(cases)
    results = {
        "weights": {name: round(weight, 4) for name, weight in calibration.weights.items()},
        "bias": round(calibration.bias, 4),
        "threshold": round(calibration.threshold, 3),
    }
    arguments.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(report(calibration, cases), indent=1))
    return 0


def read_set(docs: Path, file: Path, sample: int, reader: Path | None) -> list[Case]:
    """Ask a set's questions, a sample of them; return their cases."""
    questions = list(_read_file(file))
    questions = random.Random(0).sample(questions, min(sample, len(questions)))
    with tempfile.TemporaryDirectory() as folder:
        build_index(docs, Path(folder))
        engine = Engine.open(docs, Path(folder), reader=reader)
        cases = list(collect(engine, f"{docs.name}/{file.stem}", questions))
        engine.close()
    return cases


Rightness = Callable[[str], float]


def _read_file(file: Path) -> Iterator[tuple[Question, Rightness]]:
    """Yield each question with a function that scores answers to it."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.suffix == ".jsonl" else []
    if lines and "answered" in json.loads(lines[0]):
        for record in map(json.loads, lines):
            gold = (record["right"],) if record["answered"] else ()
            yield Question(record["id"], record["question"], gold), partial(_by_pattern, record["right"])
    else:
        for question in read_questions(file):
            yield question, partial(_by_answers, question.answers)


def _by_pattern(pattern: str | None, answer: str) -> float:
    return float(bool(pattern and re.search(pattern, answer, re.IGNORECASE)))


def _by_answers(answers: Sequence[str], answer: str) -> float:
    """Half for the right thing (F1 from ``RIGHT_FROM``, or a clause that holds it), half for an exact match."""
    if not answers:
        return 0.0
    found = f1(answer, answers) >= RIGHT_FROM or holds(answer, answers)
    return (found + exact_match(answer, answers)) / 2


def collect(engine: Engine, name: str, questions: Sequence[tuple[Question, Rightness]]) -> Iterator[Case]:
    """Yield a case for each question and situation."""
    snapshot = engine.snapshot
    chunks = [snapshot.chunk(row)[0] for row in range(int(snapshot.generation.corpus.bases[-1]))]
    texts = [(facts.id, snapshot.document(facts.id).text) for facts in engine.documents()]
    places = find_contexts(texts, {one.context for one, _ in questions if one.answerable and one.context})
    for number, (question, right) in enumerate(questions, start=1):
        if number % 50 == 0:
            print(f"{name}: {number} of {len(questions)}", file=sys.stderr)
        own = places.get(question.context or "", ())
        situations = (HERE, *(MISSING if own else ())) if question.answerable else (ABSENT,)
        for situation in situations:
            allowed = np.array([not _is_missing(chunk, own, situation) for chunk in chunks])
            yield _case(engine, name, question.question, situation, allowed, right)


def _is_missing(chunk, places, situation: str) -> bool:
    if situation not in MISSING:
        return False
    whole = situation == MISSING[1]
    return any(
        chunk.document == place.document and (whole or (chunk.start < place.end and place.start < chunk.end))
        for place in places
    )


def _case(engine: Engine, name: str, question: str, situation: str, allowed: np.ndarray, right: Rightness) -> Case:
    snapshot = engine.snapshot
    found = passages_of(snapshot, question, engine.vector(question), SEARCHED, allowed)
    # Neighbours that are left out must not come back with the text around a passage.
    limit = READ_CHARACTERS if situation != MISSING[0] else 0
    passages = widen_passages(snapshot, found, limit, engine.reader.passages)
    candidates = shape(question, rank(engine.readings(question, passages, partial(_holds_term, snapshot, allowed))))
    names = weigh_names(question, lambda words: weigh(snapshot, words))
    looked_at = candidates[:CANDIDATES]
    here = situation == HERE
    return Case(
        name,
        situation,
        tuple(gather_evidence(passages, candidates, names, CANDIDATES)),
        tuple(right(one.text) if here else 0.0 for one in looked_at),
    )


def _holds_term(snapshot: Snapshot, allowed: np.ndarray, term: str) -> bool:
    """Tell whether a term occurs in a row that is not left out."""
    corpus = snapshot.generation.corpus
    found = corpus.find(term)
    return found is not None and any(
        mask[part.postings.rows[part.postings.where(found)]].any() for _, part, mask in corpus.masked(allowed)
    )


def fit(cases: Sequence[Case]) -> Calibration:
    """Fit the regression and choose the threshold."""
    first = _fit([(case, 0) for case in cases if case.evidence])
    chosen = [(case, _likeliest(first, case)) for case in cases if case.evidence]
    second = _fit(chosen)
    return Calibration(second.weights, second.bias, choose_threshold(_confidences(second, cases)[2]))


def _likeliest(calibration: Calibration, case: Case) -> int:
    return max(range(len(case.evidence)), key=lambda n: calibration.confidence(case.evidence[n]))


def _fit(chosen: Sequence[tuple[Case, int]]) -> Calibration:
    here = np.array([case.situation == HERE for case, _ in chosen])
    share = np.where(here, 0.5 / max(1, here.sum()), 0.5 / max(1, (~here).sum())) * len(here)
    x = np.array([[*astuple(case.evidence[n]), 1.0] for case, n in chosen])
    y = np.array([case.right[n] for case, n in chosen], float)
    spread = x[:, :-1].std(axis=0)
    scale = np.append(np.where(spread > 0, spread, 1.0), 1.0)
    weights = _newton(x / scale, y, share) / scale
    return Calibration(dict(zip(FEATURES, weights[:-1].tolist(), strict=True)), float(weights[-1]), 0.0)


def _newton(x: np.ndarray, y: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Logistic regression by Newton's method with a small ridge."""
    weights = np.zeros(x.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-x @ weights))
        slope = x.T @ (share * (chance - y)) + RIDGE * weights
        curve = (x * (share * chance * (1 - chance))[:, None]).T @ x + RIDGE * np.eye(len(weights))
        step = np.linalg.solve(curve, slope)
        weights -= step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def _confidences(calibration: Calibration, cases: Sequence[Case]) -> tuple[list[float], list[float], list[float]]:
    """The confidence of each answerable question's answer, how right it is, and that of each unanswerable one."""
    here, right, absent = [], [], []
    for case in cases:
        number = _likeliest(calibration, case) if case.evidence else None
        sure = 0.0 if number is None else calibration.confidence(case.evidence[number])
        if case.situation == HERE:
            here.append(sure)
            right.append(0.0 if number is None else case.right[number])
        else:
            absent.append(sure)
    return here, right, absent


def choose_threshold(absent: Sequence[float]) -> float:
    """Return the lowest threshold that keeps the bound on false answers, from the confidences on unanswerable ones."""
    ordered = sorted(absent, reverse=True)
    allowed = 0
    while allowed < len(ordered) and upper_bound(allowed + 1, len(ordered)) <= FALSE_ANSWERS:
        allowed += 1
    return math.nextafter(ordered[allowed], math.inf) if allowed < len(ordered) else 0.0


def upper_bound(count: int, total: int) -> float:
    """Return the one-sided Clopper-Pearson upper bound, at ``SURE``, on a share seen as ``count`` of ``total``.

    >>> round(upper_bound(0, 29), 3), round(upper_bound(2, 100), 3)
    (0.098, 0.062)
    """
    if count >= total:
        return 1.0
    low, high = count / total, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        logs = [
            math.lgamma(total + 1) - math.lgamma(k + 1) - math.lgamma(total - k + 1)
            + k * math.log(middle) + (total - k) * math.log1p(-middle)
            for k in range(count + 1)
        ]  # fmt: skip
        low, high = (middle, high) if sum(map(math.exp, logs)) > 1 - SURE else (low, middle)
    return high


def report(calibration: Calibration, cases: Sequence[Case]) -> dict:
    """Return how good a calibration is on cases: over all, and by set and situation."""
    here, right, absent = _confidences(calibration, cases)
    sound = [one >= RIGHT_FROM for one in right]
    threshold = calibration.threshold
    bins = reliability_bins([*here, *absent], [*sound, *(False for _ in absent)])
    results: dict[str, object] = {
        "threshold": round(threshold, 3),
        "answerable": len(here),
        "right": _mean(sound),
        "AUROC right or wrong": _round(auroc(here, sound)),
        "ECE": _round(expected_calibration_error(bins)),
        "answered": _mean([sure >= threshold for sure in here]),
        "cost": _cost(threshold, here, sound, absent),
        "of them right": _mean([one for sure, one in zip(here, sound, strict=True) if sure >= threshold]),
    }
    for name, situation in sorted({(case.name, case.situation) for case in cases}):
        mine = [case for case in cases if case.name == name]
        results[f"{name}, {situation}"] = _of_group(calibration, mine, situation)
    return results


def _cost(threshold: float, here: Sequence[float], sound: Sequence[bool], absent: Sequence[float]) -> float:
    """What a question costs on average, in refusals of an answerable one, as many of either kind."""
    own = [
        (0.0 if right else WRONG_COST) if sure >= threshold else 1.0 for sure, right in zip(here, sound, strict=True)
    ]
    false = [WRONG_COST * (sure >= threshold) for sure in absent]
    return round((float(np.mean(own)) + (float(np.mean(false)) if false else 0.0)) / 2, 4)


def _of_group(calibration: Calibration, cases: Sequence[Case], situation: str) -> dict:
    """One situation of one set: how many are answered, and how well answerable ones are separated from the others."""
    own, right, _ = _confidences(calibration, [case for case in cases if case.situation == HERE])
    if situation == HERE:
        sound = [one >= RIGHT_FROM for one in right]
        answered = [sure >= calibration.threshold for sure in own]
        return {
            "asked": len(own),
            "answered": _mean(answered),
            "right": _mean(sound),
            "AUROC": _round(auroc(own, sound)),
        }
    _, _, none = _confidences(calibration, [case for case in cases if case.situation == situation])
    separation = auroc([*own, *none], [n < len(own) for n in range(len(own) + len(none))])
    answered = [sure >= calibration.threshold for sure in none]
    return {"asked": len(none), "answered": _mean(answered), "AUROC": _round(separation)}


def _mean(values: Sequence[bool]) -> float | None:
    return _round(float(np.mean(values))) if len(values) else None


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


if __name__ == "__main__":
    sys.exit(main())
