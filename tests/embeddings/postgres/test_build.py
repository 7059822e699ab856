"""A build in a real PostgreSQL: the same passages as in a folder, all at once or not at all, whatever is killed."""

import random
import threading
import time

import numpy as np
import psycopg
import pytest

from embeddings.documents.filters import Filters
from embeddings.errors import CitebotError, ConnectionLost
from embeddings.index.catalogue import NoIndex
from embeddings.passage_index import build, open_index, remembered_docs, verify
from embeddings.postgres import build as building
from embeddings.postgres import connection
from embeddings.postgres.address import Database

ALL = Filters()
ARTICLES = {
    "fire.txt": "Fire at the station\n\nFirefighters put out the fire. Nobody was hurt in the end.\n",
    "news/visit.txt": "A visit\n\nThe mission will visit Hankendi again. The president said so on Monday.\n",
    "news/grain.txt": "Grain prices\n\nWheat became dearer in spring. Traders expect more of it in autumn.\n",
}
QUESTIONS = (
    "Who put out the fire?",
    "Will the mission visit Khankendi?",
    "What do traders expect of wheat in autumn?",
    "Who is the president of the moon?",
)


def texts_of(place):
    view = open_index(place).snapshot
    return {facts.id: view.document(facts.id).text for facts in view.documents().values()}


def found(place, question, encoder, filters=ALL):
    """What a search finds, without row ids: chunk, text and scores."""
    index = open_index(place)
    vector = encoder.encode([question], kind="query")[0]
    with index.view() as view:
        passages = index.search(view, question, vector, top=10, filters=filters)
    index.close()
    return passages


def test_a_search_finds_the_same_as_in_a_folder(tmp_path, write_articles, small_encoder, database):
    docs, folder = write_articles(ARTICLES), tmp_path / "index"
    for place in (folder, database):
        build(docs, place, encoder=small_encoder)
    assert texts_of(database) == texts_of(folder) == ARTICLES
    for filters in (Filters(), Filters(paths=("news/*",))):
        for question in QUESTIONS:
            one, other = (found(place, question, small_encoder, filters) for place in (folder, database))
            assert [p.chunk for p in one] == [p.chunk for p in other], question
            assert [p.text for p in one] == [p.text for p in other]
            assert [set(p.channels) for p in one] == [set(p.channels) for p in other]
            np.testing.assert_allclose([p.score for p in one], [p.score for p in other], atol=1e-4)
    assert verify(database) == []
    assert remembered_docs(database) == docs.resolve()


def test_a_build_follows_the_folder_and_counts_stay_those_of_a_fresh_one(
    write_articles, small_encoder, new_database, tmp_path
):
    docs, followed, fresh = write_articles(ARTICLES), new_database(), new_database()
    build(docs, followed, encoder=small_encoder)
    assert not build(docs, followed, encoder=small_encoder).committed
    (docs / "fire.txt").unlink()
    write_articles({"news/grain.txt": "Grain prices\n\nBarley became cheaper in winter.\n"})
    (docs / "news/visit.txt").rename(docs / "visit.txt")
    small_encoder.texts.clear()
    report = build(docs, followed, encoder=small_encoder)
    assert (report.deleted, report.changed, report.renamed) == (
        ("fire.txt",),
        ("news/grain.txt",),
        (("news/visit.txt", "visit.txt"),),
    )
    assert not any("mission" in text for text in small_encoder.texts), "what was only renamed is not encoded again"
    build(docs, fresh, encoder=small_encoder)
    assert verify(followed) == []
    terms = [set(run(place, "SELECT term, df FROM terms")) for place in (followed, fresh)]
    assert terms[0] == terms[1]
    assert not {"firefight", "wheat"} & {term for term, _ in terms[0]}, "words of what is gone do not stay"
    assert run(followed, "SELECT count(*) FROM postings") == run(fresh, "SELECT count(*) FROM postings")


def run(place, sql):
    with psycopg.connect(place.url, options="-csearch_path=citebot,public") as connection:
        return connection.execute(sql).fetchall()


def test_vectors_of_what_did_not_change_stay_and_those_of_nothing_go(write_articles, small_encoder, database):
    def vectors():
        return dict(run(database, "SELECT content, xmin::text FROM citebot.vectors"))

    paragraphs = [f"Town {n} has {n} bridges, {n} mills and a market on the river." for n in range(8)]
    docs = write_articles({name: "\n\n".join(["Towns", *paragraphs]) for name in ("one.txt", "two.txt")})
    build(docs, database, encoder=small_encoder)
    before = vectors()
    write_articles({"one.txt": "\n\n".join(["Towns", "Another beginning, much longer.", *paragraphs])})
    build(docs, database, encoder=small_encoder)
    after = vectors()
    assert after.items() > before.items(), "the other article still has all of them, and no row was written again"
    (docs / "one.txt").unlink()
    build(docs, database, encoder=small_encoder)
    assert vectors() == before
    (docs / "two.txt").write_text("Nothing of it")
    build(docs, database, encoder=small_encoder)
    assert len(vectors()) == 1
    assert verify(database) == []


