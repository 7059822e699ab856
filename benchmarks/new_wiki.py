"""Write the 48 articles of SquadShifts' new_wiki as text files, with their questions, for ``citebot eval``.

    python benchmarks/new_wiki.py DATA_DIR OUT_DIR [--without-dev | --hold-out-paragraphs]

DATA_DIR holds ``squadshifts_new_wiki.json.gz`` (Miller et al. 2020, CC BY 4.0). OUT_DIR gets ``articles/`` and
``dev.json`` (the last 12 titles in alphabetical order, never trained on), ``train.json`` (the other 36) and
``all.json``, in SQuAD format; every context is found unchanged in its article.

There are two ways to make questions that the articles do not answer; their gold answers are kept as ``absent_answers``.
``--without-dev`` leaves out the 12 development articles and adds their questions as ``dev_absent.json``.
``--hold-out-paragraphs`` leaves out every second paragraph of these articles and adds ``dev_held_out.json``, whose
questions are answerable if their paragraph was kept.
"""

import argparse
import gzip
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

FILE_NAME = "squadshifts_new_wiki.json.gz"
DEV_TITLES = 12
SETS = ("dev", "train", "all", "dev_absent", "dev_held_out")


@dataclass(frozen=True, slots=True)
class Article:
    """An article in SQuAD's shape: ``paragraphs`` are its ``{"context", "qas"}``."""

    title: str
    file: str
    paragraphs: tuple[dict[str, Any], ...]

    @property
    def text(self) -> str:
        """The file's text: the title, then the paragraphs unchanged, with blank lines between."""
        contexts = (paragraph["context"] for paragraph in self.paragraphs)
        return f"{self.title}\n\n" + "".join(text + ("\n" if text.endswith("\n") else "\n\n") for text in contexts)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, and where."""

    articles: Path
    questions: dict[str, Path]
    """Question file by its name among ``SETS``."""


def read_articles(data: Path) -> list[Article]:
    """Read the articles in alphabetical order; the last ``DEV_TITLES`` are the development set."""
    with gzip.open(data / FILE_NAME, "rt", encoding="utf-8") as file:
        records = sorted(json.load(file)["data"], key=lambda record: record["title"])
    return [
        Article(unquote(r["title"]).replace("_", " "), f"{unquote(r['title'])}.txt", tuple(r["paragraphs"]))
        for r in records
    ]


def write_articles(data: Path, out: Path, *, without_dev: bool = False, hold_out_paragraphs: bool = False) -> Written:
    """Write articles and questions below ``out``, replacing those of an earlier run."""
    whole = read_articles(data)
    train, dev = whole[:-DEV_TITLES], whole[-DEV_TITLES:]
    articles, sets = whole, {"dev": dev, "train": train, "all": whole}
    if without_dev:
        articles, sets = train, {"train": train, "dev_absent": [_absent(article) for article in dev]}
    if hold_out_paragraphs:
        halves = [hold_out(article) for article in dev]
        articles = [*train, *(kept for kept, _ in halves)]
        sets = {"train": train, "dev_held_out": [asked for _, asked in halves]}
    folder = out / "articles"
    folder.mkdir(parents=True, exist_ok=True)
    for article in whole:
        (folder / article.file).unlink(missing_ok=True)
    for name in SETS:
        (out / f"{name}.json").unlink(missing_ok=True)
    for article in articles:
        (folder / article.file).write_text(article.text, encoding="utf-8", newline="")
    for name, asked in sets.items():
        check(asked, {article.title: article.text for article in articles})
        (out / f"{name}.json").write_text(json.dumps(as_squad(asked), ensure_ascii=False), encoding="utf-8")
    return Written(folder, {name: out / f"{name}.json" for name in sets})


def hold_out(article: Article) -> tuple[Article, Article]:
    """Leave out every second paragraph; return the shortened article, and one with the questions of both halves.

    A question that is also asked of a kept paragraph is answered there, so it is dropped.
    """
    kept = article.paragraphs[::2]
    asked_of_kept = {asked["question"].strip().lower() for paragraph in kept for asked in paragraph["qas"]}
    questions = []
    for index, paragraph in enumerate(article.paragraphs):
        if index % 2 == 0:
            questions.append(paragraph)
            continue
        absent = [_absent_question(q) for q in paragraph["qas"] if q["question"].strip().lower() not in asked_of_kept]
        questions.append(paragraph | {"qas": absent})
    return replace(article, paragraphs=kept), replace(article, paragraphs=tuple(questions))


def _absent(article: Article) -> Article:
    absent = [p | {"qas": [_absent_question(asked) for asked in p["qas"]]} for p in article.paragraphs]
    return replace(article, paragraphs=tuple(absent))


def _absent_question(asked: dict[str, Any]) -> dict[str, Any]:
    return asked | {"answers": [], "is_impossible": True, "absent_answers": asked["answers"]}


def check(asked: list[Article], texts: dict[str, str]) -> None:
    """Assert that contexts of answerable questions are in their article, and those of the others in no article."""
    for article in asked:
        for paragraph in article.paragraphs:
            for question in paragraph["qas"]:
                if question["answers"]:
                    assert paragraph["context"] in texts[article.title], (article.title, question["id"])
                else:
                    assert paragraph["context"].strip() not in texts.get(article.title, ""), (
                        article.title,
                        question["id"],
                    )


def as_squad(articles: list[Article]) -> dict[str, Any]:
    """Return articles in SQuAD's shape."""
    data = [{"title": article.title, "paragraphs": list(article.paragraphs)} for article in articles]
    return {"version": "new_wiki", "data": data}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, metavar="DATA_DIR")
    parser.add_argument("out", type=Path, metavar="OUT_DIR")
    lacking = parser.add_mutually_exclusive_group()
    lacking.add_argument("--without-dev", action="store_true", help="leave the development articles out")
    lacking.add_argument("--hold-out-paragraphs", action="store_true", help="leave out every second paragraph of these")
    args = parser.parse_args()
    if not (args.data / FILE_NAME).is_file():
        parser.error(f"{args.data / FILE_NAME} is not there: DATA_DIR is the folder that holds it")
    written = write_articles(
        args.data, args.out, without_dev=args.without_dev, hold_out_paragraphs=args.hold_out_paragraphs
    )
    print(f"{written.articles}: {len(list(written.articles.iterdir()))} articles")
    for path in written.questions.values():
        data = json.loads(path.read_text(encoding="utf-8"))["data"]
        asked = [question for article in data for paragraph in article["paragraphs"] for question in paragraph["qas"]]
        absent = sum(not question["answers"] for question in asked)
        print(f"{path}: {len(asked):,} questions, {absent:,} of them not answered there")


if __name__ == "__main__":
    main()
