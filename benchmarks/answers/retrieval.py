"""Measure retrieval on new_wiki: each channel alone and together, questions as asked and with changed names.

    python benchmarks/answers/retrieval.py squadshifts_new_wiki.json.gz [--sample N] [--titles dev|tuning|all] [--tries]

The corpus is every paragraph of all 48 articles; a question's gold passage is the paragraph it was asked of. The
development set is the last 12 titles; parameters were chosen on the other 36 (``--titles tuning``) and confirmed there.
"""

import argparse
import gzip
import json
import random
import re
import sys
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from embeddings.encoder.encoder import load_encoder
from embeddings.search.bm25 import Postings, best_rows, build_postings, idf, score
from embeddings.search.corpus import Corpus, Part
from embeddings.search.dense import build_dense
from embeddings.search.fusion import fuse
from embeddings.search.lexical import read_question, weigh_spellings, weigh_words
from embeddings.search.proximity import score_pairs
from embeddings.search.ranking import DEPTH, retrieve
from embeddings.search.trigrams import build_spellings
from embeddings.text.words import bag_of_words

DEVELOPMENT_TITLES = 12
SEED = 0
RANKS = (1, 5, 10)
WORD = re.compile(r"[^\W\d_]+")
OPENERS = frozenset(
    """a about according after an are as at before besides by can could did do does during for from had has have how if
    in is name of on since the to under was were what when where which who whom whose why with""".split()  # noqa: SIM905
)
"""Words that are capitalised only because they open the question."""


@dataclass(frozen=True, slots=True)
class Indexed:
    corpus: Corpus
    vectors: np.ndarray

    @property
    def postings(self) -> Postings:
        return self.corpus.parts[0].postings


@dataclass(frozen=True, slots=True)
class Asked:
    id: str
    title: str
    text: str
    gold: int


def change_names(question: str, seed: str) -> str:
    """Change one letter in each capitalised word: any but its first, to another letter. The same seed, the same change.

    The question's first word is left alone where it is one of ``OPENERS``. One-letter words are left alone.
    """
    rng = random.Random(f"{SEED}:{seed}")
    first = WORD.search(question)

    def change(match: re.Match) -> str:
        word = match.group()
        opens = match.start() == first.start() and word.lower() in OPENERS
        if not word[0].isupper() or len(word) < 2 or opens:
            return word
        at = rng.randrange(1, len(word))
        new = rng.choice([one for one in "abcdefghijklmnopqrstuvwxyz" if one != word[at].lower()])
        return word[:at] + (new.upper() if word[at].isupper() else new) + word[at + 1 :]

    return WORD.sub(change, question)


def read_articles(path: Path) -> tuple[list[tuple[str, str]], list[Asked]]:
    """Return (title, paragraph) pairs and the questions; gold counts paragraphs."""
    passages, questions = [], []
    for article in sorted(json.loads(gzip.decompress(path.read_bytes()))["data"], key=lambda one: one["title"]):
        title = urllib.parse.unquote(article["title"]).replace("_", " ")
        for paragraph in article["paragraphs"]:
            passages.append((title, paragraph["context"]))
            questions += [Asked(qa["id"], title, qa["question"], len(passages) - 1) for qa in paragraph["qas"]]
    return passages, questions


def choose(questions: list[Asked], titles: str, sample: int | None) -> list[Asked]:
    """Take the questions of the wanted titles, or a sample of them that is the same in every run."""
    order = list(dict.fromkeys(question.title for question in questions))
    wanted = {"dev": order[-DEVELOPMENT_TITLES:], "tuning": order[:-DEVELOPMENT_TITLES], "all": order}[titles]
    chosen = [question for question in questions if question.title in wanted]
    if sample is not None and sample < len(chosen):
        chosen = random.Random(SEED).sample(chosen, sample)
    return chosen


def build(passages: list[tuple[str, str]], encode: Callable[[list[str]], np.ndarray]) -> Indexed:
    ids: dict[str, int] = {}
    bags = [
        np.array([ids.setdefault(term, len(ids) + 1) for term in bag_of_words(title, text)], np.uint32)
        for title, text in passages
    ]
    vectors = encode([f"{title}\n{text}" for title, text in passages])
    spellings = build_spellings((number, term) for term, number in ids.items())
    return Indexed(Corpus([Part(build_dense(vectors), build_postings(bags), spellings)]), vectors)


@dataclass(frozen=True, slots=True)
class Said:
    """The scores of every row for one question, by part."""

    cosines: np.ndarray
    words: np.ndarray
    trigrams: np.ndarray
    pairs: np.ndarray
    rarest: float


