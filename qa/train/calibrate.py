"""Calibrate a reader's confidence: ``python -m qa.train.calibrate --articles DIR --questions FILE --reader NAME``.

Every question is asked three times: of the whole index; of the index without its paragraph; of the index without its
article. A logistic regression over the evidence (``confidence.py``) then learns the chance that the best candidate
is right, half-way between two notions of it: an exact match, and the right thing with edges of its own. The threshold
is set where fewer than one in ten is answered of the questions asked without their paragraph or without their article,
as many of each. Half of the articles fit and the other half checks; the weights written are
fitted on all.
"""

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from functools import partial
from pathlib import Path

import numpy as np

from embeddings.index.build import build_index
from embeddings.index.passage_search import passages_of, weigh
from embeddings.index.snapshot import Snapshot
from qa.answering.candidates import rank
from qa.answering.confidence import FEATURES, Calibration, Gatherer
from qa.engine import Engine
from qa.evaluation.gold import find_contexts
from qa.evaluation.labelled import Question, read_questions
from qa.evaluation.metrics import auroc, exact_match, expected_calibration_error, f1, reliability_bins, threshold_for
from qa.question.terms import weigh_terms

FALSE_ANSWERS = 0.09
"""Share of unanswerable questions that the threshold answers: one in ten may be, other questions have other luck."""
RIGHT_FROM = 0.5
"""F1 from which an answer is right: the right thing, its edges perhaps a word off."""
SITUATIONS = ("here", "paragraph missing", "article missing")
RIDGE = 1e-3


@dataclass(frozen=True, slots=True)
class Case:
    """The best candidate of one question in one situation: its evidence, and how right it is."""

    title: str
    situation: str
    evidence: tuple[float, ...]
    right: float
    """Half of it for the right thing (F1 from ``RIGHT_FROM``), half for an exact match: 0, 0.5 or 1."""


