"""Numbers as people write them: decimal commas, thousands marks, full-width digits, negatives in parentheses."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crossborder.company.importers.desk import Desk

__all__ = ["MONEY", "cleaned", "decimal_mark", "parsed"]

# Twelve digits before the point and six after it: exact, where floating point would lose pennies.
MONEY = "DECIMAL(18, 6)"
FULL_WIDTH = "０１２３４５６７８９．，－＋（）％￥"
PLAIN = "0123456789.,-+()%¥"
SPACES = "\u00a0\u2007\u2009\u202f\u3000"
CURRENCY = r"(?:[A-Z]{3}|R\$|US\$|MX\$|CA\$|C\$|A\$|NT\$|HK\$|S\$|kr|zł|[$€£¥₹₽₩₫₱฿₺₪₴元円])"


def cleaned(text: str) -> str:
    """The expression of a number cell freed of width, space, currency and accounting signs; its marks still stand."""
    form = f"translate({text}, '{FULL_WIDTH}−–', '{PLAIN}--')"
    form = f"trim(translate({form}, '{SPACES}', '{' ' * len(SPACES)}'))"
    form = rf"regexp_replace({form}, '^\((.*)\)$', '-\1')"
    form = rf"regexp_replace({form}, '^([-+]?)\s*{CURRENCY}\s*', '\1')"
    form = rf"regexp_replace({form}, '\s*{CURRENCY}\s*([-+]?)$', '\1')"
    form = rf"regexp_replace({form}, '^(.*[0-9.,])\s*-$', '-\1')"
    # Twice, because a group that was just joined cannot be joined to the next one in the same pass.
    for _ in range(2):
        form = rf"regexp_replace({form}, '([0-9])[ ''’]([0-9]{{3}})', '\1\2', 'g')"
    return rf"regexp_replace({form}, '^([-+])\s+', '\1')"


def parsed(text: str, mark: str, kind: str = MONEY) -> str:
    """The expression of an exact decimal from a cleaned cell with the decimal mark "." or ","; missing if unreadable."""
    group, point = (",", "[.]") if mark == "." else ("[.]", ",")
    whole = rf"(?:\d+|\d{{1,3}}(?:{group}\d{{2,3}})*{group}\d{{3}})"
    form = rf"^[-+]?(?:{whole}(?:{point}\d*)?|{point}\d+)(?:[eE][-+]?\d+)?$"
    plain = f"replace({text}, ',', '')" if mark == "." else f"replace(replace({text}, '.', ''), ',', '.')"
    return f"CASE WHEN regexp_matches({text}, '{form}') THEN TRY_CAST({plain} AS {kind}) END"


def decimal_mark(desk: "Desk", table: str, columns: list[str]) -> tuple[str, str]:
    """The decimal mark of a file's number cells, and the reason: what only one reading allows decides.

    "1,234.50" and "12.5" want a point, "1.234,50" and "12,5" a comma; "1,234" alone could be either and is taken with
    the others, or with a decimal point where nothing else decides. Both at once: the more frequent one; cells of the
    other kind are then unreadable and told.
    """
    if not columns:
        return ".", "no numbers"
    wants_point = r"[.]\d{1,2}$|[.]\d{4,}$|,\d{3}[.]|^[-+]?[.]\d+$|^[-+]?0[.]\d+$|,\d{3},"
    wants_comma = r",\d{1,2}$|,\d{4,}$|[.]\d{3},|^[-+]?,\d+$|^[-+]?0,\d+$|[.]\d{3}[.]"
    cells = " UNION ALL ".join(
        f"SELECT {cleaned(column)} AS cell FROM (SELECT DISTINCT {column} FROM {table})" for column in columns
    )
    points, commas, open_ = desk.one(
        f"SELECT count(*) FILTER (regexp_matches(cell, '{wants_point}')),"
        f" count(*) FILTER (regexp_matches(cell, '{wants_comma}')),"
        rf" count(*) FILTER (regexp_matches(cell, '^[-+]?[1-9]\d{{0,2}}[.,]\d{{3}}$')) FROM ({cells})"
    )
    if commas > points:
        return ",", f"{commas} cells can only be read so"
    if points:
        return ".", f"{points} cells can only be read so"
    return ".", f"{open_} cells such as 1,234 could be read either way" if open_ else "no cell says otherwise"
