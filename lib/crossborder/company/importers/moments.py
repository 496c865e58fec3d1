"""Dates and times as exports write them: month names, orders of day and month, zones by name and by offset."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crossborder.company.importers.desk import Desk

__all__ = ["AMBIGUOUS", "as_date", "day_order", "in_utc", "named_months", "ordered", "plain_moment"]

# Month names of the languages that exports use, by their first letters; no two languages contradict each other.
MONTHS = {
    1: "jan ene gen janv januar jän sty", 2: "feb fev fév févr febr lut", 3: "mar mär märz mars mrz mrt maart",
    4: "apr avr abr avril abril april kwi", 5: "may mai mag mayo maio maggio mei maj", 6: "jun juin giu juni june cze",
    7: "jul juil lug juli july lip", 8: "aug août aout ago sie", 9: "sep sept set wrz", 10: "oct okt ott out paź paz",
    11: "nov lis", 12: "dec déc dez dic des gru",
}  # fmt: skip
# Zones by name, in minutes east of UTC; names that mean several zones (IST, CST of China) are not among them.
ZONES = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "PST": -480, "PDT": -420, "MST": -420, "MDT": -360, "CST": -360, "CDT": -300,
    "EST": -300, "EDT": -240, "AKST": -540, "AKDT": -480, "HST": -600, "BRT": -180, "BST": 60, "WEST": 60, "CET": 60,
    "MEZ": 60, "CEST": 120, "MESZ": 120, "EET": 120, "EEST": 180, "JST": 540, "SGT": 480, "AWST": 480, "AEST": 600,
    "AEDT": 660,
}  # fmt: skip
# What follows the time of day: a zone's name, an offset, or both as in GMT+1.
ZONE = r"(:\d{2}(?:[.]\d+)?(?: [AP]M)?)\s*(Z|z|[A-Z]{3,4})?\s*([+-]\d{1,2}(?::?\d{2})?)?$"
UNKNOWN = 99999
AMBIGUOUS = "both orders are possible"
FORMS = [
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d", "%Y-%m-%d %I:%M:%S %p",
    "%Y-%m-%d %I:%M %p",
]  # fmt: skip


def plain_moment(text: str) -> str:
    """The expression of a moment cell with digits for month names, dashes in dates, plain AM and PM, zone kept."""
    digits = f"trim(translate({text}, '０１２３４５６７８９：　\u00a0\u202f', '0123456789:   '))"
    form = rf"regexp_replace({digits}, '^(\d{{4}})[年/.](\d{{1,2}})[月/.](\d{{1,2}})日?', '\1-\2-\3')"
    form = rf"regexp_replace({form}, '(\d)T(\d\d:)', '\1 \2')"
    for half in "AP":
        form = rf"regexp_replace({form}, '\s*[{half}{half.lower()}][.]?\s?[mM][.]?(?:\s|$)', ' {half}M ')"
    form = rf"regexp_replace({form}, '^(?i:mon|tue|wed|thu|fri|sat|sun)[a-z]*[.]?,? +', '')"
    # "Jan 5, 2026" and "5 de ene. de 2026" become "2026-Jan-5"; the name is replaced below.
    form = rf"regexp_replace({form}, '^(\p{{L}}+)[.]? +(\d{{1,2}}),? +(\d{{4}}),?', '\3-\1-\2')"
    form = (
        rf"regexp_replace({form}, '^(\d{{1,2}})[.]?[ -]*(?:de +)?(\p{{L}}+)[.]?[ -]*(?:de +)?(\d{{4}}),?', '\3-\2-\1')"
    )
    return f"trim({form})"


def named_months(text: str) -> str:
    """The expression with the month's name, as `plain_moment` leaves it, as a number."""
    pairs = {name: number for number, names in MONTHS.items() for name in names.split()}
    # The longest names first, so that "sept" does not become "9t".
    alternatives = "|".join(sorted(pairs, key=len, reverse=True))
    keys = ", ".join(f"'{name}': '{number}'" for name, number in pairs.items())
    name = rf"lower(regexp_extract({text}, '^\d{{4}}-(\p{{L}}+)-', 1))"
    short = rf"regexp_extract({name}, '^(?:{alternatives})')"
    number = f"MAP {{{keys}}}[{short}]"
    return (
        rf"CASE WHEN regexp_matches({text}, '^\d{{4}}-\p{{L}}') THEN"
        rf" regexp_replace({text}, '-\p{{L}}+-', concat('-', coalesce({number}, '0'), '-')) ELSE {text} END"
    )


