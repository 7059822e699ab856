"""The cost of a question, end to end in a warm process, in multiples of encoding it with SentenceTransformer.encode.

    python benchmarks/cost/question_cost.py DATA_DIR [--questions 200]

The corpus is the 48 articles of new_wiki (SquadShifts). Each question is asked and encoded in turn in one run, so that
a busy machine affects both alike. Prints the median of each, and their ratio (bar: at most 20).
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))
from new_wiki import write_articles

from embeddings.encoder.encoder import load_encoder
from embeddings.encoder.model_source import find_source
from embeddings.index.build import build_index
from qa.engine import Engine
from qa.evaluation.labelled_questions import read_questions
from qa.reading.reader import load_reader


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--reader", type=Path, help="folder of an exported reader; default: the packaged one")
    arguments = parser.parse_args()
    from sentence_transformers import SentenceTransformer

    encoder = SentenceTransformer(str(find_source(None).folder))
    with tempfile.TemporaryDirectory() as folder:
        written = write_articles(arguments.data, Path(folder) / "wiki")
        questions = [one.question for one in read_questions(written.questions["dev"])]
        questions = random.Random(0).sample(questions, arguments.questions)
        build_index(written.articles, Path(folder) / "index")
        started = time.perf_counter()
        load_encoder(), load_reader(arguments.reader)
        loading = time.perf_counter() - started
        engine = Engine.open(written.articles, Path(folder) / "index", reader=arguments.reader)
        for question in questions[:5]:
            engine.ask(question)
            encoder.encode(question)
        asked, encoded = [], []
        for question in questions:
            for seconds, work in ((asked, engine.ask), (encoded, encoder.encode)):
                started = time.perf_counter()
                work(question)
                seconds.append(time.perf_counter() - started)
        passages = engine.reader.passages
    ratio = median(asked) / median(encoded)
    print(f"encoder and reader loaded in {loading:.2f} s")
    print(f"{len(questions)} questions, {passages} passages read")
    print(f"asked p50 {1000 * median(asked):.1f} ms, encoded p50 {1000 * median(encoded):.1f} ms: {ratio:.1f} times")


if __name__ == "__main__":
    main()
