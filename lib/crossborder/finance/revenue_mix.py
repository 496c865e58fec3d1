"""Products, services and data together: what each new line of revenue adds, and what the blend earns by year.

A line sells to a base (all sales, the own store's, the own logistics): attached sales = base x attach rate x ramp, its
revenue = attached sales x price share x (1 + growth) ^ (year - 1). It may lift the baskets of those who buy it, and it
may take revenue from the products. What literature claims of such lines enters as an assumption, never as evidence.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal
from crossborder.finance.simulation import Driver, draw_drivers
from crossborder.reference import files

if TYPE_CHECKING:
    from crossborder.company import Company

__all__ = [
    "PARAMETERS",
    "RevenueMix",
    "cited_data_line",
    "company_mix",
    "line_assumptions",
    "margin_effects",
    "revenue_bases",
    "revenue_mix",
]

# What is assumed of each line, with the limits that hold in every draw.
PARAMETERS: dict[str, tuple[float, float]] = {
    "attach_rate": (0.0, 1.0),
    "price_share": (0.0, np.inf),
    "margin": (-1.0, 1.0),
    "growth_year": (-0.9, np.inf),
    "ramp_years": (0.25, np.inf),
    "cannibalised": (0.0, 1.0),
    "order_value_gain": (0.0, np.inf),
    "run_usd": (0.0, np.inf),
    "build_usd": (0.0, np.inf),
}
PRODUCTS, RUNNING = "products", "running cost"


@dataclass(frozen=True)
class RevenueMix:
    """New lines of revenue beside the products.

    `lines`: one row a line, after tax and discounted (USD, means over the paths): earned + baskets - lost - running -
    building = npv, with npv_low, npv_high, `pays` (share of paths above zero), attach_rate and break_even_attach (the
    rate at which the plan's own value is zero), revenue_usd and share in the last year, `adds` (worth it in more than
    half of the paths: a mean would follow the far end of a claim).
    `years`: the products and all lines by year: revenue_usd, margin, growth, mix_effect, rate_effect and running_effect
    (running cost of the lines; the three sum to the change of the margin) of the plan itself; margin_low, margin_high,
    growth_low, growth_high and `reaches` (probability that the margin is at the target or above) over the paths;
    alone_margin is the products' without them.
    `by_year`: the same by line, running cost as one of them: revenue_usd, margin, share, mix_effect, rate_effect,
    growth_part (sums to the growth).
    """

    lines: pd.DataFrame
    years: pd.DataFrame
    by_year: pd.DataFrame
    target_margin: float
    level: float

    @property
    def passes_in(self) -> int | None:
        """The first year from which on the blended margin of the plan stays at the target or above; None if never."""
        below = np.flatnonzero(self.years["margin"].to_numpy() < self.target_margin)
        first = 0 if not len(below) else int(below[-1]) + 1
        return int(self.years["year"].iloc[first]) if first < len(self.years) else None


def line_assumptions(company: "Company | None" = None) -> pd.DataFrame:
    """Assumptions of the new lines: line, kind, revenue_base, parameter, low, base, high, unit, source, as_of, ...

    The placeholders of `revenue_lines.csv`; a company's own assumption `finance.revenue_line.<line>.<parameter>`
    (spaces as underscores) takes the place of one.
    """
    table = files.read("revenue_lines.csv")
    own = None if company is None else company.optional("assumptions")
    if own is None:
        return table
    named = "finance.revenue_line." + table["line"].str.replace(" ", "_") + "." + table["parameter"]
    known = own.drop_duplicates("name", keep="last").set_index("name")
    given = named.isin(known.index)
    for column in ("low", "base", "high", "source", "as_of", "confidence"):
        values = table[column].astype(object)
        values[given] = named[given].map(known[column])
        table[column] = pd.to_numeric(values) if column in ("low", "base", "high") else values
    return table


def revenue_bases(orders: pd.DataFrame) -> dict[str, float]:
    """The bases that a line may sell to, as shares of the products' net sales, from the table of `order_economics`.

    "own store sales" is 0 without an own store, "own logistics cost" without costs of handling and last mile.
    """
    net = orders["price"] - orders[[c for c in ("discount", "sales_tax", "refund") if c in orders]].sum(axis=1)
    total = float(net.sum())
    if total <= 0:
        raise Refusal.because("no base for new lines", "net sales are not above 0", "take a period with sales")
    own = float(net[orders["kind"] == "own_store"].sum()) if "kind" in orders else 0.0
    moved = float(orders[[c for c in ("fulfilment", "last_mile") if c in orders]].sum().sum())
    return {"all sales": 1.0, "own store sales": own / total, "own logistics cost": max(moved, 0.0) / total}


def margin_effects(revenue: np.ndarray, contribution: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Why the blended margin moved from one period to the next, by line: (mix effect, rate effect), [line, period].

    mix = (share - share before) x (margin before - blend before), rate = share x (margin - margin before); over the
    lines both together are exactly the change of the blend (the sales-mix and the rate variance of any text on cost
    accounting). A line that is new, or gone, has no margin of its own on one side: all that it does is mix. The first
    period has no effects: zero.
    """
    revenue, contribution = np.asarray(revenue, float), np.asarray(contribution, float)
    total = revenue.sum(axis=0)
    if revenue.shape != contribution.shape or revenue.ndim != 2 or (revenue < 0).any() or (total <= 0).any():
        raise InputError.out_of_range("revenue, contribution", revenue.shape, "[line, period] alike, sums above 0")
    share, blend = revenue / total, contribution.sum(axis=0) / total
    sells = revenue > 1e-12 * total
    margin = np.divide(contribution, revenue, out=np.zeros_like(revenue), where=sells)
    before, after = margin[:, :-1], margin[:, 1:]
    before = np.where(sells[:, :-1], before, after)
    after = np.where(sells[:, 1:], after, before)
    # Cost of a line without revenue has no share to stand in; it is a change of rate of its own.
    bare = np.where(sells, 0.0, contribution) / total
    mix, rate = np.zeros_like(revenue), np.zeros_like(revenue)
    mix[:, 1:] = (share[:, 1:] - share[:, :-1]) * (before - blend[:-1])
    rate[:, 1:] = share[:, 1:] * (after - before) + np.diff(bare, axis=1)
    return mix, rate


