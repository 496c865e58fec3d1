"""The CDNOW purchases of Fader and Hardie: a purchase a row, columns apart by spaces, commas or tabs (the sample has one more)."""

from pathlib import Path
from typing import TYPE_CHECKING

from crossborder.company.importers import cells, encodings
from crossborder.company.importers.desk import quoted
from crossborder.company.importers.interface import Field, Imported, Importer, Options, Rule, Source
from crossborder.company.problems import Problem

if TYPE_CHECKING:
    from crossborder.company.importers.desk import Desk

__all__ = ["IMPORTER"]

FIELDS = (
    Field("customer", ("customer_id",), needed=True),
    Field("sample", ("sample_id",)),
    Field("day", ("date",), needed=True),
    Field("pieces", ("number_of_cds",), needed=True),
    Field("value", ("dollar_value",), needed=True),
)
KINDS = {"customer": "text", "sample": "text", "day": "moment", "pieces": "integer", "value": "money"}
MAPPING = (
    Rule("customer, day", "orders.order_id", "customer, day and row"),
    Rule("", "orders.line", "1: a purchase is one line"),
    Rule("day", "orders.ordered_at", "the day (YYYYMMDD), at midnight UTC"),
    Rule("customer", "orders.customer_id", "as written, with leading zeros"),
    Rule("", "orders.market", "US; --market for another"),
    Rule("", "orders.sku", "CD"),
    Rule("pieces", "orders.quantity", "number of CDs"),
    Rule("value, pieces", "orders.unit_price", "dollar value divided by the number of CDs"),
    Rule("", "orders.currency", "USD; --store-currency for another"),
    Rule("sample", "", "number within the sample, not stored"),
)


def opens(desk: "Desk", path: Path, options: Options) -> list[Source]:
    """The rows cut at spaces or commas: customer, (number in the sample,) date, CDs, dollars."""
    encoding = options.encoding or encodings.detect(path).name
    text = encodings.to_utf8(path, encoding, desk.folder / f"{path.stem}-utf8.txt")
    columns = "{'line': 'VARCHAR'}"
    call = (
        f"read_csv({quoted(text)}, header = false, delim = {quoted(chr(1))}, quote = '', escape = '', auto_detect = false,"
        f" columns = {columns})"
    )
    cut = desk.keep(
        f"SELECT {quoted(path.name)} AS file_, row_, regexp_split_to_array(trim(replace(line, chr(34), '')), '[\\s,;]+') AS cut, line FROM"
        f" (SELECT row_number() OVER () AS row_, line FROM {call}) WHERE trim(line) <> ''"
        " AND NOT regexp_matches(line, '^\\W*[A-Za-z]')",
        "cut",
    )
    odd = desk.rows(f"SELECT row_, line FROM {cut} WHERE len(cut) NOT IN (4, 5) ORDER BY row_")
    if odd:
        remedy = "write customer, date, CDs and dollars apart by spaces or commas"
        rows, values = zip(*odd, strict=True)
        desk.problems.append(
            Problem.of(path.name, "", "", "row does not have four or five parts", remedy, rows, values)
        )
    day = "cut[len(cut) - 2]"
    table = desk.keep(
        f"SELECT file_, row_, cut[1] AS customer, CASE WHEN len(cut) = 5 THEN cut[2] END AS sample,"
        f" regexp_replace({day}, '^(\\d{{4}})(\\d\\d)(\\d\\d)$', '\\1-\\2-\\3') AS day, cut[len(cut) - 1] AS pieces,"
        f" cut[len(cut)] AS value FROM {cut} WHERE len(cut) IN (4, 5)",
        "source",
    )
    found = {field.name: field.headers[0] for field in FIELDS}
    count = int(desk.one(f"SELECT count(*) FROM {cut}")[0])
    return [
        Source(
            path,
            table,
            tuple(found.values()),
            found,
            count,
            {"kind": "columns apart by spaces or commas", "encoding": encoding},
        )
    ]


def read(desk: "Desk", sources: list[Source], options: Options) -> Imported:
    """One order a purchase."""
    union = " UNION ALL ".join(f"SELECT * FROM {cells.typed(desk, source, KINDS, options)}" for source in sources)
    rows = desk.keep(
        "SELECT *, CASE WHEN unread_ THEN 'a cell cannot be read' WHEN pieces <= 0 THEN 'no pieces'"
        f" WHEN value < 0 THEN 'negative value' END AS reason FROM ({union})",
        "rows",
    )
    currency = quoted((options.currency or "USD").upper())
    orders = (
        f"SELECT concat_ws('-', customer, strftime(CAST(day AS TIMESTAMP), '%Y%m%d'), CAST(row_ AS VARCHAR)) AS order_id, 1 AS line,"
        f" day AS ordered_at, customer AS customer_id, {quoted((options.market or 'US').upper())} AS market, 'CD' AS sku,"
        f" pieces AS quantity, CAST(value AS DOUBLE) / pieces AS unit_price, {currency} AS currency"
        f" FROM {rows} WHERE reason IS NULL ORDER BY day, row_"
    )
    lines = (
        "SELECT file_, row_, 1 AS part_, coalesce(reason, 'order') AS fate, reason IS NOT NULL AS left_out,"
        f" {currency} AS currency, CAST(coalesce(value, 0) AS DECIMAL(28, 6)) AS value FROM {rows}"
    )
    return Imported({"orders": orders}, lines, {"value": {"orders": "quantity * unit_price"}}, {"home": "US"})


IMPORTER = Importer(
    name="cdnow",
    reads="CDNOW purchases (CDNOW_master.txt, CDNOW_sample.txt)",
    fields=FIELDS,
    mapping=MAPPING,
    read=read,
    tables=("orders",),
    opens=opens,
)