def ordered(text: str, order: str) -> str:
    """The expression with year, month and day in ISO order, for dates in digits that begin with day or month."""
    swap = r"\2-\1" if order == "dmy" else r"\1-\2"
    long = rf"regexp_replace({text}, '^(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{4}}),?', '\3-{swap}')"
    return rf"regexp_replace({long}, '^(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{2}})(,? |,?$)', '20\3-{swap}\4')"


def day_order(desk: "Desk", table: str, column: str) -> tuple[str, str]:
    """Whether the day or the month stands first in dates of digits, and the reason."""
    form = r"^(\d{1,2})[-/.](\d{1,2})[-/.]\d{2,4}"
    first, second, any_, points = desk.one(
        f"SELECT max(CAST(regexp_extract(c, '{form}', 1) AS INT)), max(CAST(regexp_extract(c, '{form}', 2) AS INT)),"
        f" count(*), bool_and(c LIKE '%.%.%') FROM (SELECT {plain_moment(column)} AS c FROM (SELECT DISTINCT {column} FROM {table})) WHERE regexp_matches(c, '{form}')"
    )
    if not any_:
        return "ymd", "year first, or months by name"
    if first > 12 and second > 12:
        return "dmy", "both orders stand in the file"
    if first > 12:
        return "dmy", f"the first number reaches {first}"
    if second > 12:
        return "mdy", f"the second number reaches {second}"
    return ("dmy", "dates with points are written so") if points else ("mdy", AMBIGUOUS)


def offset_minutes(text: str) -> str:
    """The expression of a cell's own offset from UTC in minutes: missing if it names none, 99999 if the name is unknown."""
    names = ", ".join(f"'{name}': {minutes}" for name, minutes in ZONES.items())
    name = f"upper(regexp_extract({text}, '{ZONE}', 2))"
    offset = f"regexp_extract({text}, '{ZONE}', 3)"
    hours = rf"TRY_CAST(regexp_extract({offset}, '^[+-](\d{{1,2}})', 1) AS INT)"
    minutes = rf"coalesce(TRY_CAST(regexp_extract({offset}, '^[+-]\d{{1,2}}:?(\d{{2}})$', 1) AS INT), 0)"
    signed = f"(CASE WHEN {offset}[1] = '-' THEN -1 ELSE 1 END) * ({hours} * 60 + {minutes})"
    return (
        f"CASE WHEN {offset} <> '' THEN {signed} WHEN {name} = '' THEN NULL"
        f" ELSE coalesce(MAP {{{names}}}[{name}], {UNKNOWN}) END"
    )


def in_utc(text: str, zone: str) -> str:
    """The expression of a UTC timestamp from a cell in ISO order; `zone` (IANA) holds for cells that name none."""
    local = f"try_strptime(trim(regexp_replace({text}, '{ZONE}', '\\1')), {FORMS})"
    offset = offset_minutes(text)
    return (
        f"CASE WHEN {offset} = {UNKNOWN} THEN NULL"
        f" WHEN {offset} IS NULL THEN timezone('{zone}', {local})"
        f" ELSE timezone('UTC', {local} - to_minutes(CAST({offset} AS BIGINT))) END"
    )


def as_date(text: str) -> str:
    """The expression of the calendar day that a cell in ISO order names, whatever its zone."""
    return f"CAST(try_strptime(trim(regexp_replace({text}, '{ZONE}', '\\1')), {FORMS}) AS DATE)"
