"""Text in other encodings is read right or refused by name."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents.files.decode import bad_bytes, decode
from embeddings.documents.loaded import LoadError

RUSSIAN = "Пожар на станции\n\nПожарные потушили огонь в понедельник. Никто не пострадал."
TURKISH = (
    "Yangın\n\nİtfaiyeciler pazartesi günü yangını söndürdü. Şehirde kimse yaralanmadı, çünkü güçlü önlemler alındı."
)
# Without the schwa, which the Turkish page lacks.
AZERBAIJANI_LATIN = "Yanğınsöndürənlər bazar ertəsi yanğını söndürdülər, şəhərdə heç kim xəsarət almadı.".replace(
    "ə", "e"
)
CZECH = "Hasiči v pondělí uhasili požár na čerpací stanici. Nikdo nebyl zraněn, říká šéf úřadu."
FRENCH = "Le président a été reçu à l’Élysée hier soir. Les pompiers ont éteint l’incendie."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (RUSSIAN, "cp866"),
        (TURKISH, "cp1254"),
        (AZERBAIJANI_LATIN, "cp1254"),
        (CZECH, "cp1250"),
        (CZECH, "iso8859-2"),
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


def test_a_long_text_is_read_to_its_end():
    text = f"{RUSSIAN} " * 3000 + "Конец."
    assert decode(text.encode("cp1251")) == text
    assert decode(text.replace("\n", " ").encode("koi8-r")) == text.replace("\n", " ")


@pytest.mark.parametrize("text", [TURKISH, "Plain."])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_its_mark_is_detected_by_its_nul_bytes(text, encoding):
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_cyrillic_utf16_without_its_mark_is_refused_and_never_misread(encoding):
    with pytest.raises(LoadError, match=r"UTF-8|binary"):
        decode(RUSSIAN.encode(encoding))


def test_one_bad_byte_in_utf8_costs_that_byte_alone():
    data = "The bell was cast in Lübeck – “Great Karin”. ".encode() * 20
    assert decode(data + b"\x96 end") == data.decode() + "\ufffd end"
    assert bad_bytes(decode(data + b"\x96 end"), data + b"\x96 end") == 1
    assert bad_bytes(decode(data), data) == 0


def test_a_replacement_character_that_the_file_holds_is_no_bad_byte():
    data = "It says \ufffd here, in Lübeck.".encode()
    assert bad_bytes(decode(data), data) == 0


def test_a_code_page_with_few_letters_beyond_ascii_is_no_damaged_utf8():
    assert decode("The bell was cast in Lübeck and costs €5 – “Great Karin”.".encode("cp1252")).count("\ufffd") == 0


def test_turkish_letters_are_distinguished_from_icelandic_ones():
    assert decode("İstanbul’da yağmur yağıyor.".encode("cp1254")) == "İstanbul’da yağmur yağıyor."


def test_one_nul_makes_a_file_binary():
    with pytest.raises(LoadError, match="binary"):
        decode(b"Text. " * 1000 + b"\0")


def test_bytes_that_are_no_language_are_refused():
    random = Random(5)
    letters = bytes([*range(0x20, 0x7F), *range(0xA0, 0x100)])
    for _ in range(20):
        with pytest.raises(LoadError):
            decode(bytes(random.choices(letters, k=400)))


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
