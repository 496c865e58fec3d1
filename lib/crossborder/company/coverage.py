"""What data a company has: which tables, how complete, how fresh, and how well they join."""

from typing import TYPE_CHECKING

import pandas as pd

from crossborder.company import files, footers, people, sampling
from crossborder.company.footers import Footers
from crossborder.company.laid import laid_down
from crossborder.company.tables import TABLES

if TYPE_CHECKING:
    import ibis

    from crossborder.company import Company

__all__ = ["coverage", "data_score", "join_rates"]


# Rows held against their partners; of more a sample is taken.
JOINED_ROWS = 200_000
# Partners that are few are counted by name, all rows of them.
FEW_PARTNERS = 10_000


def coverage(company: "Company") -> pd.DataFrame:
    """One row a table of the contract: present, rows, completeness, last day, age in days, problems.

    Completeness is the share of filled cells in the columns that may be empty; 1 where none may. Age counts from the
    company's day to the table's last dated row, and is missing for tables without dates.
    """
    rows = [_one(company, name) for name in TABLES]
    columns = ["table", "present", "rows", "completeness", "last_day", "age_days"]
    return pd.DataFrame(rows, columns=columns).astype({"rows": "int64"})


def _one(company: "Company", name: str) -> tuple:
    if not company.has(name):
        return name, False, 0, float("nan"), pd.NaT, float("nan")
    found = _counts(company, name)
    filled = [count / found.rows if found.rows else float("nan") for count in found.filled.values()]
    last = pd.Timestamp(found.last)
    last = last.tz_localize(None) if not pd.isna(last) and last.tz else last
    age = float((company.as_of - last.normalize()).days) if not pd.isna(last) else float("nan")
    return name, True, found.rows, float(sum(filled) / len(filled)) if filled else 1.0, last, age


def _counts(company: "Company", name: str) -> Footers:
    """Rows, filled cells of the columns that may be empty, and last day of a table, once for a company."""
    return company.kept(f"company.counts.{name}", lambda: _counted(company, name))


def _counted(company: "Company", name: str) -> Footers:
    table, file = TABLES[name], company.stored(name)
    optional, dated = [column.name for column in table.columns if column.nullable and column.required], table.dated_by
    found = footers.read(file, optional, dated) if file is not None else None
    if found is not None:
        return found
    if table.events:
        events = company.events(name)
        asked = {"rows": events.count()} | {f"f_{c}": events[c].count() for c in optional}
        if dated:
            asked["last"] = events[dated].max()
        sums = events.aggregate(**asked).to_pandas().iloc[0]
        return Footers(int(sums["rows"]), {c: int(sums[f"f_{c}"]) for c in optional}, last=sums.get("last"))
    frame = company.table(name, [*optional, *([dated] if dated else [])])
    last = frame[dated].max() if dated and len(frame) else None
    return Footers(len(frame), {c: int(frame[c].notna().sum()) for c in optional}, last=last)


def join_rates(company: "Company") -> pd.DataFrame:
    """How well tables find each other: share of rows with a partner, for the joins on which the chain rests.

    Columns: join, share, rows. A join whose tables are not both there is left out. Of more than 200,000 rows of events,
    or people, shares come from a sample (to 0.2 points); `rows` is always the number of all.
    """
    found = []
    for name, table in TABLES.items():
        for column in table.columns:
            if not column.refers_to or not company.has(name):
                continue
            other, target = column.refers_to.split(".")
            if company.has(other):
                found.append((f"{name}.{column.name}", *_joined(company, name, column.name, other, target)))
    # Orders may name products that are sold out and gone from the list, so the contract asks for no partner; the
    # margins of the chain do.
    if company.has("orders", "products"):
        found.append(("orders.sku", *_joined(company, "orders", "sku", "products", "sku")))
    if company.has("orders", "touchpoints"):
        found.append(
            (
                "orders with a touchpoint of the customer",
                *_joined(company, "orders", "customer_id", "touchpoints", "customer_id"),
            )
        )
    return pd.DataFrame(found, columns=["join", "share", "rows"]).sort_values("share", ignore_index=True)


