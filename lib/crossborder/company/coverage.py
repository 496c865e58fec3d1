"""What data a company has: which tables, how complete, how fresh, and how well they join."""

from typing import TYPE_CHECKING

import pandas as pd

from crossborder.company import people, sampling
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
    table = TABLES[name]
    if not company.has(name):
        return name, False, 0, float("nan"), pd.NaT, float("nan")
    optional = [column.name for column in table.columns if column.nullable and column.required]
    if table.events:
        events = company.events(name)
        asked = {"rows": events.count()} | {f"f_{c}": 1 - events[c].isnull().mean() for c in optional}
        if table.dated_by:
            asked["last"] = events[table.dated_by].max()
        found = events.aggregate(**asked).to_pandas().iloc[0]
        filled, rows, last = [found[f"f_{c}"] for c in optional], int(found["rows"]), found.get("last", pd.NaT)
    else:
        frame = company.table(name, [*optional, *([table.dated_by] if table.dated_by else [])])
        filled, rows = [frame[c].notna().mean() for c in optional], len(frame)
        last = frame[table.dated_by].max() if table.dated_by and rows else pd.NaT
    last = pd.Timestamp(last)
    last = last.tz_localize(None) if not pd.isna(last) and last.tz else last
    age = float((company.as_of - last.normalize()).days) if not pd.isna(last) else float("nan")
    return name, True, rows, float(sum(filled) / len(filled)) if filled else 1.0, last, age


def join_rates(company: "Company") -> pd.DataFrame:
    """How well tables find each other: share of rows with a partner, for the joins on which the chain rests.

    Columns: join, share, rows. A join whose tables are not both there is left out.
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
    """Share of filled cells with a partner, and how many there are; counted in the engine where a side is events."""
    if not (TABLES[name].events or TABLES[other].events):
        cells = company.table(name, [column])[column].dropna()
        return (_known_share(cells, company.table(other, [target])[target]) if len(cells) else float("nan")), len(cells)
    left, right = _counted(company, name, column), _cells(company, other, target)
    if not TABLES[other].events and len(company.table(other, [target])) <= FEW_PARTNERS:
        counts = left.group_by("cell").aggregate(n=left.n.sum())
        met = counts.left_join(right.distinct().mutate(there=1), "cell")
        sums = met.aggregate(rows=met.n.sum(), partners=(met.n * met.there.fill_null(0)).sum()).to_pandas().iloc[0]
        rows = int(sums["rows"]) if pd.notna(sums["rows"]) else 0
        return (float(sums["partners"] / rows) if rows else float("nan")), rows
    rows = int(left.aggregate(rows=left.n.sum().fill_null(0)).to_pandas()["rows"].iloc[0])
    # Partners are looked for by the names of the sample: of the larger side nothing is hashed or sorted whole.
    share = min(JOINED_ROWS / rows, 1.0) if rows else 1.0
    left = laid_down(sampling.of_share(left, share, "cell")) if share < 1 else left
    partners = right.semi_join(left, "cell").distinct()
    found = left.left_join(partners.mutate(there=1), "cell")
    sums = {"rows": found.n.sum(), "partners": (found.n * found.there.fill_null(0)).sum()}
    some = found.aggregate(**{name: total.fill_null(0) for name, total in sums.items()}).to_pandas().iloc[0]
    return (float(some["partners"] / some["rows"]) if some["rows"] else float("nan")), rows


def _known_share(cells: pd.Series, partners: pd.Series) -> float:
    """Share of cells that are among the partners; looked up in Arrow, which does not make an object of every name."""
    import pyarrow as pa
    import pyarrow.compute as pc

    names, known = (pa.array(side.dropna().astype(str), from_pandas=True) for side in (cells, partners))
    # The shorter side is the one that is kept for looking up.
    met = known.filter(pc.is_in(known, value_set=names.unique().cast(known.type)))
    return float(pc.mean(pc.is_in(names, value_set=met.cast(names.type))).as_py())


def _counted(company: "Company", name: str, column: str) -> "ibis.Table":
    """Filled cells and how many rows stand behind each; cells may stand more than once."""
    if (name, column) != ("orders", "customer_id"):
        return _cells(company, name, column).mutate(n=1)
    buyers = people.buyers(company.events("orders"))
    return buyers.select(cell="customer_id", n="lines")


def _cells(company: "Company", name: str, column: str) -> "ibis.Table":
    if TABLES[name].events:
        table = company.events(name)
        return table.filter(~table[column].isnull()).select(cell=table[column])
    import ibis

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