def listen(indexed: Indexed, question: str, vector: np.ndarray) -> Said:
    corpus, postings = indexed.corpus, indexed.postings
    terms = read_question(question, corpus)
    words, trigrams = (
        score(postings, weighted, corpus.rarity, corpus.mean_length)
        for weighted in (weigh_words(terms), weigh_spellings(terms))
    )
    pairs = score_pairs(postings, np.arange(postings.n_rows), terms, corpus)
    return Said(indexed.vectors @ vector, words, trigrams, pairs, float(idf(np.array(1), postings.n_rows)))


def reciprocal_rank(k: int, *scores: np.ndarray) -> np.ndarray:
    """Reciprocal rank fusion, each channel with its ``DEPTH`` best rows."""
    total = np.zeros(len(scores[0]))
    for one in scores:
        rows, _ = best_rows(one.astype(np.float32), DEPTH)
        total[rows] += 1 / (k + np.arange(1, len(rows) + 1))
    return total


def without(said: Said, **gone: int) -> np.ndarray:
    """Fuse without some parts."""
    parts = {name: getattr(said, name) * gone.get(name, 1) for name in ("cosines", "words", "trigrams", "pairs")}
    return fuse(parts["cosines"], parts["words"], parts["trigrams"], parts["pairs"], said.rarest)


TRIES: dict[str, Callable[[Said], np.ndarray]] = {
    "dense": lambda said: said.cosines,
    "words": lambda said: said.words,
    "trigrams (look-alikes alone)": lambda said: said.trigrams,
    "words + trigrams": lambda said: said.words + said.trigrams,
    "words + trigrams + pairs": lambda said: without(said, cosines=0),
    "RRF k=20: dense, words, words + trigrams": lambda said: reciprocal_rank(
        20, said.cosines, said.words, said.words + said.trigrams
    ),
    "RRF k=5: dense, words + trigrams": lambda said: reciprocal_rank(5, said.cosines, said.words + said.trigrams),
    "sum, without dense": lambda said: without(said, cosines=0),
    "sum, without words": lambda said: without(said, words=0),
    "sum, without trigrams": lambda said: without(said, trigrams=0),
    "sum, without pairs": lambda said: without(said, pairs=0),
    "sum of all": lambda said: without(said),
}


def rank_of(scores: np.ndarray, gold: int) -> int:
    """Return the rank of a row, from 1; equal scores by row."""
    return 1 + int((scores > scores[gold]).sum()) + int((scores[:gold] == scores[gold]).sum())


def found_rank(corpus: Corpus, question: str, vector: np.ndarray, gold: int) -> int:
    """Return the rank that the product's own search gives a row, or one beyond all of them."""
    found = retrieve(corpus, question, vector, max(RANKS))
    at = np.flatnonzero(found.rows == gold)
    return int(at[0]) + 1 if len(at) else corpus.n_rows + 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path, help="squadshifts_new_wiki.json.gz")
    parser.add_argument("--titles", choices=("dev", "tuning", "all"), default="dev")
    parser.add_argument("--sample", type=int, help="so many of the questions (default: all)")
    parser.add_argument("--tries", action="store_true", help="measure the parts and other fusions too")
    chosen = parser.parse_args()
    passages, questions = read_articles(chosen.questions)
    questions = choose(questions, chosen.titles, chosen.sample)
    encoder = load_encoder()
    indexed = build(passages, encoder.encode)
    ranks: dict[str, list[list[int]]] = {}
    for variant in (0, 1):
        texts = [change_names(one.text, one.id) if variant else one.text for one in questions]
        for one, text, vector in zip(questions, texts, encoder.encode(texts, kind="query"), strict=True):
            found = found_rank(indexed.corpus, text, vector, one.gold)
            ranks.setdefault("retrieve()", [[], []])[variant].append(found)
            if chosen.tries:
                said = listen(indexed, text, vector)
                for name, attempt in TRIES.items():
                    ranks.setdefault(name, [[], []])[variant].append(rank_of(attempt(said), one.gold))
    print(f"{len(questions)} questions ({chosen.titles}), {len(passages)} paragraphs, recall@1/@5/@10")
    for name, (plain, changed) in ranks.items():
        shares = ["/".join(f"{np.mean(np.array(one) <= at):.3f}" for at in RANKS) for one in (plain, changed)]
        print(f"{name:42} plain {shares[0]}   changed names {shares[1]}")


if __name__ == "__main__":
    main()
