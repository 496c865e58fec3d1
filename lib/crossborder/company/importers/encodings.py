"""Which encoding a text file has: found by its bytes, never guessed in silence."""

import codecs
from dataclasses import dataclass
from pathlib import Path

from crossborder.errors import InputError

__all__ = ["Encoding", "detect", "to_utf8"]

BLOCK = 1 << 20
SAMPLE = 4 << 20
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CLOSE_CALL = 0.15


@dataclass(frozen=True)
class Encoding:
    """An encoding and the reason for it, in words."""

    name: str
    why: str


def detect(path: Path) -> Encoding:
    """The encoding of a text file.

    A byte order mark decides; then UTF-8 if the whole file is UTF-8; then UTF-16 without a mark; else GB18030,
    Shift-JIS or cp1252, whichever reads as text of its languages. Raises InputError where that does not decide.
    """
    with path.open("rb") as handle:
        head = handle.read(SAMPLE)
    for mark, name in MARKS:
        if head.startswith(mark):
            return Encoding(name, "its byte order mark says so")
    wide = _wide(head)
    if wide:
        return Encoding(wide, "every second byte is zero")
    if _readable(path, "utf-8"):
        return Encoding("utf-8", "every byte fits" if not head.isascii() else "plain ASCII")
    found = _legacy(path)
    if found is None:
        raise InputError(
            f"{path.name}: the encoding cannot be told\n  it is not UTF-8, and no other one reads as plain text\n"
            "  do: name it, such as --encoding cp1252, gb18030, cp932 or utf-16"
        )
    return found


def to_utf8(path: Path, encoding: str, target: Path) -> Path:
    """A copy of the file in UTF-8 without mark, its lines ended in one way (preambles and rows may differ in that).

    Raises InputError for an encoding that does not exist, or bytes that do not fit it.
    """
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError:
        raise InputError.out_of_range("encoding", encoding, "utf-8, utf-16, gb18030, cp1252, cp932 ...") from None
    try:
        with path.open("rb") as source, target.open("wb") as copy:
            kept = ""  # a return at the end of a block, whose line feed is still to come
            while block := source.read(BLOCK):
                text = kept + decoder.decode(block)
                kept = "\r" if text.endswith("\r") else ""
                copy.write(text[: len(text) - len(kept)].replace("\r\n", "\n").encode("utf-8"))
            copy.write((kept + decoder.decode(b"", final=True)).encode("utf-8"))
    except UnicodeError as error:
        raise InputError(
            f"{path.name} is not {encoding}\n  {_reason(error)}\n"
            "  do: leave --encoding out, or name the right one (utf-8, utf-16, gb18030, cp1252, cp932)"
        ) from None
    return target


def _reason(error: UnicodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"the byte {error.object[error.start]:#04x} does not fit"
    return str(error)


def _wide(head: bytes) -> str:
    """UTF-16 without a mark: one half of the bytes is nearly all zero."""
    if len(head) < 4 or b"\x00" not in head:
        return ""
    even, odd = head[0::2].count(0) / len(head[0::2]), head[1::2].count(0) / len(head[1::2])
    if odd > 0.5 and even < 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > 0.5 and odd < 0.1 else ""


def _readable(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as handle:
            while block := handle.read(BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _legacy(path: Path) -> Encoding | None:
    lines = [line for line in _lines_beyond_ascii(path)]
    text = b"\n".join(lines)
    marks = {}
    for name, score in (("gb18030", _chinese), ("cp932", _japanese), ("cp1252", _western)):
        if _readable(path, name):
            marks[name] = score(text.decode(name))
    ranked = sorted(marks, key=marks.get, reverse=True)
    if not ranked or marks[ranked[0]] < 0.5:
        return None
    if len(ranked) > 1 and marks[ranked[0]] - marks[ranked[1]] < CLOSE_CALL:
        return None
    return Encoding(ranked[0], f"{marks[ranked[0]]:.0%} of its characters beyond ASCII read as text")


def _lines_beyond_ascii(path: Path, most: int = 2000) -> list[bytes]:
    found = []
    with path.open("rb") as handle:
        for line in handle:
            if not line.isascii():
                found.append(line.strip())
                if len(found) == most:
                    break
    return found


def _share(text: str, fits: object) -> float:
    beyond = [place for place, character in enumerate(text) if ord(character) > 127]
    return sum(bool(fits(text, place)) for place in beyond) / len(beyond) if beyond else 0.0


def _chinese(text: str) -> float:
    """Share of characters that are common Chinese ones (first level of GB 2312) or Chinese punctuation."""

    def fits(text: str, place: int) -> bool:
        try:
            lead = text[place].encode("gb2312")[0]
        except UnicodeEncodeError:
            return False
        return lead in (0xA1, 0xA3) or 0xB0 <= lead <= 0xD7

    return _share(text, fits)


def _japanese(text: str) -> float:
    """The same for kana, common kanji (first level of JIS) and Japanese punctuation."""

    def fits(text: str, place: int) -> bool:
        character = text[place]
        if "\u3040" <= character <= "\u30ff":
            return True
        raw = character.encode("cp932", "replace")
        return len(raw) == 2 and (raw[0] in (0x81, 0x82) or 0x88 <= raw[0] <= 0x97)

    return _share(text, fits)


def _western(text: str) -> float:
    """The same for Latin letters beside letters, and for signs such as the pound and the euro."""

    def fits(text: str, place: int) -> bool:
        character = text[place]
        if character in "£€§°´–—‘’“”…®©™²³½¼º\xa0":
            return True
        around = text[max(place - 1, 0) : place] + text[place + 1 : place + 2]
        single = not any(ord(neighbour) > 127 for neighbour in around)
        return (
            character.isalpha() and single and any(neighbour.isascii() and neighbour.isalpha() for neighbour in around)
        )

    return _share(text, fits)
