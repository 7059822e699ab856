from embeddings.text.encodable import encodable


def test_lone_surrogates_are_replaced_one_for_one():
    assert encodable("a\ud800b\udfff") == "a?b?"
    assert encodable("汉é\U0001f600") == "汉é\U0001f600"
