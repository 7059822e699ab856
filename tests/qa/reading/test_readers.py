"""Which reader a setting names."""

import os
from pathlib import Path

import pytest

from embeddings.encoder.cache import user_cache
from embeddings.encoder.encoder import load_encoder
from embeddings.errors import CitebotError
from qa.large.packages import PACKAGES
from qa.reading.readers import MODELS, load_reader

WARNING = "needs 5 packages"


@pytest.fixture
def without_packages(tmp_path, monkeypatch) -> dict[str, str]:
    """An environment where a package of the larger reader is missing, and the reader was never set up."""
    load_encoder()  # its export is then in the cache, to be lent
    cache, site = tmp_path / "cache", tmp_path / "site"
    cache.mkdir()
    for name in ("encoders", "sources"):
        (cache / name).symlink_to(user_cache() / name)
    facts = site / f"{PACKAGES[0].replace('-', '_')}-0.0.1.dist-info"
    facts.mkdir(parents=True)
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {PACKAGES[0]}\nVersion: 0.0.1\n", encoding="utf-8")
    monkeypatch.setenv("CITEBOT_CACHE", str(cache))
    monkeypatch.syspath_prepend(site)
    paths = os.pathsep.join([str(site), str(Path(__file__).parents[3])])
    return {"CITEBOT_CACHE": str(cache), "PYTHONPATH": paths, "CITEBOT_READER": "large"}


def test_where_the_packages_of_the_large_reader_are_missing_one_line_says_so_and_small_answers(
    without_packages, citebot, seeds, seed_index
):
    folders = ("--docs", seeds, "--index", seed_index)
    done = citebot("ask", "Who put out the fire?", *folders, env=without_packages)
    assert done.returncode == 0
    assert "firefighters" in done.stdout
    (line,) = done.stderr.splitlines()
    assert WARNING in line and "pip install 'citebot[large]'" in line and "`small` answers" in line


def test_status_and_doctor_tell_which_reader_answers(without_packages, citebot, seeds, seed_index):
    folders = ("--docs", seeds, "--index", seed_index)
    assert "small, threshold" in citebot("status", *folders, env=without_packages).stdout
    done = citebot("doctor", *folders, env=without_packages)
    assert done.returncode == 1
    assert "the reader is set to large, but small answers" in done.stdout


def test_an_index_is_built_all_the_same(without_packages, citebot, seeds, tmp_path):
    done = citebot("index", "--docs", seeds, "--index", tmp_path / "index", env=without_packages)
    assert done.returncode == 0
    assert done.stderr.count(WARNING) == 1
    assert done.stdout.startswith("1 document")


def test_a_reader_that_does_not_exist_is_told_with_those_that_do():
    with pytest.raises(CitebotError, match="no reader 'huge': set CITEBOT_READER to small, large, sentences, or"):
        load_reader("huge", load_encoder(), dict)


def test_what_lies_in_the_repository_of_a_reader_is_at_most_30_megabytes():
    for reader in MODELS.iterdir():
        assert sum(path.stat().st_size for path in reader.rglob("*") if path.is_file()) <= 30e6, reader
