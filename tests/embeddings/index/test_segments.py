"""An index of many segments tells the same as one of a single segment; damage is healed one segment at a time."""

import random
from datetime import date

import numpy as np
import pytest

from embeddings.documents.filters import Filters
from embeddings.index import merging
from embeddings.index.build import build_index
from embeddings.index.generation import open_words
from embeddings.index.integrity import verify
from embeddings.index.merging import Size, plan_merges
from embeddings.index.passage_search import holds_term, search_passages, weigh
from embeddings.index.segments import map_segment_file
from embeddings.index.snapshot import open_snapshot
from embeddings.search import dense, mapped

WORDS = [
    f"{one}{two}{three}" for one in "bdfgklmn" for two in ("ara", "eni", "osu") for three in ("ko", "ldi", "th", "x")
]


def article(number: int, seed: int = 0) -> str:
    rng = random.Random(f"{seed}:{number}")
    sentences = [" ".join(rng.choices(WORDS, k=rng.randrange(4, 14))).capitalize() + "." for _ in range(12)]
    return f"{' '.join(rng.choices(WORDS, k=2)).title()}\n\n" + " ".join(sentences) + "\n"


def questions() -> list[str]:
    rng = random.Random(5)
    asked = [rng.choices(WORDS, k=rng.randrange(1, 6)) for _ in range(30)]
    return [" ".join(word[:-1] + "q" if n % 3 == 0 else word for word in words) for n, words in enumerate(asked)]


def told(snapshot, encoder) -> list:
    """What an index answers, apart from the order of what is worth the same."""
    out = []
    for number, question in enumerate(questions()):
        vector = encoder.encode([question], kind="query")[0]
        filters = Filters(("*3*", "*7*")) if number % 4 == 0 else Filters()
        passages = search_passages(snapshot, question, vector, top=200, filters=filters)
        out.append(
            sorted(
                (
                    -one.score,
                    one.chunk.document,
                    one.chunk.start,
                    *(hit.score for _, hit in sorted(one.channels.items())),
                )
                for one in passages
            )
        )
        out.append(weigh(snapshot, [*question.split(), "nowhere"]))
        out.append([holds_term(snapshot, word) for word in question.split()])
    return out


@pytest.fixture
def in_tiers(monkeypatch):
    """Keep also the smallest index in segments."""
    monkeypatch.setattr(merging, "SMALL_ROWS", 0)


@pytest.fixture
def grown(tmp_path, write_articles, small_encoder, in_tiers):
    """An index that came about in many steps, and an equal folder's built at once."""
    docs, index = write_articles({f"{n}.txt": article(n) for n in range(40)}), tmp_path / "index"
    build_index(docs, index, encoder=small_encoder)
    for step in range(1, 12):
        write_articles({f"{40 + step}.txt": article(40 + step), f"{3 * step}.txt": article(3 * step, seed=step)})
        (docs / f"{step}.txt").unlink()
        build_index(docs, index, encoder=small_encoder)
    whole = tmp_path / "whole"
    build_index(docs, whole, encoder=small_encoder)
    return docs, index, whole


def test_many_segments_tell_what_one_tells(grown, small_encoder):
    _, index, whole = grown
    one, many = open_snapshot(whole), open_snapshot(index)
    assert len(one.generation.segments) == 1 < len(many.generation.segments)
    assert any(segment.facts.gone for segment in many.generation.segments)
    assert one.generation.rows == many.generation.rows == len(many.generation.corpus.live_rows())
    assert one.generation.corpus.mean_length == many.generation.corpus.mean_length
    assert told(one, small_encoder) == told(many, small_encoder)
    assert verify(index) == []


def test_a_change_writes_a_segment_of_its_own_and_leaves_the_others(grown, small_encoder, write_articles):
    docs, index, _ = grown
    before = {path.name: path.stat().st_ino for path in index.glob("*-0*")}
    write_articles({"39.txt": article(39, seed=99)})
    build_index(docs, index, encoder=small_encoder)
    after = {path.name: path.stat().st_ino for path in index.glob("*-0*")}
    assert before.items() - after.items() <= {item for item in before.items() if item[0] not in after}
    largest = max(open_snapshot(index).generation.segments, key=lambda one: one.facts.rows)
    assert before[largest.facts.dense.name] == after[largest.facts.dense.name]