def test_two_builders_take_turns(write_articles, small_encoder, database):
    docs, reports = write_articles(ARTICLES), []
    threads = [
        threading.Thread(target=lambda: reports.append(build(docs, database, encoder=small_encoder))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.committed for one in reports) == [False, True]
    assert verify(database) == []
    with psycopg.connect(database.url, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", (building.LOCK,))
        with pytest.raises(CitebotError, match=r"another build has held .* wait for it to end, or stop it"):
            build(docs, database, encoder=small_encoder, lock_wait_s=0.3)


def test_a_server_killed_amid_a_build_keeps_the_generation_before(
    write_articles, small_encoder, database, server, monkeypatch
):
    docs = write_articles(ARTICLES)
    build(docs, database, encoder=small_encoder)
    write_articles({"fire.txt": "Fire again\n\nNobody put out the second fire.\n"})
    publish = building._Build._publish

    def publish_and_kill(*arguments):
        facts = publish(*arguments)
        server.kill()  # all is written, nothing committed
        return facts

    monkeypatch.setattr(building._Build, "_publish", publish_and_kill)
    with pytest.raises(ConnectionLost, match="see that it runs, then try again"):
        build(docs, database, encoder=small_encoder)
    monkeypatch.undo()
    server.start()
    assert texts_of(database) == ARTICLES
    assert verify(database) == []
    assert build(docs, database, encoder=small_encoder).encoded == 0, "what was staged before the kill is kept"
    assert "second fire" in texts_of(database)["fire.txt"]
    assert verify(database) == []


def test_a_view_stays_at_its_generation_while_a_build_commits(write_articles, small_encoder, database):
    docs = write_articles(ARTICLES)
    build(docs, database, encoder=small_encoder)
    index = open_index(database)
    with index.view() as view:
        # What was read holds locks until the question ends; a build must not wait for them.
        assert view.document("fire.txt").text == ARTICLES["fire.txt"]
        write_articles({"fire.txt": "Fire again\n\nNobody put out the second fire.\n"})
        build(docs, database, encoder=small_encoder)
        assert view.document("fire.txt").text == ARTICLES["fire.txt"]
        vector = small_encoder.encode(["fire"], kind="query")[0]
        passages = index.search(view, "Who put out the fire?", vector, top=5, filters=Filters())
        assert "Firefighters" in " ".join(one.text for one in passages)
    assert index.snapshot.document("fire.txt").text != ARTICLES["fire.txt"]


def test_a_thousand_searches_amid_rebuilds_never_mix_generations(write_articles, small_encoder, database):
    def write(hue):
        return write_articles(
            {f"{n}.txt": f"Report {n}\n\nThe colour of flag {n} is {hue}. It ends.\n" for n in range(4)}
        )

    docs = write("red")
    build(docs, database, encoder=small_encoder)
    index, asked, mixed, generations = open_index(database), [], [], set()
    vector = small_encoder.encode(["colour of the flag"], kind="query")[0]

    def ask():
        while len(asked) < 1000 or len(generations) < 4:
            with index.view() as view:
                passages = index.search(view, "What is the colour of the flag?", vector, top=8, filters=ALL)
                texts = [view.document(one.chunk.document).text for one in passages]
            hues = {
                hue for text in (*texts, *(one.text for one in passages)) for hue in ("red", "green") if hue in text
            }
            generations.add(view.generation.number)
            asked.append(hues)
            if len(hues) != 1:
                mixed.append(hues)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    built = 0
    while any(thread.is_alive() for thread in threads):
        built += 1
        build(write(("green", "red")[built % 2]), database, encoder=small_encoder)
    assert len(asked) >= 1000, "a thread ended of an error"
    assert mixed == []


def test_above_the_exact_rows_an_hnsw_index_finds_the_same(write_articles, small_encoder, database, monkeypatch):
    rng = random.Random(3)
    others = [" ".join(f"word{rng.randrange(500)}" for _ in range(8)) for _ in range(300)]
    docs = write_articles({f"{n}.txt": f"Report {n}\n\nIt names town {n}, {own}.\n" for n, own in enumerate(others)})
    build(docs, database, encoder=small_encoder)
    exact = [found(database, f"Which town does report {n} name?", small_encoder)[0].chunk for n in range(0, 60, 7)]
    monkeypatch.setattr(building, "EXACT_ROWS", 10)
    write_articles({"300.txt": "Report 300\n\nIt names town 300.\n"})
    build(docs, database, encoder=small_encoder)
    assert run(database, "SELECT 1 FROM pg_indexes WHERE indexname = 'vectors_by_product'")
    again = [found(database, f"Which town does report {n} name?", small_encoder)[0].chunk for n in range(0, 60, 7)]
    assert again == exact
    # So few passages would be sorted: the index is all that is left.
    run_alone(database, "DROP INDEX citebot.chunks_by_document")
    forced = "SET enable_seqscan = off; SET enable_sort = off; SET enable_bitmapscan = off;"
    monkeypatch.setattr(connection, "SETTINGS", connection.SETTINGS + forced)
    for path in ("7.txt", "200.txt"):
        (passage,) = found(database, "Which town does report 300 name?", small_encoder, Filters(paths=(path,)))
        assert "dense" in passage.channels, "what filters allow may be far from the question"


def test_what_is_wrong_with_a_database_is_one_line_without_its_password(write_articles, small_encoder, database):
    docs = write_articles(ARTICLES)
    with pytest.raises(NoIndex, match=r"no index yet in postgresql://.*run `citebot index`"):
        open_index(database)
    build(docs, database, encoder=small_encoder)
    run_alone(database, "UPDATE citebot.facts SET value = '0' WHERE key = 'format'")
    with pytest.raises(CitebotError, match=r"tables of version 0, .* run `citebot index --rebuild`"):
        open_index(database)
    assert build(docs, database, encoder=small_encoder, rebuild=True).committed
    assert texts_of(database) == ARTICLES
    for wrong, line in (
        (Database("postgresql://bot:s3cret@127.0.0.1:1/news"), "no connection to the database postgresql://bot@127"),
        (Database("postgresql://bot:s3cret/x@host/news"), "the address postgresql://bot@host/news is none"),
        (Database(database.url.replace("/test_", "/none_")), "create it, or correct CITEBOT_INDEX"),
    ):
        with pytest.raises(CitebotError, match=line) as told:
            open_index(wrong)
        assert "s3cret" not in f"{told.value}{told.value.__cause__}{wrong!r}{wrong}"
        assert "\n" not in str(told.value)


def run_alone(place, sql):
    with psycopg.connect(place.url, autocommit=True) as connection:
        connection.execute(sql)


def test_a_user_who_may_not_create_the_extensions_is_told_what_an_administrator_does(
    write_articles, small_encoder, database
):
    name = f"poor_{time.monotonic_ns()}"
    run_alone(database, f"CREATE ROLE {name} LOGIN")
    poor = Database(database.url.replace("postgres:@", f"{name}:@"))
    with pytest.raises(CitebotError, match=r"no extension vector, .* have an administrator run CREATE EXTENSION"):
        build(write_articles(ARTICLES), poor, encoder=small_encoder)


def test_a_database_that_cannot_be_written_is_told_from_one_that_refuses(write_articles, small_encoder, database):
    docs = write_articles(ARTICLES)
    build(docs, database, encoder=small_encoder)
    name = f"reader_{time.monotonic_ns()}"
    run_alone(database, f"CREATE ROLE {name} LOGIN SUPERUSER; ALTER ROLE {name} SET default_transaction_read_only = on")
    read_only = Database(database.url.replace("postgres:@", f"{name}:@"))
    assert texts_of(read_only) == ARTICLES, "asking only reads"
    write_articles({"fire.txt": "Fire again\n\nNobody put out the second fire.\n"})
    with pytest.raises(CitebotError, match=r"is read only, as a standby is .*: name the primary in CITEBOT_INDEX"):
        build(docs, read_only, encoder=small_encoder)
    assert texts_of(database) == ARTICLES


def test_a_wrong_password_is_told_and_not_shown(write_articles, small_encoder, database, server):
    name = f"guarded_{time.monotonic_ns()}"
    run_alone(database, f"CREATE ROLE {name} LOGIN SUPERUSER PASSWORD 'r1ght'")
    with server.asking_for_passwords(name):
        right, wrong = (
            Database(database.url.replace("postgres:@", f"{name}:{one}@")) for one in ("r1ght", "wr0ng%2Fs3cret")
        )
        for work in (open_index, lambda place: build(write_articles(ARTICLES), place, encoder=small_encoder)):
            with pytest.raises(CitebotError, match=r"refuses the user or the password .* correct them in") as told:
                work(wrong)
            assert not {"wr0ng", "s3cret"} & set(str(told.value).replace("/", " ").split())
            assert "s3cret" not in f"{told.value}{told.value.__cause__}{told.value.__context__}"
            assert "\n" not in str(told.value)
        build(write_articles(ARTICLES), right, encoder=small_encoder)


def test_a_question_whose_connection_is_cut_is_lost_with_a_line_and_the_next_is_answered(
    write_articles, small_encoder, database
):
    build(write_articles(ARTICLES), database, encoder=small_encoder)
    index = open_index(database)
    cut = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with pytest.raises(ConnectionLost, match="see that it runs, then try again"), index.view() as view:
        run_alone(database, cut)
        view.document("fire.txt")
    with index.view() as view:
        assert view.document("fire.txt").text == ARTICLES["fire.txt"]
