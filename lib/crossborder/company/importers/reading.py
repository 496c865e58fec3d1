"""Opening a file as it was exported: encoding, delimiter, preamble, header row; rows laid on the desk unchanged."""

import csv
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from crossborder.company import csv_files
from crossborder.company.importers import encodings, spreadsheets
from crossborder.company.importers.desk import quoted
from crossborder.company.importers.interface import Field, Options, Source
from crossborder.company.problems import FIRST_ROWS, Problem
from crossborder.errors import InputError

if TYPE_CHECKING:
    from crossborder.company.importers.desk import Desk

__all__ = ["header_key", "match_fields", "open_sources", "there"]

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
PREAMBLE = 60  # rows among which the header is looked for
SHEETS, COLUMNAR, JSON = (".xlsx", ".xlsm"), (".parquet", ".pq"), (".jsonl", ".ndjson", ".json")


def header_key(header: str) -> str:
    """A header without case, width, accents, spaces and punctuation: what is compared."""
    form = unicodedata.normalize("NFKD", str(header)).casefold()
    return re.sub(r"[^\w]|_", "", "".join(c for c in form if not unicodedata.combining(c)))


def match_fields(headers: list[str], fields: tuple[Field, ...]) -> dict[str, str]:
    """Field name -> the file's header that fills it: the first of the field's headers that the file has."""
    there: dict[str, str] = {}
    for header in headers:
        there.setdefault(header_key(header), header)
    found = {}
    for field in fields:
        hit = next((there[header_key(h)] for h in field.headers if header_key(h) in there), None)
        if hit is not None:
            found[field.name] = hit
    return found


def there(path: Path) -> Path:
    """The path of a file with something in it; InputError where there is none."""
    if not path.is_file():
        raise InputError(f"no file {path.name!r}\n  looked for: {path}\n  do: correct the path")
    if path.stat().st_size == 0:
        raise InputError(f"{path.name} is empty\n  it has no header and no rows\n  do: export it again")
    return path


def open_sources(
    desk: "Desk", path: Path, fields: tuple[Field, ...], options: Options, quotes: bool = True
) -> list[Source]:  # fmt: skip
    """The file's rows on the desk, one column a field that it has, and `file_`, `row_`; a workbook gives one a sheet.

    With no `fields` every column of the file comes under its own header. `quotes=False` for formats that never quote
    between tabs: quotation marks are then plain characters unless the header itself is quoted.
    Needed fields that the file lacks go to the desk as problems. Raises InputError for a file that is not there, is
    empty, or is not of a kind that can be read.
    """
    path = there(path)
    suffix = path.suffix.lower()
    if suffix in COLUMNAR:
        return [_from_engine(desk, path, f"read_parquet({quoted(path)})", fields, {"kind": "Parquet"})]
    if suffix in JSON:
        call = f"read_json({quoted(_plain_json(desk, path))}, maximum_object_size = 67108864)"
        return [_from_engine(desk, path, call, fields, {"kind": "JSON"})]
    if suffix in SHEETS:
        return _from_workbook(desk, path, fields, options)
    if suffix == ".xls":
        raise InputError(f"{path.name} is an old Excel file\n  .xls cannot be read\n  do: save it as .xlsx or CSV")
    return [_from_csv(desk, path, fields, options, quotes)]


def _plain_json(desk: "Desk", path: Path) -> Path:
    """The file, or a copy without the byte order mark and in UTF-8 where it is not so, as the engine wants it."""
    with path.open("rb") as handle:
        head = handle.read(4)
    marked = head.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) or b"\x00" in head
    return encodings.to_utf8(path, encodings.detect(path).name, desk.folder / f"{path.stem}.json") if marked else path


