import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from embeddings.index.bags import pack_bag, unpack_bag


@given(st.lists(st.one_of(st.integers(0, 300), st.integers(0, 2**32 - 1)), max_size=40))
def test_a_bag_comes_back_as_it_was(ids):
    packed = pack_bag(np.array(ids, np.uint32))
    found = unpack_bag(packed)
    assert found.dtype == np.uint32
    assert found.tolist() == ids
    assert len(packed) <= 1 + 4 * len(ids)


def test_small_ids_take_few_bytes():
    assert [len(pack_bag(np.array([one, 0], np.uint32))) for one in (255, 256, 65_536, 2**24)] == [3, 5, 7, 9]
