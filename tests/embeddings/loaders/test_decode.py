"""Text in other encodings is read right or refused by name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.loaders.decode import decode
from embeddings.loaders.loaded import LoadError

RUSSIAN = "Пожар на станции\n\nПожарные потушили огонь в понедельник. Никто не пострадал."
TURKISH = (
    "Yangın\n\nİtfaiyeciler pazartesi günü yangını söndürdü. Şehirde kimse yaralanmadı, çünkü güçlü önlemler alındı."
)
AZERBAIJANI_LATIN = "Prezident dünən Bakıda görüş keçirdi. Görüşdə regionun vəziyyəti müzakirə olundu."
FRENCH = "Le président a été reçu à l’Élysée hier soir. Les pompiers ont éteint l’incendie."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (TURKISH, "cp1254"),
        (FRENCH, "cp1252"),
        (TURKISH, "utf-16"),
        (RUSSIAN, "utf-32"),
    ],
)
def test_common_encodings_are_read_right(text, encoding):
    assert decode(text.encode(encoding)) == text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_utf8_comes_back_unchanged(text):
    assert decode(text.encode("utf-8")) == text


def test_a_byte_order_mark_of_utf8_is_part_of_the_text():
    assert decode(b"\xef\xbb\xbfTitle\r\n") == "\ufeffTitle\r\n"


@pytest.mark.parametrize("data", [bytes(range(256)) * 20, b"\x00\x01\x02" * 400, b"\x93\x00\x12binary\xff" * 50])
def test_binary_data_is_refused_by_name(data):
    with pytest.raises(LoadError, match="binary"):
        decode(data)


@given(st.binary(max_size=2000))
def test_any_bytes_are_text_or_a_named_refusal(data):
    try:
        assert isinstance(decode(data), str)
    except LoadError as error:
        assert str(error)
