"""Measure an exported reader alone: ``python -m qa.train.measure --data DIR --model FOLDER``.

On the development titles of new_wiki: the gold paragraph given; the gold paragraph among the most similar others; and
whether the score tells a paragraph that answers from one that does not. No index and no encoder take part, so the
figures are the reader's alone; ``citebot eval`` measures the whole. ``--against`` gives a second export (float32)
beside the first.
"""

import argparse
import json
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embeddings.search.passage import Passage
from embeddings.text.offsets import Chunk
from qa.evaluation.labelled_questions import Question, read_questions
from qa.evaluation.metrics import auroc, exact_match, f1
from qa.reading.reader import Reader, load_reader
from qa.train.data.sources import DEVELOPMENT_TITLES
from qa.train.nearest import nearest_by_words

RIVALS = 4
"""Other paragraphs read with the gold one."""
LOOKED_AT = 100
"""Most similar paragraphs, among which one without the answer is searched for."""


@dataclass(frozen=True, slots=True)
class Case:
    """A question, its paragraph, and the most similar paragraphs that lack its answers."""

    question: Question
    elsewhere: tuple[str, ...]
    """From any article, best first."""
    adjacent: tuple[str, ...]
    """From the article of its own."""
    foreign: tuple[str, ...]
    """From the other articles."""


def main() -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled sets")
    parser.add_argument("--model", type=Path, required=True, help="folder of an exported reader")
    parser.add_argument("--against", type=Path, help="a second one, to compare with the paragraph given")
    parser.add_argument("--sample", type=int, help="questions looked at; default: all")
    parser.add_argument("--out", type=Path, help="also write the figures there")
    arguments = parser.parse_args()
    questions = development_questions(arguments.data)
    chosen = random.Random(0).sample(questions, min(arguments.sample or len(questions), len(questions)))
    reader = load_reader(arguments.model)
    results = {"questions": len(chosen), "reader": reader.identity, **given(reader, chosen)}
    results |= among_others(reader, find_rivals(chosen, questions))
    if arguments.against:
        results["against"] = given(load_reader(arguments.against), chosen)
    text = json.dumps(results, indent=1)
    print(text)
    if arguments.out:
        arguments.out.write_text(text + "\n", encoding="utf-8")
    return 0


def development_questions(data: Path) -> list[Question]:
    """Return new_wiki's questions of the development titles."""
    questions = read_questions(data / "squadshifts_new_wiki.json.gz")
    kept = sorted({question.title for question in questions})[-DEVELOPMENT_TITLES:]
    return [question for question in questions if question.title in kept and question.answerable]


def find_rivals(chosen: Sequence[Question], questions: Sequence[Question]) -> list[Case]:
    """Find for each chosen question the paragraphs of all ``questions`` that are like it and lack its answers."""
    title_of = {question.context: question.title for question in questions}
    paragraphs = sorted(title_of)
    nearest = nearest_by_words([question.question for question in chosen], paragraphs, LOOKED_AT)
    cases = []
    for question, rows in zip(chosen, nearest, strict=True):
        answers = [answer.casefold() for answer in question.answers]
        others = [
            paragraphs[row] for row in rows if not any(answer in paragraphs[row].casefold() for answer in answers)
        ]
        adjacent = tuple(other for other in others if title_of[other] == question.title)
        foreign = tuple(other for other in others if title_of[other] != question.title)
        cases.append(Case(question, tuple(others[:RIVALS]), adjacent[:1], foreign[:1]))
    return cases


def given(reader: Reader, questions: Sequence[Question]) -> dict[str, float]:
    """Exact match and F1, in percent, with the gold paragraph given."""
    answers = [best(reader, question.question, [question.context])[0] for question in questions]
    return _scores("paragraph given", answers, questions)


def among_others(reader: Reader, cases: Sequence[Case]) -> dict[str, float | None]:
    """How well scores compare across paragraphs: the gold one among others, and with it missing."""
    questions = [case.question for case in cases]
    asked = [(case.question.question, case.question.context, case) for case in cases]
    together = [best(reader, text, [context, *case.elsewhere])[0] for text, context, case in asked]
    own = [best(reader, text, [context]) for text, context, _ in asked]
    right = [f1(answer, question.answers) >= 0.5 for (answer, _), question in zip(own, questions, strict=True)]
    results: dict[str, float | None] = _scores(f"among {RIVALS + 1}", together, questions)
    results["AUROC right or wrong"] = _round(auroc([score for _, score in own], right))
    for name in ("adjacent", "foreign"):
        missing = [best(reader, text, list(getattr(case, name)))[1] for text, _, case in asked if getattr(case, name)]
        scores = [score for _, score in own] + missing
        results[f"AUROC against {name}"] = _round(auroc(scores, [True] * len(own) + [False] * len(missing)))
    return results


def best(reader: Reader, question: str, texts: Sequence[str]) -> tuple[str, float]:
    """Return the text of the best span in any of the texts, and its score above "not here"."""
    passages = [Passage(Chunk(str(n), 0, len(text)), text, "", 0.0) for n, text in enumerate(texts)]
    spans = [(span.score, span) for reading in reader.read(question, passages) for span in reading.spans]
    if not spans:
        return "", -np.inf
    score, span = max(spans, key=lambda one: one[0])
    return span.passage.text[span.start : span.end], score


def _scores(name: str, answers: Sequence[str], questions: Sequence[Question]) -> dict[str, float]:
    exact = [exact_match(answer, question.answers) for answer, question in zip(answers, questions, strict=True)]
    overlap = [f1(answer, question.answers) for answer, question in zip(answers, questions, strict=True)]
    return {
        f"EM, {name}": round(100 * float(np.mean(exact)), 2),
        f"F1, {name}": round(100 * float(np.mean(overlap)), 2),
    }


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


if __name__ == "__main__":
    sys.exit(main())