def revenue_mix(
    assumptions: pd.DataFrame,
    bases: Mapping[str, float],
    revenue: np.ndarray,
    contribution: np.ndarray,
    *,
    rate: float,
    tax_rate: float,
    target_margin: float,
    rng: np.random.Generator,
    level: float = 0.9,
) -> RevenueMix:
    """New lines beside the products on every path; values at year ends, what is spent on building today.

    Parameters
    ----------
    assumptions : rows of `line_assumptions`, one a line and parameter of `PARAMETERS`.
    bases : what the lines sell to, as shares of the products' revenue (`revenue_bases`).
    revenue, contribution : the products', USD, [path, year]; row 0 is the plan itself, the others are simulated. The
        first column is the year behind, in which no line sells.
    rate, tax_rate : fractions; tax falls on every profit and saves on every loss, because the group earns elsewhere.

    A line whose base the company does not have is left out. Raises Refusal where none is left.
    """
    table = _checked(assumptions, bases)
    revenue, contribution = np.atleast_2d(revenue), np.atleast_2d(contribution)
    if revenue.shape != contribution.shape or revenue.shape[1] < 2 or (revenue <= 0).any() or len(revenue) < 2:
        raise InputError.out_of_range(
            "revenue", revenue.shape, "above 0 and shaped like contribution: two paths and two years or more"
        )
    if rate <= -1 or not 0 <= tax_rate < 1:
        raise InputError.out_of_range("rate, tax_rate", (rate, tax_rate), "above -1; 0 to below 1")
    drawn = _drawn(table, len(revenue), rng)
    flows = _flows(drawn, table["base_share"].to_numpy(), revenue[:, 1:])
    lines = _line_values(table, drawn, flows, contribution[:, 1:] / revenue[:, 1:], rate, tax_rate, level)
    last = flows["sold"][0, :, -1]
    years, by_year = _blended(table["line"], drawn, flows, revenue, contribution, target_margin, level)
    whole = float(by_year.loc[by_year["year"] == by_year["year"].max(), "revenue_usd"].sum())
    lines = lines.assign(revenue_usd=last, share=last / whole)
    ordered = lines.sort_values("npv_usd", ascending=False, kind="stable", ignore_index=True)
    return RevenueMix(ordered, years, by_year, target_margin, level)


