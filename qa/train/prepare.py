"""All training questions as token arrays, and the development sets with their texts.

usage: python -m qa.train.prepare DATA TOKENIZER OUT

Writes train.npz and dev.json.gz, a copy of the tokenizer, and samples.txt to look at; takes some minutes on one core.
"""

import gzip
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from random import Random

from tokenizers import Tokenizer

from qa.train.data import changes, parallel_facts, patterns, sources
from qa.train.data.made import comparisons, hedges, lists, periods, premises, pronouns, tables, title_families, titles
from qa.train.data.pack import Packer
from qa.train.data.records import Record
from qa.train.nearest import nearest_by_words

COUNTS = {
    "title": 13_000, "table": 12_000, "period": 9000, "premise": 10_000, "hedge": 3000, "compare": 3000,
    "made_list": 2500, "pronoun": 3500, "hidden_title": 5000, "swapped_verb": 3500, "parallel": 14_000,
}  # fmt: skip
PATTERN_COUNTS = {"definition": 4500, "list": 1200, "reason": 1200, "manner": 800, "yesno": 1500}
NO_PATTERNS = frozenset({"fairytale", "amazon", "reddit", "policyqa"})
TEST_COUNT = 400


def parallel(families: list[str], count: int, seed: int) -> list[Record]:
    """Return questions over parallel facts."""
    return [
        Record(q, p, s, e, "parallel", (p[s:e],) if s is not None else ())
        for p, q, s, e, _ in parallel_facts.make(Random(seed), families, count)
    ]


def from_patterns(records: Sequence[Record], r: Random) -> list[Record]:
    """Return questions that patterns make from the labelled paragraphs."""
    made, seen = [], set()
    for record in records:
        one = changes.own_paragraph(record)
        if one.passage in seen or len(one.passage) > 6000:
            continue
        seen.add(one.passage)
        for question, start, end, kind in patterns.make(one.passage, r):
            if one.kind in NO_PATTERNS and kind in ("definition", "yesno"):
                continue
            made.append(Record(question, one.passage, start, end, kind, (one.passage[start:end],), title=one.title))
    r.shuffle(made)
    taken: Counter[str] = Counter()
    kept = []
    for record in made:
        if taken[record.kind] < PATTERN_COUNTS[record.kind]:
            taken[record.kind] += 1
            kept.append(record)
    return kept


def made_up(labelled: Sequence[Record], r: Random) -> list[Record]:
    """Return the made-up questions of all kinds, many among real sentences."""
    around = changes.Surroundings(labelled, r)
    records = [
        *tables.make(r, tables.TRAIN, COUNTS["table"]), *periods.make(r, periods.TRAIN, COUNTS["period"]),
        *premises.make(r, False, COUNTS["premise"]), *hedges.make(r, COUNTS["hedge"]),
        *comparisons.make(r, COUNTS["compare"]), *lists.make(r, COUNTS["made_list"]),
        *pronouns.make(r, COUNTS["pronoun"]),
    ]  # fmt: skip
    records = [around.around(one, r) for one in records]
    return records + list(titles.make(r, title_families.TRAIN, COUNTS["title"]))


def training(data: Path) -> list[Record]:
    """Return all training records."""
    r = Random(11)
    labelled = sources.read_all(data, r)
    answered = [record for record in labelled if record.start is not None]
    records = labelled + from_patterns(answered, r)
    records += list(changes.swap_names([one for one in records if one.start is not None], r, 0.14))
    records += list(changes.swap_verbs(answered, r, COUNTS["swapped_verb"]))
    records += list(changes.hide_subjects(answered, r, COUNTS["hidden_title"]))
    return records + parallel(parallel_facts.TRAIN, COUNTS["parallel"], 1) + made_up(labelled, Random(12))


def _entry(record: Record, name: str, line: str = "", **more: object) -> dict:
    answers = list(record.answers) if record.start is not None else []
    return {"q": record.question, "p": record.passage, "answers": answers, "set": name, "line": line, **more}