def _joined(company: "Company", name: str, column: str, other: str, target: str) -> tuple[float, int]:
    """Share of filled cells with a partner, and how many there are; counted in the engine where a side is large."""
    sides = [TABLES[side].events or company.stored(side) is not None for side in (name, other)]
    if not any(sides):
        cells = company.table(name, [column])[column].dropna()
        return (_known_share(cells, company.table(other, [target])[target]) if len(cells) else float("nan")), len(cells)
    left, right = _cells(company, name, column), _cells(company, other, target)
    if not sides[1] and len(company.table(other, [target])) <= FEW_PARTNERS:
        counts = left.group_by("cell").aggregate(n=left.count())
        met = counts.left_join(right.distinct().mutate(there=1), "cell")
        sums = met.aggregate(rows=met.n.sum(), partners=(met.n * met.there.fill_null(0)).sum()).to_pandas().iloc[0]
        rows = int(sums["rows"]) if pd.notna(sums["rows"]) else 0
        return (float(sums["partners"] / rows) if rows else float("nan")), rows
    if (name, column) == ("orders", "customer_id"):
        return _people_met(company, right)
    known = _counts(company, name).filled if TABLES[name].events else {}
    rows = known[column] if column in known else int(left.count().to_pandas())
    # Partners are looked for by the names of the sample: of the larger side nothing is hashed or sorted whole.
    share = min(JOINED_ROWS / rows, 1.0) if rows else 1.0
    left = laid_down(sampling.of_share(left, share, "cell")) if share < 1 else left
    some = int(left.count().to_pandas()) if share < 1 else rows
    met = int(left.semi_join(right, "cell").count().to_pandas())
    return (met / some if some else float("nan")), rows


def _people_met(company: "Company", right: "ibis.Table") -> tuple[float, int]:
    """`_joined` of order lines by customer: people first, of more than `sampling.LIMIT` those of the usual sample."""
    orders = company.events("orders")
    buyers = people.buyers(orders)
    rows = int(buyers.aggregate(rows=buyers.lines.sum().fill_null(0)).to_pandas()["rows"].iloc[0])
    some = sampling.some_buyers(orders)[0].select("lines", cell="customer_id")
    met = some.semi_join(right, "cell")
    sums = [int(part.aggregate(n=part.lines.sum().fill_null(0)).to_pandas()["n"].iloc[0]) for part in (some, met)]
    return (sums[1] / sums[0] if sums[0] else float("nan")), rows


def _known_share(cells: pd.Series, partners: pd.Series) -> float:
    """Share of cells that are among the partners; looked up in Arrow, which does not make an object of every name."""
    import pyarrow as pa
    import pyarrow.compute as pc

    names, known = (pa.array(side.dropna().astype(str), from_pandas=True) for side in (cells, partners))
    # The shorter side is the one that is kept for looking up.
    met = known.filter(pc.is_in(known, value_set=names.unique().cast(known.type)))
    return float(pc.mean(pc.is_in(names, value_set=met.cast(names.type))).as_py())


def _cells(company: "Company", name: str, column: str) -> "ibis.Table":
    """Filled cells of a column as `cell`, as often as they stand there."""
    import ibis

    file = company.stored(name)
    if TABLES[name].events or file is not None:
        table = company.events(name) if TABLES[name].events else files.open_lazy(file, TABLES[name])
        return table.filter(~table[column].isnull()).select(cell=table[column].cast("string"))
    return ibis.memtable(company.table(name, [column]).dropna().set_axis(["cell"], axis=1))


def data_score(covered: pd.DataFrame, joins: pd.DataFrame, *, fresh_days: float = 35.0) -> pd.DataFrame:
    """Four scores from 0 to 1 and their mean: coverage, completeness, timeliness, integration.

    Coverage is the share of tables that are there, timeliness the share of dated tables not older than `fresh_days`,
    integration the mean share of rows that find their partner. Columns: dimension, score, what.
    """
    there = covered[covered["present"]]
    dated = there["age_days"].dropna()
    parts = [
        ("coverage", len(there) / len(covered), f"{len(there)} of {len(covered)} tables"),
        ("completeness", float(there["completeness"].mean()), "filled cells where gaps are allowed"),
        ("timeliness", float((dated <= fresh_days).mean()), f"tables with rows of the last {fresh_days:.0f} days"),
        (
            "integration",
            float(joins["share"].mean()) if len(joins) else float("nan"),
            "rows that find their partner" if len(joins) else "no two tables to join",
        ),
    ]
    table = pd.DataFrame(parts, columns=["dimension", "score", "what"])
    overall = pd.DataFrame([("overall", table["score"].mean(), "mean of the four")], columns=table.columns)
    return pd.concat([table, overall], ignore_index=True)
