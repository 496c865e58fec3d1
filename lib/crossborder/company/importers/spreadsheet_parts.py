"""What a workbook says beside its rows: its sheets, its shared texts, and which formats of cells are dates."""

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element, iterparse

__all__ = ["Parts", "parts"]

# Dates of Chinese, Japanese and Korean programs, which have numbers but no text in the file (ECMA-376, 18.8.30).
EASTERN = {*range(27, 37), *range(50, 59)}


@dataclass(frozen=True)
class Parts:
    """Title of each sheet -> its file in the archive; shared texts; styles that are dates or spans; day zero."""

    sheets: dict[str, str]
    shared: list[str]
    dates: frozenset[int]
    spans: frozenset[int]
    epoch: datetime


def parts(archive: zipfile.ZipFile) -> Parts:
    """The parts of a workbook. Raises KeyError or an error of XML where it is none."""
    from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

    roots = {kind: target for kind, target in _targets(archive, "").values()}
    book = roots.get("officeDocument", "xl/workbook.xml")
    related = _targets(archive, book)
    kinds = {kind: target for kind, target in related.values()}
    sheets, epoch = {}, WINDOWS_EPOCH
    for name, element in _elements(archive, book):
        if name == "sheet":
            key = next(value for word, value in element.attrib.items() if word.endswith("}id"))
            kind, target = related.get(key, ("", ""))
            if kind == "worksheet":
                sheets[element.attrib["name"]] = target
        elif name == "workbookPr" and element.attrib.get("date1904") in ("1", "true"):
            epoch = MAC_EPOCH
    dates, spans = _dates(archive, kinds["styles"]) if "styles" in kinds else (frozenset(), frozenset())
    shared = _shared(archive, kinds["sharedStrings"]) if "sharedStrings" in kinds else []
    return Parts(sheets, shared, dates, spans, epoch)


def _elements(archive: zipfile.ZipFile, path: str) -> Iterator[tuple[str, Element]]:
    with archive.open(path) as source:
        for _, element in iterparse(source):
            yield element.tag.rpartition("}")[2], element


def _targets(archive: zipfile.ZipFile, path: str) -> dict[str, tuple[str, str]]:
    """Key of a relation of the part -> its kind (last word of the type) and the file it names."""
    folder, name = posixpath.split(path)
    relations = posixpath.join(folder, "_rels", f"{name}.rels")
    if relations not in archive.namelist():
        return {}
    found = {}
    for tag, element in _elements(archive, relations):
        if tag == "Relationship":
            target = posixpath.normpath(posixpath.join("/", folder, element.attrib["Target"])).lstrip("/")
            found[element.attrib["Id"]] = (element.attrib["Type"].rpartition("/")[2], target)
    return found


def _shared(archive: zipfile.ZipFile, path: str) -> list[str]:
    """The shared texts, without the readings that Japanese files put beside them."""
    texts: list[str] = []
    for name, element in _elements(archive, path):
        if name == "rPh":
            element.clear()
        elif name == "si":
            texts.append("".join(part.text or "" for part in element.iter() if part.tag.rpartition("}")[2] == "t"))
            element.clear()
    return texts


def _dates(archive: zipfile.ZipFile, path: str) -> tuple[frozenset[int], frozenset[int]]:
    """Places of the cell formats that are dates or times, and of those that are spans of time."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

    formats = dict(BUILTIN_FORMATS)
    used: list[int] = []
    for name, element in _elements(archive, path):
        if name == "numFmt":
            formats[int(element.attrib["numFmtId"])] = element.attrib.get("formatCode", "")
        elif name == "cellXfs":
            used = [int(one.attrib.get("numFmtId", 0)) for one in element]
    dates = frozenset(n for n, one in enumerate(used) if one in EASTERN or is_date_format(formats.get(one, "")))
    return dates, frozenset(n for n in dates if is_timedelta_format(formats.get(used[n], "")))
