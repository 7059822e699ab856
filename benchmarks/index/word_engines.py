"""Compare engines for the word channels: SQLite FTS5, tantivy, bm25s and the arrays of embeddings/search/bm25.py.

    python benchmarks/index/word_engines.py SHARED_DATA [--chunks 100000] [--engines fts5 tantivy bm25s arrays]

The chunks are made of real sentences (new_wiki, reddit, amazon, QAMR, QED, PolicyQA) recombined, so that words are as
frequent as they are in real text; in each chunk one capitalised word is respelled, so that the vocabulary goes on
growing as it does in life. Every engine runs in a process of its own and answers the same questions: any of the words,
the best 100. ``arrays`` does more than the others: look-alikes, close pairs, a row mask if wanted.
"""

import argparse
import gzip
import json
import os
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

SEED = 0
QUESTIONS = 400
SENTENCES = 6
TOP = 100
SQUAD = ("squadshifts_new_wiki", "squadshifts_reddit", "squadshifts_amazon_reviews", "policyqa_dev", "policyqa_test")
ENGINES = ("fts5", "tantivy", "bm25s", "arrays")
Ask = Callable[[str], int]


def collections(data: Path) -> Iterator[list[str]]:
    """Yield the sentences of each collection."""
    for name in SQUAD:
        articles = json.loads(gzip.decompress((data / f"{name}.json.gz").read_bytes()))["data"]
        yield [one for article in articles for part in article["paragraphs"] for one in sentences(part["context"])]
    lines = gzip.decompress((data / "qed_dev.jsonl.gz").read_bytes()).decode().splitlines()
    yield [one for line in lines for one in sentences(json.loads(line)["paragraph_text"])]
    rows = gzip.decompress((data / "qamr_sentences.tsv.gz").read_bytes()).decode().splitlines()
    yield [row.split("\t")[1] for row in rows if "\t" in row]


def sentences(text: str) -> list[str]:
    return [one for one in re.split(r"(?<=[.!?])\s+", text) if one]


def make_chunks(data: Path, count: int) -> Iterator[str]:
    """Yield chunks of six sentences of one collection, the collections in proportion to their size."""
    rng = random.Random(SEED)
    pools = list(collections(data))
    for pool in rng.choices(pools, [len(pool) for pool in pools], k=count):
        yield spell_anew(" ".join(rng.choices(pool, k=SENTENCES)), rng)


def spell_anew(text: str, rng: random.Random) -> str:
    """Change two letters of one capitalised word, if there is one."""
    names = [match.span() for match in re.finditer(r"\b[A-Z][a-z]{3,}", text)]
    if not names:
        return text
    start, end = rng.choice(names)
    letters = list(text[start:end])
    for at in rng.sample(range(1, len(letters)), 2):
        letters[at] = rng.choice("abcdefghijklmnopqrstuvwxyz")
    return text[:start] + "".join(letters) + text[end:]


def read_questions(data: Path) -> list[str]:
    """Return real questions; in every second one a letter of each name is changed (``change_names``)."""
    from retrieval import change_names

    articles = json.loads(gzip.decompress((data / "squadshifts_new_wiki.json.gz").read_bytes()))["data"]
    every = [qa["question"] for article in articles for part in article["paragraphs"] for qa in part["qas"]]
    chosen = random.Random(SEED).sample(every, QUESTIONS)
    return [change_names(one, one) if place % 2 else one for place, one in enumerate(chosen)]


def query_words(question: str) -> list[str]:
    from embeddings.text.words import STOP_WORDS, split_words

    return [word for word in dict.fromkeys(split_words(question)) if word not in STOP_WORDS]


def build_fts5(chunks: list[str], folder: Path) -> None:
    connection = sqlite3.connect(folder / "words.sqlite")
    connection.execute("CREATE VIRTUAL TABLE words USING fts5(text, content='', tokenize='porter unicode61')")
    connection.executemany("INSERT INTO words(rowid, text) VALUES(?, ?)", enumerate(chunks))
    connection.commit()


def open_fts5(folder: Path) -> Ask:
    connection = sqlite3.connect(folder / "words.sqlite")
    sql = f"SELECT rowid, rank FROM words WHERE words MATCH ? ORDER BY rank LIMIT {TOP}"

    def ask(question: str) -> int:
        words = query_words(question)
        return len(connection.execute(sql, (" OR ".join(f'"{one}"' for one in words),)).fetchall()) if words else 0

    return ask


def build_tantivy(chunks: list[str], folder: Path) -> None:
    import tantivy

    schema = (
        tantivy.SchemaBuilder().add_text_field("text", tokenizer_name="en_stem").add_unsigned_field("row", stored=True)
    )
    index = tantivy.Index(schema.build(), path=str(folder))
    writer = index.writer(256_000_000, 1)
    for row, text in enumerate(chunks):
        writer.add_document(tantivy.Document(text=text, row=row))
    writer.commit()
    writer.wait_merging_threads()