def _others(wiki: list[Record]) -> list[dict]:
    """Return each question with other paragraphs of the development titles: seven for some 400, one for the rest."""
    paragraphs = sorted({record.passage for record in wiki})
    titles_of = {record.passage: record.title.replace("_", " ") for record in wiki}
    nearest = nearest_by_words([one.question for one in wiki], paragraphs, 14)
    entries = []
    for number, (record, rows) in enumerate(zip(wiki, nearest, strict=True)):
        order = [paragraphs[row] for row in rows]
        fitting = [
            p for p in order if p != record.passage and not any(a.casefold() in p.casefold() for a in record.answers)
        ]
        for passage in fitting[: 7 if number % 5 == 0 else 1]:
            for name, line in (("new_wiki_other", ""), ("new_wiki_other_title", titles_of[passage])):
                if line and number % 2:
                    continue
                entries.append(
                    {"q": record.question, "p": passage, "answers": [], "set": name, "line": line, "id": number}
                )
    return entries


def development(data: Path) -> list[dict]:
    """Return the development sets."""
    wiki, tydi = sources.development(data)
    Random(22).shuffle(wiki)  # the first so many of a set are a fair sample of it
    Random(23).shuffle(tydi)
    entries = [_entry(one, "new_wiki_dev", id=n) for n, one in enumerate(wiki)]
    entries += [
        _entry(one, "new_wiki_dev_title", one.title.replace("_", " "), id=n) for n, one in enumerate(wiki) if n % 2 == 0
    ]
    entries += _others(wiki)
    entries += [_entry(one, "tydi_dev") for one in tydi]
    entries += [_entry(one, "tydi_dev_title", one.title) for one in tydi if one.title]
    entries += [_entry(one, "written_test", one.line) for one in sources.written(test=True)]
    entries += [_entry(one, "parallel_test") for one in parallel(parallel_facts.TEST, 1000, 2)]
    r = Random(21)
    entries += [_entry(one, "titles_test", one.line) for one in titles.make(r, title_families.TEST, TEST_COUNT)]
    entries += [_entry(one, "table_test", one.line) for one in tables.make(r, tables.TEST, TEST_COUNT)]
    entries += [_entry(one, "period_test") for one in periods.make(r, periods.TEST, TEST_COUNT)]
    entries += [_entry(one, "premise_test") for one in premises.make(r, True, TEST_COUNT)]
    return entries


def write_samples(records: Sequence[Record], path: Path) -> None:
    """Write some records of each kind to look at."""
    by_kind = defaultdict(list)
    for record in records:
        by_kind[record.kind].append(record)
    with path.open("w", encoding="utf-8") as file:
        for kind, members in sorted(by_kind.items()):
            for one in Random(4).sample(members, min(6, len(members))):
                short = changes.own_paragraph(one)
                others = [(other.line, other.passage[:80]) for other in one.others]
                file.write(
                    f"[{kind}] LINE {one.line or one.title!r}\n{short.passage[:700]!r}\n"
                    f"  Q: {one.question}\n  A: {one.answer or None} {others or ''}\n\n"
                )


def main() -> None:
    """Make everything."""
    data, tokenizer_file, out = map(Path, sys.argv[1:4])
    out.mkdir(exist_ok=True)
    (out / "tokenizer.json").write_bytes(tokenizer_file.read_bytes())
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    with gzip.open(out / "dev.json.gz", "wt", encoding="utf-8") as file:
        entries = development(data)
        json.dump(entries, file)
    print("development", Counter(one["set"] for one in entries), flush=True)
    records = training(data)
    write_samples(records, out / "samples.txt")
    packer = Packer(records, tokenizer, Random(13))
    kinds = packer.pack(out / "train.npz")
    print("records", len(kinds), "lost", packer.lost, "passages", len(packer.ids), "lines", len(packer.lines.all))
    answered = Counter(one.kind for one in records if one.start is not None)
    print({kind: (count, answered[kind]) for kind, count in Counter(kinds).most_common()}, flush=True)


if __name__ == "__main__":
    main()
