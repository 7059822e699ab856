"""Labelled examples: a question, a passage, and where in it the answer stands, or that it does not.

One function a published set; every answer is checked to stand where its label says. What the sets are and where they
are published is told in docs/training.md; nothing derived from SQuAD 1.1 or 2.0 is read here.
"""

import gzip
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qa.train.detokenise import tidy_spacing
from qa.train.qamr import read_qamr

DEVELOPMENT_TITLES = 12
"""The last titles of new_wiki in alphabetical order, which are never trained on."""


@dataclass(frozen=True, slots=True)
class Example:
    """``passage[start:end]`` answers the question; ``start`` is None where the passage does not answer it."""

    question: str
    passage: str
    start: int | None
    end: int | None
    source: str
    answers: tuple[str, ...] = ()
    """All gold answers: a passage that holds one of them is no negative."""


def split_new_wiki(data: Path) -> tuple[list[Example], list[Example]]:
    """Return new_wiki's examples for training and, of the titles kept apart, for development."""
    articles = _read(data / "squadshifts_new_wiki.json.gz")["data"]
    kept = set(sorted({article["title"] for article in articles})[-DEVELOPMENT_TITLES:])
    parts = {True: [], False: []}
    for article in articles:
        parts[article["title"] in kept].extend(_squad([article], "new_wiki"))
    return parts[False], parts[True]


def read_sets(data: Path, limits: dict[str, int], random_source: random.Random) -> list[Example]:
    """Return the training examples of every set, at most ``limits[name]`` of each, picked at random."""
    sets = {
        "new_wiki": lambda: split_new_wiki(data)[0],
        "reddit": lambda: list(_squad(_read(data / "squadshifts_reddit.json.gz")["data"], "reddit")),
        "amazon": lambda: list(_squad(_read(data / "squadshifts_amazon_reviews.json.gz")["data"], "amazon")),
        "policyqa": lambda: [
            one
            for part in ("dev", "test")
            for one in _squad(_read(data / f"policyqa_{part}.json.gz")["data"], "policyqa")
        ],
        "qed": lambda: list(_qed(data / "qed_dev.jsonl.gz")),
        "qamr": lambda: [Example(*one, "qamr", (one[1][one[2] : one[3]],)) for one in read_qamr(data, random_source)],
    }
    chosen = []
    for name, read in sets.items():
        if limits.get(name):
            every = read()
            chosen += random_source.sample(every, min(limits[name], len(every)))
    return chosen


def _read(path: Path) -> dict:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return json.load(file)


def _squad(articles: list[dict], source: str) -> Iterator[Example]:
    for article in articles:
        for paragraph in article["paragraphs"]:
            context = paragraph["context"]
            for qa in paragraph["qas"]:
                found = [
                    (a["answer_start"], a["text"])
                    for a in qa["answers"]
                    if a["text"].strip() and context[a["answer_start"] :].startswith(a["text"])
                ]
                if found:
                    # The answer most annotators gave; among equals the shortest, which is rarely padded.
                    start, text = max(found, key=lambda one: (found.count(one), -len(one[1])))
                    texts = tuple(text for _, text in found)
                    yield Example(qa["question"].strip(), context, start, start + len(text), source, texts)


def _qed(path: Path) -> Iterator[Example]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            spans = [answer[0] for answer in record["original_nq_answers"] if len(answer) == 1]
            if not spans:
                continue
            span = min(spans, key=lambda one: one["end"] - one["start"])
            passage, places = tidy_spacing(record["paragraph_text"])
            start, end = places[span["start"]], places[span["end"] - 1] + 1
            answer = passage[start:end]
            if answer.strip():
                yield Example(record["question_text"], passage, start, end, "qed", (answer,))
