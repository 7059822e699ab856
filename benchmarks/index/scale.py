"""What grows with the index and what must not: build, change, question, filter, swap, at a number of passages.

    python benchmarks/index/scale.py FOLDER [--passages 100000] [--steps build,change,same,search,cold,swap]

Made articles of fifteen passages each, as files below FOLDER, and an encoder made on the spot (a sum of fixed
directions of words, 384 dimensions), so that what is measured is the index. Times of builds are the processor's; those
of questions are the clock's, since two threads search a large index: have the machine to yourself. Each step is a
process of its own. A hundred thousand passages take minutes. FOLDER is kept: give it again for single steps.
"""

import argparse
import json
import os
import random
import re
import resource
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from embeddings.documents.filters import Filters  # noqa: E402 - runs from a checkout, too

STEPS = ("build", "change", "same", "search", "cold", "swap")
SENTENCES = 30
PASSAGES_A_FILE = 15
TOPICS = 2000
QUESTIONS = 300
ASKED_A_SECOND = 20
SYLLABLES = [one + two for one in "bdfghklmnprstvz" for two in ("a", "e", "i", "o", "u", "an", "er", "il")]
WORD = re.compile(r"\w+")


def made_word(number: int) -> str:
    """Return a word that no other number has."""
    syllables = []
    while number or not syllables:
        number, rest = divmod(number, len(SYLLABLES))
        syllables.append(SYLLABLES[rest])
    return "".join(syllables)


COMMON = [made_word(10_000 + n) for n in range(3000)]


def article(number: int) -> str:
    """Return a made article: words of its topic, common ones, and five names that are nowhere else."""
    rng = random.Random(number)
    topic = 200_000 + 60 * rng.randrange(TOPICS)
    own = [made_word(topic + n) for n in range(60)]
    names = [made_word(2_000_000 + 5 * number + n).title() for n in range(5)]

    def sentence() -> str:
        words = [rng.choice(own) if rng.random() < 0.5 else COMMON[int(3000 * rng.random() ** 3)] for _ in range(17)]
        return " ".join([words[0].title(), rng.choice(names), *words[1:]]) + "."

    return f"{own[0].title()} {names[0]}\n\n" + " ".join(sentence() for _ in range(SENTENCES)) + "\n"


def path_of(number: int) -> str:
    day = date(2000, 1, 1) + timedelta(days=number % 9000)
    return f"area{number % 97}/{day}-{number:06d}.txt"


class Encoder:
    """Each word adds a fixed direction."""

    name, identity, dimension, max_tokens = "made on the spot", "5ca1e" * 12, 384, 60

    def __init__(self) -> None:
        self.directions = np.random.default_rng(0).standard_normal((8192, self.dimension)).astype(np.float32)

    def encode(self, texts: Sequence[str], kind: str = "passage", progress: Callable | None = None) -> np.ndarray:
        rows = [
            self.directions[[zlib.crc32(word.encode()) & 8191 for word in WORD.findall(text.lower())] or [0]].sum(
                axis=0
            )
            for text in texts
        ]
        matrix = np.stack(rows)
        if progress:
            progress(len(texts))
        return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        return [match.span() for match in WORD.finditer(text)]


def questions(files: int) -> list[str]:
    rng = random.Random(1)
    asked = []
    for _ in range(QUESTIONS):
        words = WORD.findall(article(rng.randrange(files)))
        start = rng.randrange(len(words) - 30)
        chosen = rng.sample(words[start : start + 30], 6)
        chosen[0] = chosen[0][:-1] + "x"  # one word misspelled
        asked.append(" ".join(chosen) + "?")
    return asked


def memory() -> dict[str, float]:
    """Return MB of this process: resident, of this no file's, and the most that was ever resident."""
    text = Path("/proc/self/smaps_rollup").read_text()
    parts = {name: int(kb) / 1024 for name, kb in re.findall(r"(\w+):\s+(\d+) kB", text)}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"resident": parts["Rss"], "private": parts["Anonymous"], "peak": peak}