def main() -> int:
    """Calibrate."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=Path, required=True, help="folder of the articles (benchmarks/new_wiki.py)")
    parser.add_argument("--questions", type=Path, required=True, help="their questions, SQuAD JSON with contexts")
    parser.add_argument("--reader", type=Path, help="folder of an exported reader; default: the packaged one")
    parser.add_argument("--sample", type=int, default=800, help="questions asked, each three times")
    parser.add_argument("--out", type=Path, required=True, help="where the calibration goes")
    arguments = parser.parse_args()
    questions = [one for one in read_questions(arguments.questions) if one.answerable and one.context]
    questions = random.Random(0).sample(questions, min(arguments.sample, len(questions)))
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder)
        build_index(arguments.articles, index)
        engine = Engine.open(arguments.articles, index, reader=arguments.reader)
        cases = list(collect(engine, questions))
    titles = sorted({case.title for case in cases})
    halves = [[case for case in cases if (titles.index(case.title) % 2 == 0) is even] for even in (True, False)]
    for fitted, checked in (halves, halves[::-1]):
        print(json.dumps(report(fit(fitted), checked)))
    calibration = fit(cases)
    arguments.out.write_text(
        json.dumps(
            {
                "weights": {name: round(weight, 4) for name, weight in calibration.weights.items()},
                "bias": round(calibration.bias, 4),
                "threshold": round(calibration.threshold, 3),
            },
            indent=1,
        )
        + "\n",
        encoding="utf-8",
    )
    print(json.dumps(report(calibration, cases)))
    return 0


def collect(engine: Engine, questions: Sequence[Question]):
    """Yield a case for each question and situation."""
    snapshot = engine.snapshot
    chunks = [snapshot.chunk(row)[0] for row in range(snapshot.generation.rows)]
    texts = [(facts.id, snapshot.document(facts.id).text) for facts in engine.documents()]
    places = find_contexts(texts, {one.context for one in questions})
    for number, question in enumerate(questions, start=1):
        own = places[question.context]
        if number % 100 == 0:
            print(f"{number} of {len(questions)}", file=sys.stderr)
        for situation in SITUATIONS:
            allowed = np.array([not _is_missing(chunk, own, situation) for chunk in chunks])
            case = _case(engine, question, situation, allowed)
            if case is not None:
                yield case


def _is_missing(chunk, places, situation: str) -> bool:
    if situation == "here":
        return False
    whole = situation == "article missing"
    return any(
        chunk.document == place.document and (whole or (chunk.start < place.end and place.start < chunk.end))
        for place in places
    )


def _case(engine: Engine, question: Question, situation: str, allowed: np.ndarray) -> Case | None:
    passages = passages_of(
        engine.snapshot, question.question, engine.vector(question.question), engine.reader.passages, allowed
    )
    known = partial(_holds_term, engine.snapshot, allowed)
    candidates = rank(engine.readings(question.question, passages, known))
    if not candidates:
        return None
    best = candidates[0]
    terms = weigh_terms(question.question, lambda words: weigh(engine.snapshot, words))
    gather = Gatherer(passages, candidates, terms)
    right = 0.0
    if situation == "here":
        nearly = f1(best.text, question.answers) >= RIGHT_FROM
        right = (nearly + exact_match(best.text, question.answers)) / 2
    return Case(question.title or "", situation, astuple(gather(best)), right)


def _holds_term(snapshot: Snapshot, allowed: np.ndarray, term: str) -> bool:
    """Tell whether a term stands in a row that is not left out."""
    words = snapshot.generation.words
    found = words.spellings.find(term)
    return found is not None and bool(allowed[words.postings.rows_of(found)].any())


def fit(cases: Sequence[Case]) -> Calibration:
    """Fit the regression; answerable and unanswerable questions weigh the same in sum."""
    x = np.array([[*case.evidence, 1.0] for case in cases])
    y = np.array([case.right for case in cases], float)
    here = np.array([case.situation == "here" for case in cases])
    share = np.where(here, 0.5 / max(1, here.sum()), 0.5 / max(1, (~here).sum())) * len(cases)
    scale = np.append(x[:, :-1].std(axis=0) + 1e-9, 1.0)
    weights = _newton(x / scale, y, share) / scale
    calibration = Calibration(dict(zip(FEATURES, weights[:-1].tolist(), strict=True)), float(weights[-1]), 0.0)
    refused = [_confidence(calibration, case) for case in cases if case.situation != "here"]
    threshold = threshold_for(FALSE_ANSWERS, refused)
    return Calibration(calibration.weights, calibration.bias, threshold)


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


def _confidence(calibration: Calibration, case: Case) -> float:
    from qa.answering.confidence import Evidence

    return calibration.confidence(Evidence(*case.evidence))


def report(calibration: Calibration, cases: Sequence[Case]) -> dict:
    """Tell what a calibration is worth on cases."""
    sure = {name: [_confidence(calibration, one) for one in cases if one.situation == name] for name in SITUATIONS}
    here = [one for one in cases if one.situation == "here"]
    right, exact = ([one.right >= least for one in here] for least in (0.5, 1.0))
    # As many unanswerable questions as answerable ones, of each kind a half: what the regression is fitted for.
    absent = sure[SITUATIONS[1]][::2] + sure[SITUATIONS[2]][1::2]
    told = {
        "threshold": round(calibration.threshold, 3),
        "answerable": len(here),
        "right": round(float(np.mean(right)), 4),
        "AUROC right or wrong": _round(auroc(sure["here"], right)),
        "ECE": _ece(sure["here"] + absent, right + [False] * len(absent)),
        "ECE, exact": _ece(sure["here"] + absent, exact + [False] * len(absent)),
        "ECE, answerable alone": _ece(sure["here"], right),
        "answered": _share(sure["here"], calibration.threshold),
    }
    for name in SITUATIONS[1:]:
        both = sure["here"] + sure[name]
        told[f"AUROC, {name}"] = _round(auroc(both, [True] * len(sure["here"]) + [False] * len(sure[name])))
        told[f"answered, {name}"] = _share(sure[name], calibration.threshold)
    return told


def _ece(confidences: Sequence[float], right: Sequence[bool]) -> float | None:
    return _round(expected_calibration_error(reliability_bins(confidences, right)))


def _share(confidences: Sequence[float], threshold: float) -> float:
    return _round(float(np.mean([one >= threshold for one in confidences])))


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


if __name__ == "__main__":
    sys.exit(main())
