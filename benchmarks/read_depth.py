"""How many passages are worth reading: answers, and what they cost, by the number of passages the reader is given.

    python benchmarks/read_depth.py DATA_DIR [--questions 400] [--reader small] [--read 3 5 8 16]

The corpus are the 48 articles of new_wiki (SquadShifts); the questions are those of its 12 development titles. Exact
match and F1 are of the best guess (threshold 0), in percent; "right" is the share with F1 from 0.5. All depths answer
the same questions in one run, one after the other question by question, so that a busy machine hits them alike.
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from new_wiki import write_articles

from embeddings.build import build_index
from embeddings.filters import Filters
from embeddings.search import search_passages
from qa.candidates import rank
from qa.engine import Engine
from qa.metrics import exact_match, f1
from qa.questions import read_questions


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--questions", type=int, default=400)
    parser.add_argument("--reader", default="small")
    parser.add_argument("--read", type=int, nargs="+", default=[3, 5, 8, 16])
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        written = write_articles(arguments.data, Path(folder) / "wiki")
        questions = [one for one in read_questions(written.questions["dev"]) if one.answerable]
        questions = random.Random(0).sample(questions, min(arguments.questions, len(questions)))
        build_index(written.articles, Path(folder) / "index")
        engine = Engine.open(written.articles, Path(folder) / "index", reader=arguments.reader)
        seen = {depth: [] for depth in arguments.read}
        for question in questions:
            vector = engine.vector(question.question)
            passages = search_passages(
                engine.snapshot, question.question, vector, top=max(arguments.read), filters=Filters()
            )
            for depth in arguments.read:
                started = time.perf_counter()
                candidates = rank(engine.reader.read(question.question, passages[:depth]))
                seconds = time.perf_counter() - started
                answer = candidates[0].text if candidates else ""
                seen[depth].append((exact_match(answer, question.answers), f1(answer, question.answers), seconds))
    print(f"{len(questions)} development questions, reader {arguments.reader}")
    print("passages read   exact match     F1   right   p50 ms   p95 ms")
    for depth, rows in seen.items():
        exact, overlap, seconds = np.array(rows).T
        right = overlap >= 0.5
        p50, p95 = 1000 * np.percentile(seconds, [50, 95])
        print(
            f"{depth:13}   {100 * exact.mean():11.1f}  {100 * overlap.mean():5.1f}   {100 * right.mean():5.1f}"
            f"   {p50:6.1f}   {p95:6.1f}"
        )


if __name__ == "__main__":
    main()