def company_mix(
    company: "Company",
    values: Mapping[str, np.ndarray],
    simulated: Mapping[str, np.ndarray],
    *,
    rate: float,
    target_margin: float,
    rng: np.random.Generator,
) -> RevenueMix:
    """`revenue_mix` of a company: the plan's revenue and contribution by year as products, with their paths.

    `values` are the plan's lines, `simulated` its lines on paths [path, month] with revenue and contribution_total.
    The year behind is that of the company's orders.
    """
    from crossborder.finance import order_economics, unit_economics

    now = order_economics.order_economics(company, 12)
    whole = unit_economics.waterfall(now.table).iloc[0]
    behind = np.array([whole["net_sales"], whole["contribution"]]) * float(whole["orders"])
    names = ("revenue", "contribution_total")
    yearly = [_by_year(values[name], simulated[name], first) for name, first in zip(names, behind, strict=True)]
    positive = (yearly[0] > 0).all(axis=1)
    return revenue_mix(
        line_assumptions(company), revenue_bases(now.table), *(one[positive] for one in yearly),
        rate=rate, tax_rate=company.value("finance.tax.rate"), target_margin=target_margin, rng=rng,
    )  # fmt: skip


def cited_data_line(found: RevenueMix) -> dict[str, float]:
    """What a report's data line would do: its share and margin (claims C001-203 and -204), and its lift of the margin.

    `lift` is share x (margin - blend of the first year); `here` is the share that the assumptions give data lines in
    the last year.
    """
    claims = files.read("claims.csv").set_index("claim_id")["value_low"].astype(float)
    share, margin = claims["C001-203"], claims["C001-204"]
    blend = float(found.years["margin"].iloc[1])
    here = float(found.lines.loc[found.lines["kind"] == "data", "share"].sum())
    return {"share": share, "margin": margin, "lift": share * (margin - blend), "here": here}


def _checked(assumptions: pd.DataFrame, bases: Mapping[str, float]) -> pd.DataFrame:
    """One row a line: kind, revenue_base, base_share and the low, base and high of every parameter."""
    needed = ["line", "kind", "revenue_base", "parameter", "low", "base", "high"]
    missing = [name for name in needed if name not in assumptions]
    if missing:
        raise InputError.missing_columns("assumptions", missing, assumptions.columns)
    twice = assumptions.duplicated(["line", "parameter"])
    if twice.any():
        row = assumptions[twice].iloc[0]
        raise InputError.out_of_range("assumptions", f"{row['parameter']} of {row['line']} twice", "one row each")
    unknown = sorted(set(assumptions["revenue_base"]) - set(bases))
    if unknown:
        raise InputError.unknown("revenue_base", unknown[0], bases)
    keys = ["line", "kind", "revenue_base"]
    long = assumptions.melt([*keys, "parameter"], ["low", "base", "high"], "end").dropna(subset="value")
    long["column"] = long["end"] + " " + long["parameter"]
    table = long.pivot_table(index=keys, columns="column", values="value")
    names = [f"{end} {name}" for name in PARAMETERS for end in ("low", "base", "high")]
    found = table.reindex(columns=names)
    if found.isna().any(axis=None):
        line, name = next((row[0], name) for row in found.index for name in names if pd.isna(found.loc[row, name]))
        lacking = [f"{name.split()[1]} of {line}"]
        raise InputError.missing_columns("assumptions", lacking, sorted(set(assumptions["parameter"])))
    for name, (low, high) in PARAMETERS.items():
        ends = found[[f"low {name}", f"high {name}"]]
        worst = float(ends.min(axis=None)), float(ends.max(axis=None))
        if worst[0] < low or worst[1] > high:
            raise InputError.out_of_range(name, worst, f"{low} to {high}")
    table = found.reset_index()
    table["base_share"] = table["revenue_base"].map(bases).astype(float)
    table = table[table["base_share"] > 0].reset_index(drop=True)
    if table.empty:
        raise Refusal.because("no new line", "the company has none of the bases that they sell to", "add another line")
    return table


