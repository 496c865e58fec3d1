"""How far the plan's factors may move in a year, measured on the company's own years and on real exchange rates."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.reference import exchange

if TYPE_CHECKING:
    from crossborder.company import Company

__all__ = ["basket_span", "measured_spans", "span"]

Z95 = 1.6448536269514722
FEWEST_CHANGES = 6
CURRENCY_YEARS = 10


def span(changes: np.ndarray, base: tuple[float, float]) -> tuple[float, float, bool]:
    """5 % and 95 % factor from yearly log changes (root mean square, so drift counts), and whether it is measured.

    `base` is the judgement that stands where there are fewer than six changes.
    """
    known = np.asarray(changes, float)
    known = known[np.isfinite(known)]
    if len(known) < FEWEST_CHANGES:
        return (*base, False)
    spread = Z95 * max(float(np.sqrt(np.mean(known**2))), 1e-3)
    return float(np.exp(-spread)), float(np.exp(spread)), True


def basket_span(weights: pd.Series, end: pd.Timestamp, base: tuple[float, float]) -> tuple[float, float, bool]:
    """5 % and 95 % of a year's change of a basket of currencies against the dollar over the last ten years."""
    start = end - pd.DateOffset(years=CURRENCY_YEARS + 1)
    rates = exchange.rates(list(weights.index), base="USD", start=start.strftime("%Y-%m-%d"), end=str(end.date()))
    monthly = np.log(rates).resample("ME").last()
    moved = (monthly.diff(12) @ (weights / weights.sum())).dropna()
    if len(moved) < 36:
        return (*base, False)
    low, high = np.quantile(moved, [0.05, 0.95])
    return float(np.exp(min(low, -1e-3))), float(np.exp(max(high, 1e-3))), True


def measured_spans(company: "Company") -> dict[str, tuple[float, float]]:
    """Factors whose spans the data give, low and high: order value, returns, media prices, purchase prices, currencies.

    Yearly changes are those of the markets (of the suppliers for purchases) between the company's own years; a market's
    change is larger than the company's, so these spans are on the careful side. Nothing is measured with one year.
    """
    found = {}
    sold = _yearly_sales(company)
    found["order value"] = span(_changes(sold["value"] / sold["lines"]).ravel(), (0, 0))
    found["returns"] = span(_changes(sold["returned"] / sold["quantity"]).ravel(), (0, 0))
    if company.has("ad_spend"):
        spend = _by_year(company.table("ad_spend"), "date", company.as_of)
        sums = spend.groupby(["market", "ago"])[["spend", "clicks"]].sum().astype(float)
        sums["cost"] = sums["spend"] / sums["clicks"]
        found["media prices"] = span(_changes(sums.pivot_table("cost", "market", "ago")).ravel(), (0, 0))
    if company.has("purchases"):
        bought = _by_year(company.table("purchases"), "ordered_on", company.as_of)
        cost = bought.astype({"unit_cost": float}).pivot_table("unit_cost", ["supplier_id", "sku"], "ago")
        # Product by product, so that another mix is no change of price; then the mean of each supplier.
        moved = pd.DataFrame(_changes(cost), index=cost.index).groupby("supplier_id").mean()
        found["purchase prices"] = span(moved.to_numpy().ravel(), (0, 0))
    usd = sold["value"][0] if 0 in sold["value"] else pd.Series(dtype=float)
    abroad = _currency_weights(company, usd)
    if len(abroad):
        found["sales currencies"] = basket_span(abroad, company.as_of, (0, 0))
    return {name: (low, high) for name, (low, high, measured) in found.items() if measured}


def _by_year(frame: pd.DataFrame, day: str, as_of: pd.Timestamp) -> pd.DataFrame:
    """Rows with `ago`: whole years before the company's day (0 is the last twelve months)."""
    ago = ((as_of - frame[day]).dt.days // 365).clip(lower=0)
    oldest = (as_of - frame[day].min()).days // 365
    # The oldest year is whole only if the record reaches back to its start, or nearly so.
    whole = oldest if (as_of - frame[day].min()).days - oldest * 365 >= 330 else oldest - 1
    return frame.assign(ago=ago)[ago <= whole]


def _yearly_sales(company: "Company") -> dict[str, pd.DataFrame]:
    """Lines, pieces, returned pieces and value (local money) by market (rows) and year ago (columns)."""
    orders = company.events("orders")
    daily = orders.group_by(day=orders.ordered_at.date(), market=orders.market).aggregate(
        lines=orders.count(),
        quantity=orders.quantity.sum(),
        returned=orders.returned.sum(),
        value=(orders.quantity * orders.unit_price - orders.discount.fill_null(0.0)).sum(),
    )
    frame = daily.to_pandas().assign(day=lambda f: pd.to_datetime(f["day"]))
    names = ["lines", "quantity", "returned", "value"]
    sums = _by_year(frame, "day", company.as_of).groupby(["market", "ago"])[names].sum().astype(float)
    return {name: sums.pivot_table(name, "market", "ago") for name in names}


def _changes(by_year: pd.DataFrame) -> np.ndarray:
    """Log changes from each year to the next newer one, a row as given."""
    values = np.log(by_year.sort_index(axis=1).where(by_year > 0).to_numpy(float))
    return values[:, :-1] - values[:, 1:]


def _currency_weights(company: "Company", local: pd.Series) -> pd.Series:
    """Last year's sales by foreign currency, USD; without the dollar and what the rates do not cover."""
    covered = exchange.coverage()
    start = company.as_of - pd.DateOffset(years=CURRENCY_YEARS + 1)
    usable = (covered["first"] <= start) & (covered["last"] >= company.as_of - pd.Timedelta(days=14))
    known = set(covered.loc[usable & ~covered["status"].isin(["pegged", "own"]), "currency"]) - {"USD"}
    usd: dict[str, float] = {}
    for market, amount in local.items():
        code = company.profile.get("currencies", {}).get(market)
        if code in known:
            usd[code] = usd.get(code, 0.0) + float(amount) * float(exchange.convert(1.0, code, company.as_of))
    return pd.Series(usd, dtype=float)