def test_a_swap_opens_the_new_segments_only(grown, small_encoder, write_articles):
    docs, index, _ = grown
    first = open_snapshot(index)
    write_articles({"39.txt": article(39, seed=99)})
    build_index(docs, index, encoder=small_encoder)
    second = open_snapshot(index, first)
    assert second.generation.segments[0].words is first.generation.segments[0].words
    assert told(second, small_encoder) == told(open_snapshot(index), small_encoder)
    assert told(first, small_encoder) != told(second, small_encoder)


def test_segments_stay_few_and_no_row_is_written_again_often():
    sizes, written = [], 0
    for _ in range(3000):
        alone, start = plan_merges(sizes, 10)
        assert alone == []
        merged = sum(one.live for one in sizes[start:]) + 10
        written += merged
        sizes[start:] = [Size(merged, merged)]
    assert len(sizes) <= 12
    assert written / 30_000 <= 16
    assert plan_merges([Size(merging.MAX_ROWS, merging.MAX_ROWS)] * 3, merging.MAX_ROWS) == ([], 3)


def test_no_segment_is_larger_than_what_can_be_derived_in_memory(grown, small_encoder, monkeypatch):
    docs, index, whole = grown
    monkeypatch.setattr(merging, "MAX_ROWS", 20)
    build_index(docs, index, encoder=small_encoder, rebuild=True)
    snapshot = open_snapshot(index)
    sizes = [one.facts.rows for one in snapshot.generation.segments]
    assert len(sizes) > 3 and max(sizes) <= 20
    assert told(snapshot, small_encoder) == told(open_snapshot(whole), small_encoder)
    assert verify(index) == []


def test_a_segment_with_much_gone_is_written_anew(grown, small_encoder):
    docs, index, _ = grown
    for number in range(12, 36):
        (docs / f"{number}.txt").unlink()
    build_index(docs, index, encoder=small_encoder)
    snapshot = open_snapshot(index)
    assert all(len(one.words.chunk_ids) * 2 / 3 <= one.facts.count_live() for one in snapshot.generation.segments)
    assert verify(index) == []


def test_ids_are_not_given_twice(tmp_path, write_articles, small_encoder, in_tiers):
    docs, index = write_articles({f"{n}.txt": article(n) for n in range(9)}), tmp_path / "index"
    build_index(docs, index, encoder=small_encoder)
    for name in ("8.txt", "7.txt", "6.txt"):
        (docs / name).unlink()
        build_index(docs, index, encoder=small_encoder)
        write_articles({name: article(int(name[0]), seed=7) + "A zebra crossed the road.\n"})
        build_index(docs, index, encoder=small_encoder)
        whole = tmp_path / f"whole-{name}"
        build_index(docs, whole, encoder=small_encoder)
        assert told(open_snapshot(index), small_encoder) == told(open_snapshot(whole), small_encoder)
        assert verify(index) == []


