"""Five packages as the real ones are laid out, with a small MPNet in their zip, and adapters for it."""

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from embeddings.encoder.model_source import find_source
from qa.large.packages import PACKAGES, WANTED


@pytest.fixture(scope="session")
def body(tmp_path_factory) -> Path:
    """A folder with a small MPNet that nobody trained."""
    import torch
    from tokenizers import Tokenizer
    from transformers import MPNetConfig, MPNetModel

    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("mpnet")
    tokenizer = Tokenizer.from_file(str(find_source().folder / "tokenizer.json"))
    tokenizer.save(str(folder / "tokenizer.json"))
    shape = {"hidden_size": 32, "num_hidden_layers": 5, "num_attention_heads": 2, "intermediate_size": 64}
    MPNetModel(MPNetConfig(vocab_size=tokenizer.get_vocab_size(), **shape)).save_pretrained(folder)
    return folder


def write_packages(site: Path, archive: bytes) -> None:
    """Install a zip in five parts below ``site``, as the real packages lie in site-packages."""
    size = -(-len(archive) // len(PACKAGES))
    for number, name in enumerate(PACKAGES, start=1):
        part = f"{name[:-4]}_{name[-3:]}/input/all-mpnet-base-v2.zip.{number:03}"
        (site / part).parent.mkdir(parents=True)
        (site / part).write_bytes(archive[(number - 1) * size : number * size])
        facts = site / f"{name.replace('-', '_')}-0.0.1.dist-info"
        facts.mkdir()
        (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.0.1\n", encoding="utf-8")
        (facts / "RECORD").write_text(f"{part},,\n{facts.name}/METADATA,,\n{facts.name}/RECORD,,\n", encoding="utf-8")


@pytest.fixture(scope="session")
def archive(body, tmp_path_factory) -> bytes:
    """The zip of the small MPNet: files of the same name lie deeper in it, too, as in the real one."""
    path = tmp_path_factory.mktemp("zip") / "whole.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("all-mpnet-base-v2/1_Pooling/config.json", "{}")
        for name in WANTED:
            file.write(body / name, f"all-mpnet-base-v2/{name}")
    return path.read_bytes()


@pytest.fixture
def site(tmp_path, archive, monkeypatch) -> Path:
    """A folder of installed packages, the five among them."""
    folder = tmp_path / "site"
    write_packages(folder, archive)
    monkeypatch.syspath_prepend(folder)
    return folder


@pytest.fixture
def adapters(body, tmp_path) -> Path:
    """A folder with adapters for the small MPNet, as ``qa.train.export --adapters-only`` writes them."""
    import torch

    from qa.train.export import write_adapters
    from qa.train.model import SpanModel

    torch.manual_seed(1)
    learnt = SpanModel(body, adapters=True).learnt()
    run = tmp_path / "run"
    run.mkdir()
    torch.save({"model": {name: one + 0.05 * torch.randn_like(one) for name, one in learnt.items()}}, run / "c.pt")
    facts = {"adapters": True, "windows": "sentence"}
    facts["body"] = hashlib.sha256((body / "model.safetensors").read_bytes()).hexdigest()
    (run / "run.json").write_text(json.dumps(facts), encoding="utf-8")
    write_adapters(run / "c.pt", tmp_path / "adapters")
    return tmp_path / "adapters"
