"""The reader that needs no training: the best sentence by meaning and words, and in it the part that fits the question.

A sentence's score is its cosine with the question, plus the share of the question's words (weighed by how rare they
are in the corpus) that stand in it or, for less, beside it in the passage, plus what retrieval thinks of the passage.
On 400 questions of new_wiki's training titles the gold answer stands in the best sentence of 5 passages for 79.8%
(cosine alone 68.5%, with the words 79.0%). It knows no "not here" of its own:
``no_answer`` is a constant, and what a score is worth is left to the calibration in ``confidence.py``.
"""

from collections.abc import Callable, Mapping, Sequence

from embeddings.encoder.encoder import Encoder
from embeddings.search.passage import Passage
from embeddings.text.sentences import split_sentences
from embeddings.text.words import tokenize
from qa.answer import Span
from qa.reading.answer_type import kind_of, parts
from qa.reading.reader import Reading

WORD_WEIGHT = 1.0
CONTEXT_SHARE = 0.2
"""What a question's word counts that stands in the passage but not in the sentence."""
PASSAGE_WEIGHT = 0.15
"""What the retrieval's own score of the passage counts."""
LOGIT_SCALE = 8.0
"""Scores lie in about 0 to 2; times this they spread like a trained reader's logits."""
NO_ANSWER = 6.0
MAX_SPANS = 5
ECHO_PENALTY = 3.0
"""An answer that only repeats the question's words is none."""
UNFIT_PENALTY = 2.0
"""Where no part of a sentence is of the kind asked for, the sentence is a weak answer."""


class SentenceReader:
    """Reads by sentence similarity; ``weigh`` gives each term its rarity (IDF) in the corpus."""

    name = "sentences"
    passages = 5

    def __init__(self, encoder: Encoder, weigh: Callable[[Sequence[str]], Mapping[str, float]]):
        self._encoder = encoder
        self._weigh = weigh

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Point at the best parts of each passage's sentences. Scores are comparable across passages."""
        sentences = [split_sentences(passage.text) for passage in passages]
        texts = [p.text[s:e] for p, spans in zip(passages, sentences, strict=True) for s, e in spans]
        vectors = iter(self._encoder.encode(texts)) if texts else iter(())
        query = self._encoder.encode([question], kind="query")[0]
        weights = self._weigh(list(dict.fromkeys(tokenize(question))))
        readings = []
        for passage, spans in zip(passages, sentences, strict=True):
            cosines = [float(next(vectors) @ query) for _ in spans]
            readings.append(Reading(passage, self._point(question, weights, passage, spans, cosines), NO_ANSWER))
        return readings

    def _point(
        self,
        question: str,
        weights: Mapping[str, float],
        passage: Passage,
        sentences: list[tuple[int, int]],
        cosines: list[float],
    ) -> tuple[Span, ...]:
        around = set(tokenize(passage.title + "\n" + passage.text))
        found = []
        for (start, end), cosine in zip(sentences, cosines, strict=True):
            sentence = passage.text[start:end]
            held = coverage(weights, set(tokenize(sentence)), around)
            score = LOGIT_SCALE * (cosine + WORD_WEIGHT * held + PASSAGE_WEIGHT * passage.score)
            for part_start, part_end, bonus in _fitting_parts(question, sentence):
                offset = passage.chunk.start + start
                found.append(Span(passage, offset + part_start, offset + part_end, score + bonus))
        return tuple(sorted(found, key=lambda span: -span.score)[:MAX_SPANS])


def coverage(weights: Mapping[str, float], inside: set[str], around: set[str]) -> float:
    """Return the share (0 to 1) of the question's weight whose terms stand in a sentence, or nearby for less.

    >>> coverage({"fire": 3.0, "put": 1.0}, {"fire"}, {"fire", "put"})
    0.8
    """
    total = sum(weights.values())
    if not total:
        return 0.0
    held = sum(
        weight if term in inside else CONTEXT_SHARE * weight * (term in around) for term, weight in weights.items()
    )
    return held / total


def _fitting_parts(question: str, sentence: str) -> list[tuple[int, int, float]]:
    """Return parts of a sentence as (start, end, bonus), best first."""
    kind = kind_of(question)
    asked = set(tokenize(question))
    scored = []
    for start, end in parts(kind, sentence):
        words = tokenize(sentence[start:end])
        echo = sum(word in asked for word in words) / len(words) if words else 1.0
        nearness = _nearness(sentence, start, end, asked)
        scored.append((start, end, nearness - ECHO_PENALTY * echo))
    if not scored:
        penalty = UNFIT_PENALTY if kind != "other" else 0.0
        return [(0, len(sentence.rstrip(" .!?")) or len(sentence), -penalty)]
    return sorted(scored, key=lambda part: -part[2])


def _nearness(sentence: str, start: int, end: int, asked: set[str]) -> float:
    """How close (0 to 1) the question's words stand to a part of the sentence."""
    before, after = tokenize(sentence[:start])[::-1], tokenize(sentence[end:])
    distances = [n for words in (before, after) for n, word in enumerate(words) if word in asked]
    return sum(1 / (1 + distance) for distance in distances) / (1 + len(asked))
