"""The labelled sets as records: each with its document's title where the set has it, and its neighbours where it has them.

The 12 last titles of new_wiki and TyDi's development part are never among them.
"""

import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

from embeddings.text.sentences import split_sentences
from qa.train.data import qamr
from qa.train.data.detokenise import tidy_spacing
from qa.train.data.records import Record

NEIGHBOUR_CHARACTERS = 1400
"""How much of an article is kept on either side of a labelled paragraph."""


DEVELOPMENT_TITLES = 12
"""The last titles of new_wiki in alphabetical order, which are never trained on."""


def read_json(path: Path) -> dict:
    """Read a packed JSON file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return json.load(file)


def development_titles(data: Path) -> set[str]:
    """Return the titles of new_wiki that are kept for development."""
    articles = read_json(data / "squadshifts_new_wiki.json.gz")["data"]
    return set(sorted({article["title"] for article in articles})[-DEVELOPMENT_TITLES:])


def best_answer(qa: dict, context: str) -> tuple[int, str, tuple[str, ...]] | None:
    """Return (start, text, all texts) of the answer most annotators gave; among equals the shortest."""
    found = [
        (answer["answer_start"], answer["text"])
        for answer in qa["answers"]
        if answer["text"].strip() and context[answer["answer_start"] :].startswith(answer["text"])
    ]
    if not found:
        return None
    start, text = max(found, key=lambda one: (found.count(one), -len(one[1])))
    return start, text, tuple(one for _, one in found)


def squad_records(articles: list[dict], kind: str, titled: bool) -> Iterator[Record]:
    """Yield the answered questions of a set in SQuAD's form."""
    for article in articles:
        title = article.get("title", "") if titled else ""
        for paragraph in article["paragraphs"]:
            context = paragraph["context"]
            for qa in paragraph["qas"]:
                best = best_answer(qa, context)
                if best:
                    start, text, texts = best
                    yield Record(qa["question"].strip(), context, start, start + len(text), kind, texts, title=title)


def new_wiki(data: Path) -> Iterator[Record]:
    """Yield new_wiki's questions; the passage is the whole article, the labelled paragraph its home."""
    kept = development_titles(data)
    for article in read_json(data / "squadshifts_new_wiki.json.gz")["data"]:
        if article["title"] in kept:
            continue
        text = "\n\n".join(paragraph["context"] for paragraph in article["paragraphs"])
        at = 0
        for paragraph in article["paragraphs"]:
            context = paragraph["context"]
            for qa in paragraph["qas"]:
                best = best_answer(qa, context)
                if best:
                    start, answer, texts = best
                    begin = at + start
                    yield Record(
                        qa["question"].strip(),
                        text,
                        begin,
                        begin + len(answer),
                        "new_wiki",
                        texts,
                        title=article["title"],
                        home=(at, at + len(context)),
                    )
            at += len(context) + 2


