"""Confidence: the calibrated chance that a candidate is right, by a logistic regression over features of the reading.

``python -m qa.train.calibrate`` fits the weights of a reader on labelled questions, answerable and not, and chooses the
default threshold below which citebot says "not in the documents".
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from embeddings.errors import CitebotError
from embeddings.search.passage import Passage
from embeddings.text.sentences import split_sentences
from qa.answering.candidates import Candidate
from qa.answering.labels import has_named_label
from qa.question.terms import coverage, holds_codes
from qa.reading.reader import context_line

CALIBRATION_NAME = "calibration.json"
"""Its file name in a reader's folder."""
MARGIN_CAP = 12.0
"""Larger margins carry no more information; uncapped, one extreme logit would outweigh everything else."""
WITHOUT_CODE = 0.5
"""What is left of the confidence where the question names a code that the passage lacks: that of another error, part
or model is the likeliest wrong answer, though some codes are written out ("Q3", "third quarter")."""
WITH_LABEL = 4.0
"""So many times the odds where the question names the label of the answer."""
MAX_WEIGHED = 20
"""Candidates that get a confidence: none beyond these comes near the best."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a candidate. Each field is one feature of the regression."""

    margin: float
    """The span's score above "not here" in its passage, in logits, capped."""
    lead: float
    """Its score above that of the best other candidate, in logits, capped; negative for a runner-up."""
    relevance: float
    """The reader's relevance score of its passage, in logits, capped."""
    agreement: float
    """log2(1 + number of other places that say the same)."""
    cosine: float
    """Similarity of question and passage in the dense channel; 0 if that channel did not find it."""
    held: float
    """Share of the question's names, numbers and ordinals, other spellings included, that the answer's own sentence
    contains; half for those in the sentence before it or in the title."""
    rank: float
    """1 / fused rank of the passage."""


FEATURES = tuple(Evidence.__dataclass_fields__)


def gather_evidence(
    passages: Sequence[Passage], candidates: Sequence[Candidate], names: Mapping[str, float], most: int
) -> list[Evidence]:
    """Return the evidence for each of the first ``most`` candidates; ``passages`` are in the order of the search.

    ``names`` are those of the question (``weigh_names``).
    """
    ranks = {id(passage): rank for rank, passage in enumerate(passages, start=1)}
    sentences: dict[int, list[tuple[int, int]]] = {}
    found = []
    for candidate in candidates[:most]:
        passage = candidate.span.passage
        if id(passage) not in sentences:
            sentences[id(passage)] = split_sentences(passage.text)
        rivals = [other.score for other in candidates if other is not candidate]
        dense = passage.channels.get("dense")
        evidence = Evidence(
            margin=_cap(candidate.margin),
            lead=_cap(candidate.score - max(rivals)) if rivals else MARGIN_CAP,
            relevance=_cap(candidate.relevance),
            agreement=math.log2(1 + len(candidate.support)),
            cosine=dense.score if dense else 0.0,
            held=_held(candidate, sentences[id(passage)], names),
            rank=1 / ranks[id(passage)],
        )
        found.append(evidence)
    return found


def _held(candidate: Candidate, sentences: Sequence[tuple[int, int]], names: Mapping[str, float]) -> float:
    """How much of the question's names is at the answer itself, not just anywhere around it."""
    passage = candidate.span.passage
    start = candidate.span.start - passage.chunk.start
    number = max((n for n, one in enumerate(sentences) if one[0] <= start), default=0)
    own = passage.text[slice(*sentences[number])]
    before = passage.text[slice(*sentences[number - 1])] if number else ""
    return (coverage(names, own) + coverage(names, f"{passage.title}\n{before}\n{own}")) / 2


def _cap(logits: float) -> float:
    return max(-MARGIN_CAP, min(MARGIN_CAP, logits))


@dataclass(frozen=True, slots=True)
class Calibration:
    """The fitted regression of one reader and the threshold chosen with it."""

    weights: Mapping[str, float]
    bias: float
    threshold: float

    def confidence(self, evidence: Evidence) -> float:
        """Return the chance, 0 to 1, that the candidate with this evidence is right."""
        logit = self.bias + sum(weight * getattr(evidence, name) for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


@dataclass(frozen=True, slots=True)
class Weighed:
    """A candidate with its confidence."""

    candidate: Candidate
    confidence: float


def weigh(
    question: str,
    passages: Sequence[Passage],
    candidates: Sequence[Candidate],
    names: Mapping[str, float],
    calibration: Calibration,
) -> list[Weighed]:
    """Return the best candidates with their confidence, the most confident first."""
    gathered = gather_evidence(passages, candidates, names, MAX_WEIGHED)
    weighed = []
    for candidate, evidence in zip(candidates, gathered, strict=False):
        passage, confidence = candidate.span.passage, calibration.confidence(evidence)
        if not holds_codes(names, f"{context_line(passage)}\n{passage.text}"):
            confidence *= WITHOUT_CODE
        if has_named_label(question, candidate.span):
            confidence = WITH_LABEL * confidence / (1 + (WITH_LABEL - 1) * confidence)
        weighed.append(Weighed(candidate, confidence))
    return sorted(weighed, key=lambda one: -one.confidence)


def load_calibration(path: Path) -> Calibration:
    """Load a reader's calibration.

    Raises:
        CitebotError: the file is missing or is not what ``python -m qa.train.calibrate`` writes.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        weights = {name: float(weight) for name, weight in data["weights"].items()}
        if unknown := set(weights) - set(FEATURES):
            raise ValueError(f"unknown features {sorted(unknown)}, known are {list(FEATURES)}")
        return Calibration(weights, float(data["bias"]), float(data["threshold"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CitebotError(
            f"the calibration {path} cannot be used ({error!r}): make it with `python -m qa.train.calibrate`"
        ) from error
