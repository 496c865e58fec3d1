"""The plan of a year ago against the year that followed: what it missed, and by which step."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.errors import InputError
from crossborder.finance import opening_statement, order_economics
from crossborder.finance.booked_items import usd_at
from crossborder.finance.evaluate import evaluate
from crossborder.finance.plan_inputs import PlanCase
from crossborder.finance.statements import plan_model

if TYPE_CHECKING:
    from crossborder.company import Company

__all__ = ["PlanReview", "order_steps", "plan_review"]

# Lines of the plan and those of the income statement with which they are compared.
PAIRS = {
    "revenue": "net_sales",
    "gross_profit": "gross_profit",
    "advertising_total": "advertising",
    "payroll": "payroll",
    "ebitda": "ebitda",
}
SEGMENT = ["market", "platform"]


@dataclass(frozen=True)
class PlanReview:
    """A plan beside what came.

    `table`: line, planned_usd, actual_usd (as booked), error. `steps`: how the planned revenue becomes the booked one
    (step, usd; the first row is the plan, the last the books, and those between sum to the difference exactly).
    """

    table: pd.DataFrame
    steps: pd.DataFrame

    @property
    def like_for_like(self) -> float:
        """Error of the planned revenue against the orders of buyers, a fraction: without what was never planned."""
        usd = self.steps.set_index("step")["usd"]
        moved = float(
            usd[["number of orders", "markets and platforms", "order value", "exchange rates", "returns"]].sum()
        )
        return -moved / (float(usd.iloc[0]) + moved)


def plan_review(
    company: "Company", make_case: Callable[..., PlanCase], *, years: int = 1, **options: float
) -> PlanReview:
    """The plan as it would have been made `years` ago, against the twelve months that followed.

    Opens the company as of that day, so that nothing later is known; `make_case` makes the plan with `options`.
    """
    then = company.as_of - pd.DateOffset(years=years)
    earlier = type(company).open(company.path, as_of=then.strftime("%Y-%m-%d"))
    case = make_case(earlier, months=12, **options)
    values = evaluate(plan_model(), case.inputs, 12, keep=[*PAIRS, "orders", "gross_sales", "net_sales"])
    first, last = case.months[0], case.months[-1] + pd.offsets.MonthEnd(0)
    booked = opening_statement.income_statement(company, first, last).set_index("line")["amount_usd"]
    rows = [
        (name, float(values[name].sum()), float(booked[other]) if name == "ebitda" else abs(float(booked[other])))
        for name, other in PAIRS.items()
    ]
    table = pd.DataFrame(rows, columns=["line", "planned_usd", "actual_usd"])
    sold = order_economics.shared_economics(company, 12, ago=12 * (years - 1)).table
    before = order_economics.shared_economics(earlier, 12).table
    steps = order_steps(_planned(case, values), _sold(sold, before))
    rest = {
        "delivery paid by buyers": float(sold["shipping_charged"].sum()),
        "business customers, not planned": _wholesale(company, first, last),
    }
    steps = pd.concat([steps.iloc[:-1], pd.DataFrame(rest.items(), columns=steps.columns)], ignore_index=True)
    end = float(table["actual_usd"].iloc[0])
    late = ("taxes and refunds booked later or earlier", end - float(steps["usd"].sum()))
    steps = pd.concat([steps, pd.DataFrame([late, ("booked", end)], columns=steps.columns)], ignore_index=True)
    return PlanReview(table.assign(error=table["planned_usd"] / table["actual_usd"] - 1), steps)


def order_steps(planned: pd.DataFrame, sold: pd.DataFrame) -> pd.DataFrame:
    """How planned revenue becomes that of the orders that came, by segment: step, usd; exact.

    Both have market, platform, orders, value (USD an order before refunds) and returns (share given back); `sold` also
    value_at_plan, the same orders at the plan's exchange rates. Steps in this order: number of orders (all segments
    alike), markets and platforms (the shift between them), order value, exchange rates, returns. A segment that was
    not planned counts with its own value and returns, so all of it is a shift between segments.
    """
    needed = {*SEGMENT, "orders", "value", "returns"}
    for name, frame, columns in (("planned", planned, needed), ("sold", sold, needed | {"value_at_plan"})):
        if not columns <= set(frame.columns):
            raise InputError.missing_columns(name, columns - set(frame.columns), frame.columns)
    both = planned.merge(sold, on=SEGMENT, how="outer", suffixes=("_0", "_1"), validate="one_to_one")
    n0, n1 = (both[f"orders_{k}"].fillna(0.0).astype(float) for k in (0, 1))
    new, gone = n0 == 0, n1 == 0
    v0, r0 = both["value_0"].mask(new, both["value_at_plan"]), both["returns_0"].mask(new, both["returns_1"])
    vp, v1 = both["value_at_plan"].mask(gone, v0), both["value_1"].mask(gone, v0)
    r1 = both["returns_1"].mask(gone, r0)
    start = float((n0 * v0 * (1 - r0)).sum())
    if start <= 0:
        raise InputError.out_of_range("planned", start, "a revenue above 0")
    number = start * (float(n1.sum()) / float(n0.sum()) - 1)
    steps = {
        "planned": start,
        "number of orders": number,
        "markets and platforms": float(((n1 - n0) * v0 * (1 - r0)).sum()) - number,
        "order value": float((n1 * (vp - v0) * (1 - r0)).sum()),
        "exchange rates": float((n1 * (v1 - vp) * (1 - r0)).sum()),
        "returns": float((n1 * v1 * (r0 - r1)).sum()),
        "came": float((n1 * v1 * (1 - r1)).sum()),
    }
    return pd.DataFrame(steps.items(), columns=["step", "usd"])


def _planned(case: PlanCase, values: dict[str, np.ndarray]) -> pd.DataFrame:
    """Orders, value and returns of each planned segment over the year."""
    shape = (1, len(case.months), len(case.markets), len(case.platforms))
    sums = {
        name: np.broadcast_to(values[name], shape)[0].sum(axis=0).ravel()
        for name in ("orders", "gross_sales", "net_sales")
    }
    table = pd.DataFrame(case.segments, columns=SEGMENT).assign(**sums)
    return _ratios(table[table["orders"] > 0].rename(columns={"gross_sales": "sales", "net_sales": "net"}))


def _sold(table: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Orders, value and returns of each segment that came, and their value at the rates of the year before."""
    local = before["price"] / before["usd_rate"]
    rates = before.groupby("currency")["price"].sum() / local.groupby(before["currency"]).sum()
    sales = table["price"] - table["discount"] - table["sales_tax"]
    at_plan = sales * (table["currency"].map(rates) / table["usd_rate"]).fillna(1.0)
    rows = table[[*SEGMENT, "orders"]].assign(sales=sales, at_plan=at_plan, net=sales - table["refund"])
    sums = rows.groupby(SEGMENT, as_index=False)[["orders", "sales", "at_plan", "net"]].sum()
    return _ratios(sums[sums["sales"] > 0])


def _ratios(sums: pd.DataFrame) -> pd.DataFrame:
    orders = sums["orders"].astype(float)
    ratios = sums.assign(orders=orders, value=sums["sales"] / orders, returns=1 - sums["net"] / sums["sales"])
    if "at_plan" in sums:
        ratios["value_at_plan"] = sums["at_plan"] / orders
    return ratios.drop(columns=["sales", "net", "at_plan"], errors="ignore")


def _wholesale(company: "Company", first: pd.Timestamp, last: pd.Timestamp) -> float:
    """Invoices to business customers of the period, USD at the rate of their day; 0 without receivables."""
    owed = company.optional("receivables")
    if owed is None:
        return 0.0
    rows = owed[(owed["kind"] == "wholesale") & owed["issued_on"].between(first, last)]
    return float(usd_at(rows["amount"], rows["currency"], rows["issued_on"]).sum()) if len(rows) else 0.0