def qed(data: Path) -> Iterator[Record]:
    """Yield QED's search queries with the shortest answer of one stretch."""
    with gzip.open(data / "qed_dev.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            spans = [answer[0] for answer in record["original_nq_answers"] if len(answer) == 1]
            if not spans:
                continue
            span = min(spans, key=lambda one: one["end"] - one["start"])
            passage, places = tidy_spacing(record["paragraph_text"])
            start, end = places[span["start"]], places[span["end"] - 1] + 1
            if passage[start:end].strip():
                yield Record(
                    record["question_text"],
                    passage,
                    start,
                    end,
                    "qed",
                    (passage[start:end],),
                    title=record.get("title_text", ""),
                )


def natural_questions(data: Path) -> Iterator[Record]:
    """Yield the queries of nq_oracle whose answer is in their passage."""
    with gzip.open(data / "nq_oracle.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            passage = record["ctxs"][0]["text"]
            shorts = sorted(record["nq_annotated_gold"]["short_answers"] or record["answers"], key=len, reverse=True)
            answer = next((one for one in [*shorts, *record["answers"]] if one and one in passage), None)
            if answer:
                start = passage.find(answer)
                yield Record(
                    record["question"],
                    passage,
                    start,
                    start + len(answer),
                    "nq",
                    tuple(record["answers"]),
                    title=record["ctxs"][0]["title"],
                )


def time_questions(data: Path, r: Random) -> Iterator[Record]:
    """Yield TimeQA's questions within their articles, and those that the whole article does not answer."""
    for name in ("timeqa_train.json.gz", "timeqa_test.json.gz"):
        for article in read_json(data / name)["data"]:
            whole = " ".join(article["article"][1:])
            if len(whole) < 200_000:
                whole = tidy_spacing(whole)[0]
            title = article["title"].replace("_", " ")
            for paragraph in article["paragraphs"]:
                yield from _time_paragraph(paragraph, whole, title)
            yield from _time_unanswered(article["not_answered"], whole, title, r)


def _time_paragraph(paragraph: dict, whole: str, title: str) -> Iterator[Record]:
    context, places = tidy_spacing(paragraph["context"])
    at = whole.find(context)
    for qa in paragraph["qas"]:
        for answer in qa["answers"][:1]:
            start, end = answer["answer_start"], answer["answer_start"] + len(answer["text"])
            if paragraph["context"][start:end] != answer["text"] or not answer["text"].strip():
                continue
            start, end = places[start], places[end - 1] + 1
            answers = (context[start:end],)
            if at < 0:
                yield Record(qa["question"], context, start, end, "timeqa", answers, title=title)
                continue
            low, high = _cut(whole, at, at + len(context))
            shift = at - low
            home = (shift, shift + len(context))
            yield Record(
                qa["question"], whole[low:high], start + shift, end + shift, "timeqa", answers, title=title, home=home
            )


def _cut(whole: str, start: int, end: int) -> tuple[int, int]:
    """Widen a range to the neighbourhood that is kept, whole words only."""
    low, high = max(0, start - NEIGHBOUR_CHARACTERS), min(len(whole), end + NEIGHBOUR_CHARACTERS)
    while low > 0 and whole[low - 1] not in ".\n ":
        low -= 1
    while high < len(whole) and whole[high - 1] != " ":
        high += 1
    return low, high


def _time_unanswered(questions: list, whole: str, title: str, r: Random) -> Iterator[Record]:
    if not questions or len(whole) <= 100:
        return
    sentences = split_sentences(whole)
    for question in questions:
        first = r.randrange(len(sentences))
        last = min(len(sentences) - 1, first + r.choice([5, 8, 12]))
        text = question if isinstance(question, str) else question["question"]
        yield Record(text, whole[sentences[first][0] : sentences[last][1]], None, None, "timeqa", title=title)


def multi_span(data: Path) -> Iterator[Record]:
    """Yield MultiSpanQA's queries: the whole list where it is one span."""
    for entry in read_json(data / "multispanqa_valid.json.gz")["data"]:
        raw, spans = "", []
        for token in entry["context"]:
            spans.append((len(raw), len(raw) + len(token)))
            raw += token + " "
        marked = [n for n, label in enumerate(entry["label"]) if label in "BI"]
        if not marked or spans[marked[-1]][1] - spans[marked[0]][0] > 260:
            continue
        passage, places = tidy_spacing(raw.strip())
        start, end = places[spans[marked[0]][0]], places[spans[marked[-1]][1] - 1] + 1
        yield Record(" ".join(entry["question"]), passage, start, end, "multispan", (passage[start:end],))


WRITTEN = Path(__file__).parent / "written.jsonl"
"""Passages with questions that were written for this by hand, many of them tempting and not answered."""
WRITTEN_TEST_SHARE = 0.1
"""Share of these passages that are kept for development."""


def written(test: bool, file: Path = WRITTEN) -> Iterator[Record]:
    """Yield the questions written by hand, of the passages for training or of those for development."""
    with file.open(encoding="utf-8") as lines:
        for entry in map(json.loads, lines):
            passage, title = entry["passage"], entry["title"]
            kept = hashlib.sha256(passage.encode()).digest()[0] < 256 * WRITTEN_TEST_SHARE
            if kept != test:
                continue
            for asked in entry["questions"]:
                answer = asked["answer"]
                start = passage.find(answer) if answer else None
                yield Record(
                    asked["question"],
                    passage,
                    start,
                    None if start is None else start + len(answer),
                    "written",
                    (answer,) if answer else (),
                    title=title,
                    line=entry["line"],
                    line_needed=entry["line_needed"],
                )


def _sample(records: Iterator[Record], most: int, r: Random) -> list[Record]:
    every = list(records)
    r.shuffle(every)
    return every[:most]


def read_all(data: Path, r: Random) -> list[Record]:
    """Return the training records of all labelled sets."""
    squad = lambda name: read_json(data / name)["data"]
    records = list(new_wiki(data))
    records += list(squad_records(squad("squadshifts_reddit.json.gz"), "reddit", False))
    records += list(squad_records(squad("squadshifts_amazon_reviews.json.gz"), "amazon", False))
    policies = [article for part in ("dev", "test") for article in squad(f"policyqa_{part}.json.gz")]
    records += _sample(squad_records(policies, "policyqa", False), 2500, r)
    records += list(qed(data))
    pairs = qamr.read_qamr(data, r)
    records += _sample((Record(q, p, s, e, "qamr", (p[s:e],)) for q, p, s, e in pairs), 22_000, r)
    records += list(squad_records(squad("tydiqa_en_train.json.gz"), "tydi", True))
    records += list(natural_questions(data))
    records += list(time_questions(data, r))
    records += list(multi_span(data))
    records += list(squad_records(squad("fairytaleqa_spans.json.gz"), "fairytale", True))
    records += list(written(test=False))
    return records


def development(data: Path) -> tuple[list[Record], list[Record]]:
    """Return the development questions of new_wiki and of TyDi, with their titles."""
    kept = development_titles(data)
    articles = [one for one in read_json(data / "squadshifts_new_wiki.json.gz")["data"] if one["title"] in kept]
    wiki = list(squad_records(articles, "new_wiki_dev", True))
    tydi = [
        Record(
            qa["question"],
            paragraph["context"],
            0,
            0,
            "tydi_dev",
            tuple(one["text"] for one in qa["answers"]),
            title=article.get("title", ""),
        )
        for article in read_json(data / "tydiqa_en_dev.json.gz")["data"]
        for paragraph in article["paragraphs"]
        for qa in paragraph["qas"]
    ]
    return wiki, tydi