def _drawn(table: pd.DataFrame, paths: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Each parameter, [path, line]; row 0 is the base, the others are drawn (5 % and 95 % at low and high)."""
    found = {}
    for name, (low, high) in PARAMETERS.items():
        ends = [table[f"{end} {name}"].to_numpy(float) for end in ("low", "base", "high")]
        drivers = [Driver(f"{name} of {line}", *row) for line, *row in zip(table["line"], *ends, strict=True)]
        draws = draw_drivers(drivers, paths - 1, rng).to_numpy()
        found[name] = np.clip(np.vstack([ends[1], draws]), low, high)
    return found


def _flows(p: Mapping[str, np.ndarray], base: np.ndarray, revenue: np.ndarray) -> dict[str, np.ndarray]:
    """By path, line and year, USD: what the line sells, what it adds to baskets, what it takes from the products."""
    year = np.arange(1.0, revenue.shape[1] + 1)
    wide = {name: values[:, :, None] for name, values in p.items()}
    reached = np.clip((year - 0.5) / wide["ramp_years"], 0, 1)
    attached = wide["attach_rate"] * reached * base[None, :, None] * revenue[:, None, :]
    sold = attached * wide["price_share"] * (1 + wide["growth_year"]) ** (year - 1)
    return {"sold": sold, "baskets": attached * wide["order_value_gain"], "lost": sold * wide["cannibalised"]}


def _line_values(
    table: pd.DataFrame, p: Mapping[str, np.ndarray], flows: Mapping[str, np.ndarray], product_margin: np.ndarray,
    rate: float, tax_rate: float, level: float,
) -> pd.DataFrame:  # fmt: skip
    """Present value of each line and its parts after tax, means over the simulated paths."""
    discount = (1 + rate) ** -np.arange(1.0, product_margin.shape[1] + 1)
    kept = 1 - tax_rate
    of_products = product_margin[:, None, :] * discount
    parts = {
        "earned_usd": kept * p["margin"] * (flows["sold"] * discount).sum(axis=2),
        "baskets_usd": kept * (flows["baskets"] * of_products).sum(axis=2),
        "lost_usd": kept * (flows["lost"] * of_products).sum(axis=2),
        "running_usd": kept * p["run_usd"] * discount.sum(),
        "building_usd": kept * p["build_usd"],
    }
    brought = parts["earned_usd"] + parts["baskets_usd"] - parts["lost_usd"]
    fixed = parts["running_usd"] + parts["building_usd"]
    npv = (brought - fixed)[1:]
    low, high = np.quantile(npv, [(1 - level) / 2, (1 + level) / 2], axis=0)
    # Everything brought is in proportion to the attach rate, so the plan's own turning point is exact.
    rate_now = p["attach_rate"][0]
    even = np.divide(fixed[0] * rate_now, brought[0], out=np.full_like(rate_now, np.inf), where=brought[0] > 0)
    means = {name: part[1:].mean(axis=0) for name, part in parts.items()}
    return table[["line", "kind", "revenue_base"]].assign(
        **means, npv_usd=npv.mean(axis=0), npv_low=low, npv_high=high, pays=(npv > 0).mean(axis=0),
        attach_rate=rate_now, break_even_attach=even, adds=(npv > 0).mean(axis=0) > 0.5,
    )  # fmt: skip


def _blended(
    names: pd.Series, p: Mapping[str, np.ndarray], flows: Mapping[str, np.ndarray], revenue: np.ndarray,
    contribution: np.ndarray, target: float, level: float,
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """Products and new lines together: the whole by year, and each line by year."""
    margin = contribution[:, 1:] / revenue[:, 1:]
    moved = (flows["baskets"] - flows["lost"]).sum(axis=1)
    products = revenue.copy(), contribution.copy()
    products[0][:, 1:] += moved
    products[1][:, 1:] += moved * margin
    sold = flows["sold"]
    none = np.zeros((*sold.shape[:2], 1))
    running = np.zeros_like(revenue)
    running[:, 1:] -= p["run_usd"].sum(axis=1, keepdims=True)
    new = (np.concatenate([none, part], axis=2) for part in (sold, sold * p["margin"][:, :, None]))
    # Running cost stands as a line without sales, so that mix and rate are those of what is sold.
    sales, gains = (
        np.concatenate([first[:, None], part, last[:, None]], axis=1)
        for first, part, last in zip(products, new, (0 * revenue, running), strict=True)
    )
    total = sales.sum(axis=1)
    blend, growth = gains.sum(axis=1) / total, total[:, 1:] / total[:, :-1] - 1
    ends = [(1 - level) / 2, (1 + level) / 2]
    mix, rate = margin_effects(sales[0], gains[0])
    first = [np.nan]
    years = pd.DataFrame({
        "year": np.arange(total.shape[1]), "revenue_usd": total[0], "margin": blend[0],
        "alone_margin": contribution[0] / revenue[0], "growth": np.r_[first, growth[0]],
        "mix_effect": mix.sum(axis=0), "rate_effect": rate[:-1].sum(axis=0), "running_effect": rate[-1],
        "reaches": (blend[1:] >= target).mean(axis=0),
    })  # fmt: skip
    for name, paths in (("margin", blend[1:]), ("growth", growth[1:])):
        low, high = np.quantile(paths, ends, axis=0)
        # The year behind is known, and has no range.
        tail = slice(1, None) if name == "margin" else slice(None)
        years[f"{name}_low"], years[f"{name}_high"] = np.r_[first, low[tail]], np.r_[first, high[tail]]
    return years, _line_years([PRODUCTS, *names, RUNNING], sales[0], gains[0], mix, rate)


def _line_years(
    names: list[str], sales: np.ndarray, gains: np.ndarray, mix: np.ndarray, rate: np.ndarray
) -> pd.DataFrame:
    """Each line by year, long: revenue, margin, share, effects on the blend and part of the growth."""
    total = sales.sum(axis=0)
    part = np.zeros_like(sales)
    part[:, 1:] = np.diff(sales, axis=1) / total[:-1]
    shape = sales.shape
    line, year = np.repeat(names, shape[1]), np.tile(np.arange(shape[1]), shape[0])
    margin = np.divide(gains, sales, out=np.full_like(sales, np.nan), where=sales > 0)
    return pd.DataFrame({
        "year": year, "line": line, "revenue_usd": sales.ravel(), "margin": margin.ravel(),
        "share": (sales / total).ravel(), "mix_effect": mix.ravel(), "rate_effect": rate.ravel(),
        "growth_part": part.ravel(),
    })  # fmt: skip


def _by_year(plan: np.ndarray, paths: np.ndarray, behind: float) -> np.ndarray:
    """The plan (row 0) and its paths by year, with the year behind in front."""
    monthly = np.vstack([np.broadcast_to(np.asarray(plan)[0, :, 0, 0], paths.shape[1]), paths])
    years = monthly.shape[1] // 12
    yearly = monthly[:, : years * 12].reshape(len(monthly), years, 12).sum(axis=2)
    return np.column_stack([np.full(len(yearly), behind), yearly])