def open_tantivy(folder: Path) -> Ask:
    import tantivy

    index = tantivy.Index.open(str(folder))
    searcher = index.searcher()

    def ask(question: str) -> int:
        hits = searcher.search(index.parse_query(" ".join(query_words(question)), ["text"]), TOP).hits
        return len([searcher.doc(address)["row"] for _, address in hits])

    return ask


def build_bm25s(chunks: list[str], folder: Path) -> None:
    import bm25s

    from embeddings.text.words import tokenize

    engine = bm25s.BM25(method="lucene")
    engine.index([tokenize(text) for text in chunks], show_progress=False)
    engine.save(str(folder))


def open_bm25s(folder: Path) -> Ask:
    import bm25s

    from embeddings.text.words import tokenize

    engine = bm25s.BM25.load(str(folder), mmap=True)

    def ask(question: str) -> int:
        rows, _ = engine.retrieve([tokenize(question)], k=TOP, show_progress=False, n_threads=0)
        return len(rows[0])

    return ask


def build_arrays(chunks: list[str], folder: Path) -> None:
    from embeddings.search.bm25 import build_postings
    from embeddings.search.trigrams import build_spellings
    from embeddings.text.words import tokenize

    ids: dict[str, int] = {}
    bags = [np.array([ids.setdefault(term, len(ids) + 1) for term in tokenize(text)], np.uint32) for text in chunks]
    began = time.process_time()
    parts = build_postings(bags), build_spellings((number, term) for term, number in ids.items())
    print(f"of this, deriving from stored term ids: {time.process_time() - began:.1f} s", file=sys.stderr)
    for part in parts:
        for name in part.__slots__:
            np.save(folder / f"{type(part).__name__}.{name}.npy", getattr(part, name))


def open_arrays(folder: Path) -> Ask:
    from embeddings.search.bm25 import Postings, best_rows, score
    from embeddings.search.corpus import Corpus, Part
    from embeddings.search.lexical import read_question, weigh_spellings, weigh_words
    from embeddings.search.proximity import score_pairs
    from embeddings.search.trigrams import Spellings

    postings, spellings = (
        kind(*(np.load(folder / f"{kind.__name__}.{name}.npy", mmap_mode="r") for name in kind.__slots__))
        for kind in (Postings, Spellings)
    )

    corpus = Corpus([Part(None, postings, spellings)])

    def ask(question: str) -> int:
        terms = read_question(question, corpus)
        words, alike = (
            score(postings, weighted, corpus.rarity, corpus.mean_length)
            for weighted in (weigh_words(terms), weigh_spellings(terms))
        )
        rows, _ = best_rows(words + alike, TOP)
        score_pairs(postings, rows, terms, corpus)
        return len(rows)

    return ask


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def run_build(engine: str, data: Path, count: int, folder: Path) -> None:
    chunks = list(make_chunks(data, count))
    began = time.process_time()
    globals()[f"build_{engine}"](chunks, folder)
    print(json.dumps({"build_s": round(time.process_time() - began, 1)}))


def run_ask(engine: str, data: Path, folder: Path) -> None:
    questions = read_questions(data)
    before = resident_mb()
    ask = globals()[f"open_{engine}"](folder)
    times, found = [], 0
    for question in [*questions[:20], *questions]:
        # Processor time, of all threads: what a query costs, whoever else is using the machine.
        began = time.process_time()
        found += ask(question)
        times.append(1e3 * (time.process_time() - began))
    p50, p95 = np.percentile(times[20:], [50, 95])
    facts = {"p50_ms": p50, "p95_ms": p95, "rss_mb": resident_mb() - before, "found": found / len(times)}
    print(json.dumps({name: round(value, 2) for name, value in facts.items()}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder of the labelled questions")
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    parser.add_argument("--step", choices=("build", "ask"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.step == "build":
        return run_build(chosen.engines[0], chosen.data, chosen.chunks, chosen.folder)
    if chosen.step == "ask":
        return run_ask(chosen.engines[0], chosen.data, chosen.folder)
    print(f"{chosen.chunks} chunks, {QUESTIONS} questions, best {TOP}; times are processor time")
    print(f"{'engine':9}{'build s':>9}{'disk MB':>9}{'RSS +MB':>9}{'p50 ms':>9}{'p95 ms':>9}{'found':>7}")
    for engine in chosen.engines:
        with tempfile.TemporaryDirectory() as folder:
            facts = {}
            for step in ("build", "ask"):
                command = [sys.executable, __file__, str(chosen.data), "--engines", engine, "--folder", folder]
                command += ["--step", step, "--chunks", str(chosen.chunks)]
                facts |= json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
            disk = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()) / 1e6
        columns = (facts["rss_mb"], facts["p50_ms"], facts["p95_ms"])
        row = "".join(f"{one:9.1f}" for one in (facts["build_s"], disk, *columns))
        print(f"{engine:9}{row}{facts['found']:7.0f}", flush=True)
    return None


if __name__ == "__main__":
    main()
