"""Write the sets on which the packaged reader is calibrated, each a folder of articles and its questions.

    python benchmarks/answers/calibration_sets.py DATA_DIR OUT_DIR

The questions are of several kinds, so that confidence means the same for all of them: on Wikipedia articles (the
development titles of new_wiki), search questions (TyDi QA, English, development part), questions in ordinary wording
(the open half of `ordinary/`), and questions written by hand whose passages were kept for development
(`qa/train/data/written.jsonl`), many of them tempting but not answered. Then:

    python -m qa.train.calibrate $(cat OUT_DIR/sets.txt) --out qa/models/reader/calibration.json
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]
from new_wiki import DEV_TITLES, read_articles  # noqa: E402 - runs from a checkout, too
from ordinary import gather, read_questions  # noqa: E402

from qa.train.data import sources  # noqa: E402

Asked = tuple[str, Sequence[str], str | None]
"""A question, its answers, and the paragraph that holds them."""


def write(out: Path, name: str, docs: dict[str, str], asked: Iterator[Asked]) -> None:
    folder = out / name
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in docs.items():
        (folder / file).write_text(text, encoding="utf-8", newline="")
    with (out / f"{name}.jsonl").open("w", encoding="utf-8") as lines:
        for number, (question, answers, context) in enumerate(asked):
            record = {"id": f"{name}-{number}", "question": question, "answers": list(answers)}
            lines.write(json.dumps(record | ({"context": context} if context else {})) + "\n")


def wiki(data: Path, out: Path) -> None:
    articles = read_articles(data)[-DEV_TITLES:]
    asked = (
        (qa["question"], [answer["text"] for answer in qa["answers"]], paragraph["context"])
        for article in articles
        for paragraph in article.paragraphs
        for qa in paragraph["qas"]
    )
    write(out, "wiki", {article.file: article.text for article in articles}, asked)


def tydi(data: Path, out: Path) -> None:
    _, records = sources.development(data)
    passages = dict.fromkeys((record.title, record.passage) for record in records)
    docs = {f"{number}.txt": f"{title}\n\n{passage}\n" for number, (title, passage) in enumerate(passages)}
    write(out, "tydi", docs, ((record.question, record.answers, record.passage) for record in records))


def written(out: Path) -> None:
    records = list(sources.written(test=True))
    docs = {}
    for number, (passage, members) in enumerate(groupby(records, key=lambda one: one.passage)):
        first = next(members)
        docs[f"{number}.txt"] = "\n\n".join(dict.fromkeys(filter(None, (first.title, first.line, passage)))) + "\n"
    write(out, "written", docs, ((one.question, one.answers, one.passage if one.answers else None) for one in records))


def ordinary(data: Path, out: Path) -> None:
    docs = out / "ordinary"
    docs.mkdir(parents=True, exist_ok=True)
    gather(data, docs)
    lines = [json.dumps(question) + "\n" for question in read_questions("open")]
    (out / "ordinary.jsonl").write_text("".join(lines), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, metavar="DATA_DIR")
    parser.add_argument("out", type=Path, metavar="OUT_DIR")
    arguments = parser.parse_args()
    wiki(arguments.data, arguments.out)
    tydi(arguments.data, arguments.out)
    written(arguments.out)
    ordinary(arguments.data, arguments.out)
    sets = [
        f"--set {arguments.out / name} {arguments.out / f'{name}.jsonl'}"
        for name in ("wiki", "tydi", "written", "ordinary")
    ]
    (arguments.out / "sets.txt").write_text("\n".join(sets) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