def _from_workbook(desk: "Desk", path: Path, fields: tuple[Field, ...], options: Options) -> list[Source]:
    """The sheets that have the needed headers; the others are told. Without any, the first, with what it lacks."""
    copies = spreadsheets.to_csv(path, desk.folder, options.sheet)
    if not copies:
        raise InputError(f"{path.name} is empty\n  its sheets have no rows\n  do: export it again")
    headers = {title: _header(text, ",", fields, True)[1] for title, text in copies.items()}
    needed = {field.name for field in fields if field.needed}
    first = next(iter(headers))
    chosen = [
        title
        for title, header in headers.items()
        if (needed <= set(match_fields(header, fields)) if fields else header == headers[first])
    ] or [first]
    for title in headers.keys() - set(chosen):
        desk.note(f"{path.name}: sheet {title!r} has other columns and is not read")
    places = {title: path if len(chosen) == 1 else path.with_name(f"{path.name}: {title}") for title in chosen}
    kind = {"kind": "Excel"}
    return [_from_text(desk, places[title], copies[title], ",", fields, dict(kind), True) for title in chosen]


def _from_csv(desk: "Desk", path: Path, fields: tuple[Field, ...], options: Options, quotes: bool) -> Source:
    with path.open("rb") as handle:
        other = csv_files.other_format(handle.read(512))
    if other:
        do = "do: give it its own ending if it is an export (.xlsx, .parquet), or export it again as CSV"
        raise InputError(f"{path.name} is {other}, not text with cells\n  its first bytes say so\n  {do}")
    chosen = encodings.Encoding(options.encoding, "as told") if options.encoding else encodings.detect(path)
    text = encodings.to_utf8(path, chosen.name, desk.folder / f"{path.stem}-utf8.txt")
    delimiter = _named(options.delimiter) or _delimiter(text)
    settings = {
        "kind": "text",
        "encoding": f"{chosen.name} ({chosen.why})",
        "delimiter": DELIMITERS.get(delimiter, delimiter),
    }
    # Only tab-separated exports go without quotation marks: where commas cut, a comma in a title must be quoted.
    return _from_text(desk, path, text, delimiter, fields, settings, quotes or delimiter != "\t")


def _named(delimiter: str) -> str:
    if not delimiter:
        return ""
    by_name = {name: sign for sign, name in DELIMITERS.items()} | {r"\t": "\t"}
    sign = by_name.get(delimiter, delimiter)
    if len(sign) != 1:
        raise InputError.unknown("delimiter", delimiter, DELIMITERS.values())
    return sign


def _delimiter(text: Path) -> str:
    """The sign that cuts most lines into the same number of parts."""
    with text.open(encoding="utf-8", newline="") as handle:
        sample = [line for _, line in zip(range(200), handle, strict=False)]
    best, mark = ",", (0.0, 0)
    for sign in DELIMITERS:
        widths = [len(row) for row in csv.reader(sample, delimiter=sign)]
        usual = max(set(widths), key=widths.count, default=1)
        score = (sum(width == usual for width in widths if width > 1) / max(len(widths), 1), usual)
        if usual > 1 and score > mark:
            best, mark = sign, score
    return best


def _from_text(
    desk: "Desk", path: Path, text: Path, delimiter: str, fields: tuple[Field, ...], settings: dict[str, str], quotes: bool
) -> Source:  # fmt: skip
    lines_before, header, marks = _header(text, delimiter, fields, quotes)
    if not any(cell.strip() for cell in header):
        raise InputError(f"{path.name} has no header\n  its first rows are empty\n  do: export it again")
    names = _distinct(header)
    columns = "{" + ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in names) + "}"
    quote = "'\"', escape = '\"'" if marks else "''"
    call = (
        f"read_csv({quoted(text)}, header = false, skip = {lines_before}, delim = {quoted(delimiter)}, quote = {quote},"
        f" auto_detect = false, columns = {columns}, store_rejects = true, rejects_limit = 0, max_line_size = 16777216,"
        " strict_mode = true)"
    )
    settings |= {"header": f"row {lines_before}"}
    source = _laid(desk, path, call, names, fields, settings, lines_before)
    _rejected(desk, path, lines_before)
    if not source.rows and _goes_on(text, lines_before):
        desk.problems.append(
            Problem.of(path.name, "", "", "no row below the header can be read", "export it again", count=1)
        )
    return source