def written_mb() -> float:
    return int(re.search(r"wchar: (\d+)", Path("/proc/self/io").read_text())[1]) / 1e6


def build(docs: Path, index: Path) -> dict:
    from embeddings.index.build import build_index

    encoder, began, wall, before = Encoder(), time.process_time(), time.perf_counter(), written_mb()
    report = build_index(docs, index, encoder=encoder)
    return {
        "documents": report.documents,
        "passages": report.chunks,
        "encoded": report.encoded,
        "cpu_s": time.process_time() - began,
        "process_cpu_s": time.process_time(),
        "wall_s": time.perf_counter() - wall,
        "written_mb": written_mb() - before,
        "peak_mb": memory()["peak"],
        "disk_mb": sum(path.stat().st_size for path in index.iterdir()) / 1e6,
    }


def step_build(docs: Path, index: Path) -> dict:
    return build(docs, index)


def step_change(docs: Path, index: Path) -> dict:
    (docs / path_of(7)).write_text(article(7) + f"It changed at {time.time()}.\n")
    return build(docs, index)


def step_same(docs: Path, index: Path) -> dict:
    paths = [str(path) for path in docs.rglob("*.txt")]
    began = time.process_time()
    for path in paths:
        os.stat(path)  # noqa: PTH116 - the plain call is what the bar is in
    stat = time.process_time() - began
    results = build(docs, index)
    return {**results, "stat_us": 1e6 * stat / len(paths), "over_stat_us": 1e6 * (results["cpu_s"] - stat) / len(paths)}


def open_engine(docs: Path, index: Path):
    from embeddings.passage_index import open_index
    from qa.engine import Engine, _calibration
    from qa.reading.reader import load_reader

    return Engine(docs, index, open_index(index), Encoder(), load_reader(), _calibration(None), 0.5)


def step_cold(docs: Path, index: Path) -> dict:
    """One question from nothing; the bar is a share of the time that importing sentence-transformers takes."""
    began = time.perf_counter()
    before = memory()["private"]
    open_engine(docs, index).ask(questions(1000)[3])
    wall, results = time.perf_counter() - began, memory()
    code = "import time; began = time.perf_counter(); import sentence_transformers; print(time.perf_counter() - began)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    imported = float(done.stdout)
    return {"wall_s": wall, "of_import": wall / imported, "private_mb": results["private"], "before_mb": before}


def timed(ask: Callable[[str], object], asked: list[str]) -> list[float]:
    times = []
    for question in asked:
        began = time.perf_counter()
        ask(question)
        times.append(1e3 * (time.perf_counter() - began))
    return times


def step_search(docs: Path, index: Path) -> dict:
    from embeddings.index.passage_search import search_passages
    from embeddings.index.snapshot import open_snapshot

    encoder, bare = Encoder(), memory()["private"]
    began = time.perf_counter()
    snapshot = open_snapshot(index)
    results = {"open_ms": 1e3 * (time.perf_counter() - began), "segments": len(snapshot.generation.segments)}
    asked = questions(len(list(docs.rglob("*.txt"))))
    vectors = dict(zip(asked, encoder.encode(asked), strict=True))
    for name, filters in (
        ("plain", Filters()),
        ("in", Filters(("area1*",))),
        ("since", Filters((), date(2018, 1, 1))),
    ):
        ask = lambda one, filters=filters: search_passages(snapshot, one, vectors[one], top=20, filters=filters)  # noqa: E731
        began = time.perf_counter()
        ask(asked[0])
        results[f"{name}_first_ms"] = 1e3 * (time.perf_counter() - began)
        times = timed(ask, asked)
        results[f"{name}_p50_ms"], results[f"{name}_p95_ms"] = np.percentile(times, [50, 95]).tolist()
    after = memory()
    results |= {"warm_private_mb": after["private"] - bare, "warm_resident_mb": after["resident"]}
    return {**results, "dense_recall_at_10": recall(index, snapshot)}


