"""QAMR: questions on single sentences, set back among up to three neighbouring sentences of their document."""

import gzip
import random
from collections import defaultdict
from pathlib import Path

from qa.train.data.detokenise import join_tokens

MOST_NEIGHBOURS = 3


def read_qamr(data: Path, random_source: random.Random) -> list[tuple[str, str, int, int]]:
    """Return (question, passage, start, end) of every question whose answer both validators found in one stretch."""
    sentences = _read_sentences(data / "qamr_sentences.tsv.gz")
    order = _by_document(sentences)
    found = []
    for part in ("dev", "test"):
        with gzip.open(data / f"qamr_{part}.tsv.gz", "rt", encoding="utf-8") as file:
            for line in file:
                identifier, *_, question, answer, first, second = line.rstrip("\n").split("\t")
                indices = _one_stretch(answer)
                if identifier in sentences and indices and _is_valid(first) and _is_valid(second):
                    found.append((question, *_set_in_context(identifier, indices, sentences, order, random_source)))
    return found


def _read_sentences(path: Path) -> dict[str, list[str]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        pairs = (line.rstrip("\n").split("\t") for line in file)
        return {identifier: text.split(" ") for identifier, text in pairs}


def _by_document(sentences: dict[str, list[str]]) -> dict[str, list[str]]:
    documents = defaultdict(list)
    for identifier in sentences:
        source, document, paragraph, sentence = identifier.rsplit(":", 3)
        documents[f"{source}:{document}"].append((int(paragraph), int(sentence), identifier))
    return {name: [one[2] for one in sorted(members)] for name, members in documents.items()}


def _one_stretch(answer: str) -> list[int] | None:
    indices = sorted({int(index) for index in answer.split()}) if answer.strip() else []
    return indices if indices and indices[-1] - indices[0] == len(indices) - 1 else None


def _is_valid(validation: str) -> bool:
    verdict = validation.partition(":")[2]
    return bool(verdict) and not verdict.startswith(("Invalid", "Redundant"))


def _set_in_context(
    identifier: str,
    indices: list[int],
    sentences: dict[str, list[str]],
    order: dict[str, list[str]],
    random_source: random.Random,
) -> tuple[str, int, int]:
    members = order[identifier.rsplit(":", 2)[0]]
    at = members.index(identifier)
    before = random_source.randint(0, MOST_NEIGHBOURS)
    after = random_source.randint(0, MOST_NEIGHBOURS - before)
    passage, start, end = "", 0, 0
    for name in members[max(0, at - before) : at + after + 1]:
        text, spans = join_tokens(sentences[name])
        passage += " " if passage else ""
        if name == identifier:
            start, end = len(passage) + spans[indices[0]][0], len(passage) + spans[indices[-1]][1]
        passage += text
    return passage, start, end
