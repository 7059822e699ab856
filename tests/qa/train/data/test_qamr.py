"""QAMR: what both validators found, in one stretch, set back among its neighbours."""

import gzip
import random

import pytest

from qa.train.data.qamr import MOST_NEIGHBOURS, read_qamr

SENTENCES = {
    "Wiki1k:wikinews:7:0:0": "The fire broke out on Monday .",
    "Wiki1k:wikinews:7:0:1": "Forty firefighters -LRB- from Brno -RRB- put it out .",
    "Wiki1k:wikinews:7:1:0": "Nobody was hurt .",
    "Wiki1k:wikinews:8:0:0": "It rained in Oslo .",
}
VALID = "1:3"
ROWS = [
    # sentence, target words, worker, number, target word, question, answer, first and second validation
    ("Wiki1k:wikinews:7:0:1", "1", "9", "0", "1", "Who put it out?", "0 1", VALID, "2:0 1"),
    ("Wiki1k:wikinews:7:0:1", "1", "9", "1", "1", "Where from?", "4", VALID, "2:Invalid"),
    ("Wiki1k:wikinews:7:0:1", "1", "9", "2", "1", "Who did?", "1", "1:Redundant-0", VALID),
    ("Wiki1k:wikinews:7:0:1", "1", "9", "3", "1", "What did they do?", "6 8", VALID, VALID),
    ("Wiki1k:wikinews:7:0:1", "1", "9", "4", "1", "What?", "", VALID, VALID),
    ("Wiki1k:wikinews:9:9:9", "1", "9", "0", "1", "Of which sentence?", "0", VALID, VALID),
]


@pytest.fixture
def folder(tmp_path):
    with gzip.open(tmp_path / "qamr_sentences.tsv.gz", "wt", encoding="utf-8") as file:
        file.writelines(f"{name}\t{text}\n" for name, text in SENTENCES.items())
    for part, rows in (("dev", ROWS), ("test", [])):
        with gzip.open(tmp_path / f"qamr_{part}.tsv.gz", "wt", encoding="utf-8") as file:
            file.writelines("\t".join(row) + "\n" for row in rows)
    return tmp_path


def test_only_what_both_found_valid_and_in_one_stretch_is_taken(folder):
    found = read_qamr(folder, random.Random(0))
    assert [(question, passage[start:end]) for question, passage, start, end in found] == [
        ("Who put it out?", "Forty firefighters")
    ]


def test_the_sentence_is_among_neighbours_of_its_own_document_in_their_order(folder):
    seen = set()
    for seed in range(60):
        ((_, passage, start, end),) = read_qamr(folder, random.Random(seed))
        assert passage[start:end] == "Forty firefighters"
        assert "Oslo" not in passage and "-LRB-" not in passage
        seen.add(passage)
    whole = "The fire broke out on Monday. Forty firefighters (from Brno) put it out. Nobody was hurt."
    assert whole in seen and "Forty firefighters (from Brno) put it out." in seen
    assert all(passage in whole for passage in seen)
    assert MOST_NEIGHBOURS == 3
