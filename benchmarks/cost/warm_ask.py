"""Questions to a warm engine: every quote compared with the file, the time of each stage, and the memory.

    python benchmarks/cost/warm_ask.py DATA_DIR [--questions 7938]

The corpus is the 48 articles of new_wiki (SquadShifts), written as text files. A quote or an answer that differs from
the file's text at its offsets counts as a violation. Each question is asked for its best guess (threshold 0) and, if
the default threshold refuses that, once more as users would see it, with the nearest passages checked, too.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from new_wiki import write_articles

from bot.terminal.answer_json import answer_to_json
from embeddings.index.build import build_index
from qa.engine import Engine
from qa.evaluation.labelled_questions import read_questions
from qa.evaluation.metrics import percentile


def violations(answer: dict, docs: Path) -> int:
    wrong = 0
    for number, quote in enumerate(answer["quotes"]):
        text = (docs / quote["document"]).read_bytes().decode("utf-8")
        wrong += text[quote["start"] : quote["end"]] != quote["text"]
        if answer["answered"]:
            inside = text[quote["answer_start"] : quote["answer_end"]]
            wrong += not quote["start"] <= quote["answer_start"] < quote["answer_end"] <= quote["end"]
            wrong += number == 0 and inside != answer["answer"]
        else:
            wrong += quote["answer_start"] is not None
    return wrong


STAGES = {"vector": "encode", "find": "encode and search", "readings": "read", "ask": "in all"}
"""The engine's methods that are timed, and what they do."""


def time_stages(engine: Engine) -> dict[str, list[float]]:
    """Time these methods from now on; return the seconds of each call."""
    seconds: dict[str, list[float]] = {}
    for name, stage in STAGES.items():
        setattr(engine, name, timed(getattr(engine, name), seconds.setdefault(stage, [])))
    return seconds


def timed(method, seconds: list[float]):
    def call(*args, **named):
        began = time.perf_counter()
        try:
            return method(*args, **named)
        finally:
            seconds.append(time.perf_counter() - began)

    return call


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--questions", type=int, default=7938)
    parser.add_argument("--reader", type=Path, help="folder of an exported reader; default: the packaged one")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        written = write_articles(arguments.data, Path(folder) / "wiki")
        questions = read_questions(written.questions["all"])
        step = max(1, len(questions) // arguments.questions)
        build_index(written.articles, Path(folder) / "index")
        engine = Engine.open(written.articles, Path(folder) / "index", reader=arguments.reader)
        stages = time_stages(engine)
        wrong = quotes = answered = 0
        asked = questions[::step][: arguments.questions]
        for number, question in enumerate(asked, start=1):
            best = engine.ask(question.question, threshold=0.0)
            given = [best] if best.confidence >= engine.threshold else [best, engine.ask(question.question)]
            for answer in (json.loads(json.dumps(answer_to_json(one))) for one in given):
                wrong += violations(answer, written.articles)
                quotes += len(answer["quotes"])
            answered += len(given) == 1
            if number % 500 == 0:
                print(f"{number} asked", file=sys.stderr)
        print(f"{len(asked)} questions, {quotes} quotes, {wrong} violations (bar: 0)")
        print(f"{answered / len(asked):.1%} answered at the default threshold {engine.threshold:.3f}")
        for stage, times in stages.items():
            p50, p95 = (1000 * percentile(times, percent) for percent in (50, 95))
            print(f"{stage:18} p50 {p50:6.1f} ms   p95 {p95:6.1f} ms")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"peak memory {peak:.0f} MB with {engine.snapshot.generation.rows} chunks, building included (bar: 400)")


if __name__ == "__main__":
    main()
