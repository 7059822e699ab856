"""The encoder of the larger reader: found among the packages, put together, and held against its hash."""

import hashlib
import io
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.large.packages import PACKAGES, WANTED, LargeUnavailable, Parts, assemble_body, find_parts

WHOLE = bytes(range(200))


@given(
    cuts=st.lists(st.integers(0, 200), max_size=6), moves=st.lists(st.tuples(st.integers(0, 220), st.integers(1, 90)))
)
def test_several_files_read_as_one(cuts, moves, tmp_path_factory):
    folder = tmp_path_factory.mktemp("parts")
    edges = [0, *sorted(cuts), len(WHOLE)]
    paths = [folder / str(n) for n in range(len(edges) - 1)]
    for path, first, last in zip(paths, edges, edges[1:], strict=False):
        path.write_bytes(WHOLE[first:last])
    with io.BufferedReader(Parts(paths), 16) as file:
        assert file.read() == WHOLE
        for place, count in moves:
            file.seek(place)
            assert file.read(count) == WHOLE[place : place + count]
        assert file.seek(-5, io.SEEK_END) == len(WHOLE) - 5


def test_the_parts_become_the_files_that_went_in(site, body, tmp_path):
    told, target = [], tmp_path / "target"
    target.mkdir()
    sha256 = hashlib.sha256((body / "model.safetensors").read_bytes()).hexdigest()
    assemble_body(find_parts(), target, sha256, lambda *bytes: told.append(bytes))
    for name in WANTED:
        assert (target / name).read_bytes() == (body / name).read_bytes()
    assert told[-1][0] == told[-1][1] == sum((body / name).stat().st_size for name in WANTED)


def test_a_missing_package_is_named_with_the_way_to_get_it(site):
    # Its facts stay, without a file: the real package may be installed where this test runs.
    shutil.rmtree(next(site.glob("all-mpnet*_004")))
    next(site.glob("*_004-*.dist-info/RECORD")).write_text("")
    with pytest.raises(LargeUnavailable, match=rf"missing is one, {PACKAGES[3]} .*pip install 'citebot\[large\]'"):
        find_parts()


def test_a_package_whose_part_is_gone_counts_as_missing(site):
    next(site.glob("*_002/input/*")).unlink()
    with pytest.raises(LargeUnavailable, match=PACKAGES[1]):
        find_parts()


@pytest.mark.parametrize("damage", [lambda data: data[:100], lambda data: data[::-1]], ids=["truncated", "turned"])
@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_damaged_part_is_noticed(site, body, tmp_path, number, damage):
    part = find_parts()[number - 1]
    part.write_bytes(damage(part.read_bytes()))
    sha256 = hashlib.sha256((body / "model.safetensors").read_bytes()).hexdigest()
    with pytest.raises(LargeUnavailable, match=r"--force-reinstall"):
        assemble_body(find_parts(), tmp_path, sha256, lambda *bytes: None)


def test_other_weights_than_wanted_are_refused(site, tmp_path):
    with pytest.raises(LargeUnavailable, match=r"has SHA-256 \w{12}…, wanted is 00000"):
        assemble_body(find_parts(), tmp_path, "0" * 64, lambda *bytes: None)