def flip(path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 0x10
    path.with_suffix(".new").write_bytes(data)
    path.with_suffix(".new").replace(path)


@pytest.mark.parametrize("name", ["rows", "counts", "bags", "places"])
@pytest.mark.parametrize("with_gone", [False, True])
def test_a_flipped_bit_that_opening_does_not_see_is_found_before_it_is_answered_from(
    grown, small_encoder, monkeypatch, caplog, name, with_gone
):
    docs, index, whole = grown
    monkeypatch.setattr(mapped, "BLOCK_BYTES", 64)
    build_index(docs, whole, encoder=small_encoder, rebuild=True)
    build_index(docs, index, encoder=small_encoder, rebuild=True)
    if with_gone:
        (docs / "39.txt").unlink()
        for folder in (whole, index):
            build_index(docs, folder, encoder=small_encoder)
    expected = told(open_snapshot(whole), small_encoder)
    facts = max((one.facts for one in open_snapshot(index).generation.segments), key=lambda one: one.rows)
    assert bool(facts.gone) == with_gone
    words = open_words(map_segment_file(index, facts.words))
    column = getattr(words.spellings if name == "places" else words.postings, name)
    path = index / facts.words.name
    place = int(words.spellings.indptr[np.argmax(np.diff(words.spellings.indptr))])  # the commonest trigram's
    flip(path, column._start + (place if name == "places" else len(column) // 2) * column._array.itemsize)
    snapshot = open_snapshot(index)
    caplog.clear()
    assert told(snapshot, small_encoder) == expected
    assert f"{path} was damaged" in caplog.text
    assert (verify(index) == []) == (not with_gone)
    (docs / "38.txt").unlink()
    for folder in (whole, index):
        build_index(docs, folder, encoder=small_encoder)
    expected = told(open_snapshot(whole), small_encoder)
    assert told(open_snapshot(index, snapshot), small_encoder) == expected
    build_index(docs, index, encoder=small_encoder, verify=True)
    assert verify(index) == []
    assert told(open_snapshot(index), small_encoder) == expected


@pytest.mark.parametrize("name", ["first_rows", "days", "order", "offsets", "paths"])
def test_a_flipped_bit_hides_no_document_from_a_filter(
    tmp_path, write_articles, small_encoder, monkeypatch, caplog, name
):
    monkeypatch.setattr(mapped, "BLOCK_BYTES", 4)  # no column shares a block with what is read at once
    docs = write_articles(
        {f"area/{day:%Y-%m-%d}.txt": article(day.day) for day in (date(2024, 1, 1), date(2024, 1, 2))}
    )
    index, filters = tmp_path / "index", Filters(("area/2024*",), date(2024, 1, 1))
    build_index(docs, index, encoder=small_encoder)
    snapshot = open_snapshot(index)
    (facts,) = (one.facts for one in snapshot.generation.segments)
    column = getattr(open_words(map_segment_file(index, facts.words)).documents, name)
    flip(index / facts.words.name, column._start)
    snapshot = open_snapshot(index)
    assert "damaged" not in caplog.text
    question = "Who spoke of the harbour?"
    found = search_passages(snapshot, question, small_encoder.encode([question])[0], top=9, filters=filters)
    assert {one.chunk.document for one in found} == {"area/2024-01-01.txt", "area/2024-01-02.txt"}
    assert f"{index / facts.words.name} was damaged" in caplog.text
    assert verify(index) == []


def test_a_flipped_bit_in_an_8_bit_code_is_found_before_it_is_answered_from(
    tmp_path, write_articles, small_encoder, monkeypatch, caplog
):
    monkeypatch.setattr(dense, "FLAT_ROWS", 200)
    monkeypatch.setattr(mapped, "BLOCK_BYTES", 256)
    docs, index = write_articles({f"{n}.txt": article(n) for n in range(120)}), tmp_path / "index"
    build_index(docs, index, encoder=small_encoder)
    before = told(open_snapshot(index), small_encoder)
    (facts,) = (one.facts for one in open_snapshot(index).generation.segments)
    assert facts.dense.head < facts.dense.size
    path = index / facts.dense.name
    flip(path, (facts.dense.head + facts.dense.size) // 2)
    snapshot = open_snapshot(index)
    assert "damaged" not in caplog.text
    assert told(snapshot, small_encoder) == before
    assert f"{path} was damaged" in caplog.text
    assert verify(index) == []


def test_a_build_writes_a_damaged_segment_anew(grown, small_encoder, write_articles, caplog):
    docs, index, _ = grown
    snapshot = open_snapshot(index)
    facts = max((one.facts for one in snapshot.generation.segments), key=lambda one: one.rows)
    flip(index / facts.words.name, facts.words.size // 2)
    first = min(path for path in docs.iterdir() if path.name not in {f"{n}.txt" for n in range(40, 60)})
    first.unlink()  # so that the segment must be read
    build_index(docs, index, encoder=small_encoder)
    assert verify(index) == []
    assert facts.words.name in caplog.text
