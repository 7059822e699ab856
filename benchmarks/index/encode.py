"""The default encoder against SentenceTransformer.encode with its defaults: speed, similarity, recall@5, cold start.

    python benchmarks/index/encode.py DATA [--paragraphs N]

DATA holds squadshifts_new_wiki.json.gz (SquadShifts, Miller et al. 2020). Every paragraph is encoded with its title;
recall@5 is that of the gold paragraph among all of them by exact cosine, over the questions of the development titles:
the 12 last in alphabetical order. Both encoders run in this process:
ours before and after theirs, and its slower time counts.
"""

import argparse
import gzip
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

from embeddings.encoder.encoder import load_encoder

DEVELOPMENT_TITLES = 12
COLD_STARTS = 5
SINGLE_QUESTIONS = 200

COLD_START = """
import time
start = time.perf_counter()
from embeddings.encoder.encoder import load_encoder
imported = time.perf_counter()
encoder = load_encoder()
loaded = time.perf_counter()
encoder.encode(["Who put out the fire?"], "query")
print(imported - start, loaded - imported, time.perf_counter() - loaded)
"""


def read_paragraphs(path: Path) -> tuple[list[str], list[str], np.ndarray]:
    """Texts (title, newline, paragraph) of all articles, development questions, and the row each is answered in."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        articles = json.load(file)["data"]
    development = set(sorted(article["title"] for article in articles)[-DEVELOPMENT_TITLES:])
    texts, questions, gold = [], [], []
    for article in articles:
        for paragraph in article["paragraphs"]:
            if article["title"] in development:
                questions += [item["question"] for item in paragraph["qas"]]
                gold += [len(texts)] * len(paragraph["qas"])
            texts.append(f"{article['title']}\n{paragraph['context']}")
    return texts, questions, np.array(gold)


def recall_at(k: int, questions: np.ndarray, passages: np.ndarray, gold: np.ndarray) -> float:
    """Share of questions whose gold passage is among the ``k`` nearest."""
    scores = questions @ passages.T
    better = (scores > scores[np.arange(len(gold)), gold][:, None]).sum(axis=1)
    return float((better < k).mean())


def timed(encode: Callable[[list[str]], np.ndarray], texts: list[str]) -> tuple[np.ndarray, float, float]:
    """What ``encode`` gives, texts a second, and texts a second of processor time (which a busy machine blurs less)."""
    encode(texts[:16])
    start, start_cpu = time.perf_counter(), time.process_time()
    vectors = encode(texts)
    return vectors, len(texts) / (time.perf_counter() - start), len(texts) / (time.process_time() - start_cpu)


def one_question_ms(encode: Callable[[list[str]], np.ndarray], questions: list[str]) -> tuple[float, float]:
    """Median and 95th percentile of the time one question takes alone, in milliseconds."""
    times = []
    for question in questions[:SINGLE_QUESTIONS]:
        start = time.perf_counter()
        encode([question])
        times.append((time.perf_counter() - start) * 1000)
    return median(times), float(np.percentile(times, 95))


def cold_start_ms() -> list[float]:
    """Import, load and first question in a new process, medians in milliseconds."""
    runs = []
    for _ in range(COLD_STARTS):
        done = subprocess.run([sys.executable, "-c", COLD_START], capture_output=True, text=True, check=True)
        runs.append([float(seconds) * 1000 for seconds in done.stdout.split()])
    return [median(stage) for stage in zip(*runs, strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--paragraphs", type=int, help="time this many paragraphs instead of all (no recall then)")
    options = parser.parse_args()
    texts, questions, gold = read_paragraphs(options.data / "squadshifts_new_wiki.json.gz")
    texts = texts[: options.paragraphs]

    encoder = load_encoder()
    ours, our_speed, our_cpu = timed(encoder.encode, texts)
    our_latency = one_question_ms(lambda batch: encoder.encode(batch, "query"), questions)
    cold = cold_start_ms()

    from sentence_transformers import SentenceTransformer

    from embeddings.encoder.model_source import find_source

    model = SentenceTransformer(str(find_source(None).folder), device="cpu")
    theirs, their_speed, their_cpu = timed(model.encode, texts)
    our_speed = min(our_speed, timed(encoder.encode, texts)[1])
    their_latency = one_question_ms(model.encode, questions)

    cosines = (ours * theirs).sum(axis=1)
    print(f"{len(texts)} paragraphs           SentenceTransformer.encode   citebot")
    print(
        f"texts a second                {their_speed:20.1f} {our_speed:12.1f}   ({our_speed / their_speed:.2f} times)"
    )
    print(f"texts a processor second      {their_cpu:20.1f} {our_cpu:12.1f}   ({our_cpu / their_cpu:.2f} times)")
    print(f"one question, median ms       {their_latency[0]:20.2f} {our_latency[0]:12.2f}")
    print(f"one question, p95 ms          {their_latency[1]:20.2f} {our_latency[1]:12.2f}")
    if options.paragraphs is None:
        their_questions, our_questions = model.encode(questions), encoder.encode(questions, "query")
        for k in (1, 5, 10):
            before, after = recall_at(k, their_questions, theirs, gold), recall_at(k, our_questions, ours, gold)
            label = f"recall@{k} ({len(gold)} questions)"
            print(f"{label:30}{before:20.4f} {after:12.4f}   ({after - before:+.4f})")
    print(f"cosine of the two             median {np.median(cosines):.5f}, least {cosines.min():.5f}")
    print(f"cold start, ms                import {cold[0]:.0f}, load {cold[1]:.0f}, first question {cold[2]:.0f}")


if __name__ == "__main__":
    main()
