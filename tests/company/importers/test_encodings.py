"""Which encoding a text has, found by its bytes."""

import pytest
from crossborder.company.importers import encodings
from crossborder.errors import InputError

GERMAN = "Bestellung;Größe;Preis\n1;Schüssel, blau;12,50 €\n2;Körbchen für Küche;3,00 €\n"
CHINESE = "订单号,商品,数量\n1,陶瓷花瓶 白色,3\n2,不锈钢水壶,１２\n"
JAPANESE = "注文番号,商品,数量\n1,ガラスのコップ,3\n2,木の箱（小）,1\n"


@pytest.mark.parametrize(
    ("text", "written", "found"),
    [
        (GERMAN, "utf-8", "utf-8"),
        (GERMAN, "utf-8-sig", "utf-8-sig"),
        (GERMAN, "utf-16", "utf-16"),
        (GERMAN, "utf-16-le", "utf-16-le"),
        (GERMAN, "utf-16-be", "utf-16-be"),
        (GERMAN, "cp1252", "cp1252"),
        (CHINESE, "gb18030", "gb18030"),
        (CHINESE, "utf-8", "utf-8"),
        (JAPANESE, "cp932", "cp932"),
        ("a,b\n1,2\n", "ascii", "utf-8"),
    ],
)
def test_the_encoding_is_found_and_the_text_comes_back(tmp_path, text, written, found):
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode(written))
    encoding = encodings.detect(path)
    assert encoding.name == found
    assert encoding.why
    copy = encodings.to_utf8(path, encoding.name, tmp_path / "copy.csv")
    assert copy.read_text(encoding="utf-8") == text


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n\x81\x8d,\xff\xfe\x9d\x81\n")
    with pytest.raises(InputError, match="encoding cannot be told"):
        encodings.detect(path)


def test_a_wrong_encoding_named_by_the_user_is_told(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("Größe\n".encode("cp1252"))
    with pytest.raises(InputError, match="is not utf-8"):
        encodings.to_utf8(path, "utf-8", tmp_path / "copy.csv")
    with pytest.raises(InputError, match="encoding is 'klingon'"):
        encodings.to_utf8(path, "klingon", tmp_path / "copy.csv")


def test_a_character_cut_by_the_block_is_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(encodings, "BLOCK", 3)
    path = tmp_path / "a.csv"
    path.write_bytes(CHINESE.encode("gb18030"))
    assert encodings.to_utf8(path, "gb18030", tmp_path / "copy.csv").read_text(encoding="utf-8") == CHINESE


@pytest.mark.parametrize("block", [1, 2, 3, 4, 1 << 20])
def test_lines_end_in_one_way_wherever_a_block_is_cut(tmp_path, monkeypatch, block):
    monkeypatch.setattr(encodings, "BLOCK", block)
    path = tmp_path / "a.csv"
    path.write_bytes(b"notes\na,b\r\n1,\r2\r\n")
    copy = encodings.to_utf8(path, "utf-8", tmp_path / "copy.csv")
    assert copy.read_bytes() == b"notes\na,b\n1,\r2\n"
