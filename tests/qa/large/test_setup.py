"""The larger reader in the cache: made once, whole or not at all, and anew where it is damaged."""

import os
import subprocess
import sys
import time

import pytest
import torch

from embeddings.chunk import Chunk
from embeddings.errors import CitebotError
from embeddings.passage import Passage
from qa.large.packages import LargeUnavailable, find_parts
from qa.large.setup import ADAPTERS_NAME, obtain_large
from qa.span_reader import load_span_reader
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


def test_adapters_that_are_damaged_are_named(site, adapters, cache):
    (adapters / ADAPTERS_NAME).write_bytes(b"\x08\0\0\0\0\0\0\0{}      ")
    with pytest.raises(CitebotError, match=ADAPTERS_NAME):
        obtain_large(adapters)


def test_killed_at_any_moment_it_is_made_by_the_next(site, adapters, cache, repository):
    code = (
        "import sys; sys.path[:0] = sys.argv[2:]; from pathlib import Path; from qa.large.setup import obtain_large;"
        " obtain_large(Path(sys.argv[1]), lambda *step: print(step, flush=True))"
    )
    for steps in (1, 3):
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(adapters), str(repository), str(site)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=os.environ, text=True,
        )  # fmt: skip
        for _ in range(steps):
            process.stdout.readline()
        process.kill()
        process.wait()
        process.stdout.close()
        time.sleep(0.1)
    folder = obtain_large(adapters)
    assert load_span_reader(folder)
    assert [path.name for path in cache.iterdir() if not path.name.endswith(".lock")] == [folder.name]
