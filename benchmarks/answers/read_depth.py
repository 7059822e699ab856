"""How many passages to read: quality of the answers, and their cost, by the number of passages the reader is given.

    python benchmarks/answers/read_depth.py DATA_DIR [--questions 400] [--read 3 5 8 16] [--changed-names]

The corpus is the 48 articles of new_wiki (SquadShifts); the questions are those of its 12 development titles. Exact
match and F1 are those of the best guess (threshold 0), in percent; "right" is the share with F1 of at least 0.5. In one
run each question is answered at all depths in turn, so that a busy machine affects them alike.
"""

import argparse
import random
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from new_wiki import write_articles
from retrieval import change_names

from embeddings.documents.filters import Filters
from embeddings.index.build import build_index
from embeddings.index.passage_search import holds_term, search_passages
from qa.answering.candidates import rank
from qa.engine import Engine
from qa.evaluation.labelled_questions import read_questions
from qa.evaluation.metrics import exact_match, f1
from qa.question.respell import respell


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--questions", type=int, default=400)
    parser.add_argument("--reader", type=Path, help="folder of an exported reader; default: the packaged one")
    parser.add_argument("--read", type=int, nargs="+", default=[3, 5, 8, 16])
    parser.add_argument("--changed-names", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        written = write_articles(arguments.data, Path(folder) / "wiki")
        questions = [one for one in read_questions(written.questions["dev"]) if one.answerable]
        questions = random.Random(0).sample(questions, min(arguments.questions, len(questions)))
        build_index(written.articles, Path(folder) / "index")
        engine = Engine.open(written.articles, Path(folder) / "index", reader=arguments.reader)
        seen = {}
        for question in questions:
            asked = change_names(question.question, question.id) if arguments.changed_names else question.question
            vector = engine.vector(asked)
            passages = search_passages(engine.snapshot, asked, vector, top=max(arguments.read), filters=Filters())
            for depth in arguments.read:
                known = partial(holds_term, engine.snapshot)
                ways = {"respelled": respell(asked, passages[:depth], known)}
                if arguments.changed_names:
                    ways["as asked"] = asked
                for way, text in ways.items():
                    started = time.perf_counter()
                    candidates = rank(engine.reader.read(text, passages[:depth]))
                    seconds = time.perf_counter() - started
                    answer = candidates[0].text if candidates else ""
                    scores = exact_match(answer, question.answers), f1(answer, question.answers), seconds
                    seen.setdefault((depth, way), []).append(scores)
    print(f"{len(questions)} development questions, reader {arguments.reader}")
    print("passages read   question    exact match     F1   right   p50 ms   p95 ms")
    for (depth, way), rows in seen.items():
        exact, overlap, seconds = np.array(rows).T
        right = overlap >= 0.5
        p50, p95 = 1000 * np.percentile(seconds, [50, 95])
        print(
            f"{depth:13}   {way:10}   {100 * exact.mean():10.1f}  {100 * overlap.mean():5.1f}"
            f"   {100 * right.mean():5.1f}   {p50:6.1f}   {p95:6.1f}"
        )


if __name__ == "__main__":
    main()
