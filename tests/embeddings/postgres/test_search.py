"""A search in a real PostgreSQL names what a search in a folder names, however many builds made the index."""

import json
import random

import numpy as np
import pytest

from embeddings.documents.filters import Filters
from embeddings.index import merging
from embeddings.passage_index import build, open_index, verify
from embeddings.postgres import words
from embeddings.postgres.memory import ENTRY_BYTES, Lists
from embeddings.postgres.segments import SPELLINGS, WORDS

COMMON = ("council", "budget", "river", "vote", "town", "bridge", "school", "winter")
RARE = tuple(
    f"{one}{other}{third}" for one in ("bal", "kor", "min") for other in ("ded", "tov") for third in ("ar", "el")
)


def article(rng: random.Random) -> str:
    sentences = [
        " ".join(
            rng.choice(RARE) if rng.random() < 0.2 else COMMON[int(len(COMMON) * rng.random() ** 2)]
            for _ in range(rng.randrange(4, 12))
        ).capitalize()
        for _ in range(rng.randrange(1, 6))
    ]
    return f"{rng.choice(RARE).title()} report\n\n" + ". ".join(sentences) + ".\n"


def questions(rng: random.Random) -> list[str]:
    asked = [" ".join(rng.sample(COMMON, 3) + rng.sample(RARE, 2)) + "?" for _ in range(6)]
    misspelled = [f"Did the {rng.choice(COMMON)} reach {rng.choice(RARE)[:-1]}x?" for _ in range(4)]
    return [*asked, *misspelled, "council?", "budget council river vote?", "nothing of this kind zzz?"]


def said(place, question, encoder, filters):
    """Passages by score, equal ones by place: row ids, which decide between them, differ from index to index."""
    index = open_index(place)
    with index.view() as view:
        vector = encoder.encode([question], kind="query")[0]
        passages = index.search(view, question, vector, top=200, filters=filters)
    index.close()
    return sorted(
        (
            (round(-one.score, 4), one.chunk.document, one.chunk.start, channel, round(hit.score, 4))
            for one in passages
            for channel, hit in one.channels.items()
        ),
    )


def test_after_many_builds_a_search_finds_the_same_as_in_a_folder(
    tmp_path, write_articles, small_encoder, database, monkeypatch
):
    monkeypatch.setattr(merging, "SMALL_ROWS", 3)
    rng, folder = random.Random(5), tmp_path / "index"
    docs = write_articles({f"{n % 3}/{n:02d}.txt": article(rng) for n in range(12)})
    segments = set()
    for step in range(6):
        for place in (folder, database):
            build(docs, place, encoder=small_encoder)
        for question in questions(rng):
            for filters in (Filters(), Filters(paths=("1/*",))):
                one, other = (said(place, question, small_encoder, filters) for place in (folder, database))
                assert [row[1:4] for row in one] == [row[1:4] for row in other], (step, question)
                np.testing.assert_allclose([row[4] for row in one], [row[4] for row in other], atol=2e-4)
        with open_index(database).view() as view:
            segments |= {(kind, len(view.segments(kind))) for kind in (WORDS, SPELLINGS)}
        assert verify(database) == []
        write_articles({f"{n % 3}/{n:02d}.txt": article(rng) for n in rng.sample(range(12), 2)})
        write_articles({f"2/{20 + step}.txt": article(rng).replace("report", f"uniqueword{step}")})
        if step > 1:
            (docs / f"2/{18 + step}.txt").unlink()
    assert {kind for kind, count in segments if count > 1} == {WORDS, SPELLINGS}, "one segment tests no merging"


@pytest.mark.parametrize("most", [1, 40])
def test_lists_of_common_words_are_left_out_only_where_they_name_no_passage(
    write_articles, small_encoder, database, monkeypatch, most
):
    rng = random.Random(9)
    docs = write_articles({f"{n:03d}.txt": article(rng) for n in range(150)})
    build(docs, database, encoder=small_encoder)
    asked = questions(rng)
    monkeypatch.setattr("embeddings.postgres.search.DEPTH", 10)
    monkeypatch.setattr("embeddings.postgres.search.POOL_FACTOR", 0)
    monkeypatch.setattr("embeddings.postgres.search.POOL_FLOOR", 10)
    whole = [said(database, question, small_encoder, Filters()) for question in asked]
    read = []
    rest = words._Lists.left_out
    monkeypatch.setattr(words._Lists, "left_out", lambda self, pair: read.append(rest(self, pair)) or read[-1])
    monkeypatch.setattr(words, "FIRST_POSTINGS", most)
    monkeypatch.setattr(words, "SPARE", 15)
    assert [said(database, question, small_encoder, Filters()) for question in asked] == whole
    assert any(read), "no list was left out"


def texts_found(index, encoder, question):
    with index.view() as view:
        vector = encoder.encode([question], kind="query")[0]
        passages = index.search(view, question, vector, top=20, filters=Filters())
        return {one.text for one in passages if one.channels.keys() & {"words", "lexical"}}


def test_lists_that_a_client_keeps_are_not_taken_for_those_of_a_restored_backup(
    write_articles, small_encoder, database, server, monkeypatch
):
    from psycopg.conninfo import conninfo_to_dict

    def write(met):
        said = ("The river rose", "The council met")
        write_articles({f"new{n}.txt": f"New {n}\n\n{said[n in met]}.\n" for n in range(4)})

    monkeypatch.setattr(merging, "SMALL_ROWS", 1)
    name = conninfo_to_dict(database.url)["dbname"]
    docs = write_articles({f"{n}.txt": f"Report {n}\n\nThe town voted on bridge {n}.\n" for n in range(8)})
    build(docs, database, encoder=small_encoder)
    client = open_index(database)
    client.close()  # what it keeps in memory stays
    server.run(f"CREATE DATABASE backup_of_{name} TEMPLATE {name}")
    write(met=range(3))
    build(docs, database, encoder=small_encoder)
    assert "The council met." in " ".join(texts_found(client, small_encoder, "council town voted?"))
    client.close()
    server.run(f"DROP DATABASE {name}")
    server.run(f"CREATE DATABASE {name} TEMPLATE backup_of_{name}")
    write(met=range(3, 4))
    build(docs, database, encoder=small_encoder)
    write_articles({"newer.txt": "Newer\n\nThe council met in the school.\n"})
    build(docs, database, encoder=small_encoder)
    fresh = open_index(database)
    for question in ("council?", "Which river rose?", "town voted?"):
        assert texts_found(client, small_encoder, question) == texts_found(fresh, small_encoder, question), question


def test_a_client_keeps_lists_up_to_a_number_of_bytes_and_drops_those_not_asked_for_longest():
    stored = {(1, key): bytes(100) for key in range(50)}
    fetched = []

    def run(sql, parameters, *, binary):
        segments, keys = (json.loads(f"[{array[1:-1]}]") for array in parameters)
        fetched.extend(keys)
        return [(*one, stored[one]) for one in stored if one[0] in segments and one[1] in keys]

    lists = Lists(most=10 * (100 + ENTRY_BYTES))
    for key in range(50):
        assert lists.read(run, [1], [0, key]) == {(1, 0): bytes(100), (1, key): bytes(100)}
    assert sorted(fetched) == list(range(50)), "what is asked for again and again stays"
    lists.read(run, [1], range(41, 50))
    assert len(fetched) == 50, "the last ten are kept"
    lists.read(run, [1], [40])
    assert fetched[-1] == 40, "what was before them is not"