def recall(index: Path, snapshot) -> float:
    """Return the share of the ten nearest that the dense channel finds for questions like those of dense_layouts.py."""
    from embeddings.search.dense import search_dense

    ids, vectors = stored_vectors(index)
    rng, found = np.random.default_rng(0), 0
    for _ in range(100):
        one, other = vectors[rng.integers(0, len(vectors), 2)]
        mixed = 0.75 * one + 0.45 * other + 0.35 * rng.standard_normal(len(one)).astype(np.float32) / len(one) ** 0.5
        question = mixed / np.linalg.norm(mixed)
        hits = [
            (base + rows, scores)
            for base, part, mask in snapshot.generation.corpus.masked(None)
            for rows, scores in [search_dense(part.dense, question, 10, mask)]
        ]
        rows, scores = (np.concatenate(one) for one in zip(*hits, strict=True))
        named = {snapshot.generation.chunk_id(int(row)) for row in rows[np.argsort(-scores)[:10]]}
        found += len(named & {ids[n] for n in np.argpartition(-(vectors @ question), 10)[:10]})
    return found / 1000


def stored_vectors(index: Path) -> tuple[list[int], np.ndarray]:
    from embeddings.index.catalogue import open_for_reading

    rows = open_for_reading(index).execute("SELECT c.id, v.vector FROM chunks c JOIN contents v ON v.hash = c.content")
    ids, vectors = zip(*rows, strict=True)
    return list(ids), np.frombuffer(b"".join(vectors), np.float16).reshape(len(ids), -1).astype(np.float32)


def step_swap(docs: Path, index: Path) -> dict:
    """A warm engine is asked while another process changes one file and builds."""
    engine, asked = open_engine(docs, index), questions(1000)
    for question in asked[:40]:
        engine.search(question)
    times, before = [], memory()["resident"]
    builder = threading.Timer(6.0, lambda: run_step("change", docs, index))
    builder.start()
    began, number, swapped, generation = time.perf_counter(), engine.status().generation, None, None
    for step in range(ASKED_A_SECOND * 25):
        time.sleep(max(0.0, began + step / ASKED_A_SECOND - time.perf_counter()))
        start = time.perf_counter()
        engine.search(asked[step % len(asked)])
        times.append((start - began, 1e3 * (time.perf_counter() - start)))
        generation = engine.status().generation if step % ASKED_A_SECOND == 0 else generation
        if swapped is None and generation not in (None, number):
            swapped = start - began
        if swapped is not None and start - began > swapped + 4:
            break
    builder.join()
    calm, busy = ([took for at, took in times if (at < 6.0) == early] for early in (True, False))
    after = memory()["resident"]
    return {
        "p95_before_ms": np.percentile(calm, 95), "p95_during_ms": np.percentile(busy, 95), "most_ms": max(busy),
        "swapped_after_s": None if swapped is None else swapped - 6.0, "resident_before_mb": before,
        "resident_after_mb": after,
    }  # fmt: skip


def run_step(name: str, docs: Path, index: Path) -> dict:
    command = [sys.executable, __file__, str(docs.parent), "--step", name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--steps", default=",".join(STEPS))
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    docs, index = chosen.folder / "docs", chosen.folder / "index"
    if chosen.step:
        print(json.dumps(globals()[f"step_{chosen.step}"](docs, index)))
        return
    for number in range(chosen.passages // PASSAGES_A_FILE if not docs.exists() else 0):
        path = docs / path_of(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(article(number), encoding="utf-8")
    if chosen.steps.startswith("build"):
        time.sleep(3)  # a file that was just written is read twice
    for name in chosen.steps.split(","):
        results = run_step(name, docs, index)
        print(
            name, "  ".join(f"{key} {value:.4g}" if value is not None else f"{key} –" for key, value in results.items())
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main()
