"""The questions about seeds/: is the gold text in the first quote, and are unanswerable questions refused?

    python benchmarks/answers/seed_questions.py QUESTIONS.jsonl

The file has one {"id", "question", "answers"} a line; without answers, a question is unanswerable. The threshold is
the default one.
"""

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from embeddings.index.build import build_index  # noqa: E402 - runs from a checkout, too
from qa.engine import Engine  # noqa: E402
from qa.evaluation.labelled_questions import read_questions  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--reader", type=Path, help="folder of an exported reader; default: the packaged one")
    arguments = parser.parse_args()
    questions = read_questions(arguments.questions)
    found = given = refused = 0
    with tempfile.TemporaryDirectory() as folder:
        build_index(ROOT / "seeds", Path(folder))
        engine = Engine.open(ROOT / "seeds", Path(folder), reader=arguments.reader)
        for question in questions:
            guess = engine.ask(question.question, threshold=0.0)
            sure = guess.confidence >= engine.threshold
            quoted = bool(guess.quotes) and any(gold in guess.quotes[0].text for gold in question.answers)
            found += quoted
            given += quoted and sure
            refused += not sure and not question.answerable
            verdict = "answered" if sure else "refused"
            print(f"{question.id}\t{verdict}\t{guess.confidence:.2f}\t{question.question}\t{guess.text}")
    answerable = sum(question.answerable for question in questions)
    print(f"gold text in the first quote of the best guess: {found} of {answerable}, answered {given}")
    print(f"unanswerable questions refused: {refused} of {len(questions) - answerable}")


if __name__ == "__main__":
    main()