def _goes_on(text: Path, before: int) -> bool:
    """Whether anything stands below the header."""
    with text.open(encoding="utf-8", newline="") as handle:
        return any(line.strip() for place, line in enumerate(handle) if place >= before)


def _header(text: Path, delimiter: str, fields: tuple[Field, ...], quotes: bool) -> tuple[int, list[str], bool]:
    """Lines up to and with the header, its cells, and whether quotation marks quote.

    The header is the row, among the first ones, that names most fields; without fields the first row with cells.
    """
    with text.open(encoding="utf-8", newline="") as handle:
        sample = [line for _, line in zip(range(PREAMBLE), handle, strict=False)]
    marks = quotes or next((line for line in sample if line.strip()), "").startswith('"')
    reader = csv.reader(sample, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if marks else csv.QUOTE_NONE)
    best, score = (0, [], marks), -1
    for row in reader:
        if not any(cell.strip() for cell in row):
            continue
        hits = len(match_fields(row, fields))
        if hits > score:
            best, score = (reader.line_num, [cell.strip() for cell in row], marks), hits
        if not fields:
            break
    return best


def _distinct(header: list[str]) -> list[str]:
    """Headers made distinct as the engine needs them: an empty one gets its place, a doubled one a number."""
    seen: dict[str, int] = {}
    names = []
    for place, cell in enumerate(header, start=1):
        name = cell or f"column {place}"
        seen[name.casefold()] = seen.get(name.casefold(), 0) + 1
        count = seen[name.casefold()]
        names.append(name if count == 1 else f"{name}.{count - 1}")
    return names


def _from_engine(desk: "Desk", path: Path, call: str, fields: tuple[Field, ...], settings: dict[str, str]) -> Source:
    import duckdb

    try:
        names = list(desk.columns(call))
        return _laid(desk, path, call, names, fields, settings, 1)
    except duckdb.Error as error:
        reason = str(error).strip().splitlines()[0].replace(str(path), path.name)
        raise InputError(
            f"{path.name} cannot be read as {settings['kind']}\n  {reason}\n  do: export it again"
        ) from None


def _laid(
    desk: "Desk", path: Path, call: str, names: list[str], fields: tuple[Field, ...], settings: dict[str, str], before: int
) -> Source:  # fmt: skip
    found = match_fields(names, fields) if fields else {name: name for name in names}
    missing = [field for field in fields if field.needed and field.name not in found]
    for field in missing:
        spare = [name for name in names if name not in found.values()]
        remedy = f"one of these headers: {', '.join(field.headers[:4])}"
        remedy += f"; the file has: {', '.join(spare[:12])}" if spare else ""
        desk.problems.append(Problem.of(path.name, "", field.headers[0], "column is missing", remedy, count=1))
    cells = [f"{_cell(header)} AS {_cell(name)}" for name, header in found.items()]
    query = f"SELECT {quoted(path.name)} AS file_, row_number() OVER () + {before} AS row_{''.join(', ' + c for c in cells)} FROM {call}"
    table = desk.keep(query, "source")
    return Source(path, table, tuple(names), found, int(desk.one(f"SELECT count(*) FROM {table}")[0]), settings)


def _cell(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _rejected(desk: "Desk", path: Path, before: int) -> None:
    """Rows that do not have the header's number of cells, or that are not closed: told, never guessed."""
    bad = desk.rows("SELECT line, csv_line, lower(CAST(error_type AS VARCHAR)) FROM reject_errors ORDER BY line")
    for kind in dict.fromkeys(row[2] for row in bad):
        rows = [row for row in bad if row[2] == kind]
        remedy = "mend these rows, or export the file again (it may have been cut off or edited)"
        desk.problems.append(
            Problem.of(path.name, "", "", f"row cannot be split into the header's columns ({kind})", remedy,
                       [row[0] for row in rows], [row[1] for row in rows[:FIRST_ROWS]])
        )  # fmt: skip
    desk.run("DROP TABLE IF EXISTS reject_errors")
    desk.run("DROP TABLE IF EXISTS reject_scans")
