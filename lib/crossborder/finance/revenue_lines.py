"""Which way of selling earns: what comes back by itself, ways to sell side by side, and the cash that each needs."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from crossborder.company import people, sampling
from crossborder.company.laid import laid_down
from crossborder.errors import InputError, Refusal
from crossborder.reference import files

if TYPE_CHECKING:
    from crossborder.company import Company

__all__ = ["cited_loyalty", "recurring_value", "repeat_share", "revenue_models", "start_up_cash", "ways_to_sell"]

FEWEST_BUYERS = 50
SUBSCRIPTION = "subscription"


def ways_to_sell(company: "Company", rate: float, *, goods_days: float = 0.0) -> pd.DataFrame | None:
    """The company's ways to sell side by side: `revenue_models` with the cash that each needs (`start_up_cash`).

    `goods_days` is how long before a sale its goods are paid: days of stock less days that suppliers lend. What a buyer
    orders counts as net sales: after sales tax and refunds, as the margins do. None where too few buyers are known from
    the year before the last to tell who stays.
    """
    from crossborder.finance import order_costs, order_economics, unit_economics

    now = order_economics.order_economics(company, 12)
    earned = unit_economics.waterfall(now.table, by=["platform"]).set_index("platform")
    days = now.platforms.groupby("platform")["payout_delay_days"].mean()
    goods = earned[[name for name in order_costs.PER_UNIT if name in earned]].sum(axis=1) / earned["net_sales"]
    try:
        kept = repeat_share(company)
    except Refusal:
        return None
    kept = kept[kept["platform"].isin(earned.index)].reset_index(drop=True)
    net = earned["net_sales"] / (earned["price"] - earned["discount"])
    kept["value_usd"] = kept["value_usd"] * kept["platform"].map(net)
    models = revenue_models(kept, earned["margin"], days, goods, rate=rate)
    return models.join(start_up_cash(models, goods_days=goods_days))


def recurring_value(
    revenue_year: float, margin: float, kept: float, rate: float, *, first_year_usd: float = 0.0
) -> dict[str, float]:
    """What a buyer who stays with probability `kept` each year is worth against one year's margin.

    Value = margin x revenue / (1 - kept / (1 + rate)), paid at each year's start; `multiple` is against one year alone;
    `first_year_usd` is what winning the buyer costs. `kept` for a multiple of three is in `kept_for_three`.
    """
    if not 0 <= kept < 1 or rate < 0:
        raise InputError.out_of_range("kept, rate", (kept, rate), "0 to below 1; 0 or more")
    multiple = 1 / (1 - kept / (1 + rate))
    once = revenue_year * margin
    return {
        "value_usd": once * multiple - first_year_usd,
        "multiple": multiple,
        "kept_for_three": (1 + rate) * 2 / 3,
    }


def cited_loyalty() -> dict[str, float]:
    """What a report says of an ecosystem: buyers who come back (claim C001-243) and times a year's worth (C001-205)."""
    claims = files.read("claims.csv").set_index("claim_id")["value_low"].astype(float)
    return {"kept": float(claims["C001-243"]), "multiple": float(claims["C001-205"])}


def repeat_share(company: "Company", *, level: float = 0.9) -> pd.DataFrame:
    """Buyers of the year before the last who bought again in the last, by platform: buyers, kept, low, high ...

    A buyer who used several platforms belongs to the first by name; `orders_year` and
    `value_usd` are what a buyer ordered in that year (USD at today's rates). Raises Refusal below fifty buyers.
    Beyond 200,000 customers a sample of them (`company.sampling`) is asked: `buyers` and `again` are scaled up to all,
    and the interval (low, high; of `level`) is that of the sample.
    """
    grouped, share = _of_two_years(company)
    buyers = round(grouped["buyers"].sum() / share)
    if buyers < FEWEST_BUYERS:
        raise Refusal.because("no repeat share", f"{buyers} buyers a year ago", f"{FEWEST_BUYERS} are needed")
    grouped = grouped[grouped.index.notna()]
    tail = (1 - level) / 2
    k, n = grouped["again"].to_numpy(float), grouped["buyers"].to_numpy(float)
    return (
        sampling.scaled_up(grouped, ["buyers", "again"], share)
        .assign(kept=k / n, low=betaincinv(k + 0.5, n - k + 0.5, tail), high=betaincinv(k + 0.5, n - k + 0.5, 1 - tail))
        .reset_index()
    )


def _of_two_years(company: "Company") -> tuple[pd.DataFrame, float]:
    """Buyers of the year before the last by platform, and those `again` in the last; of a sample, and its share."""
    from crossborder.reference import exchange

    orders = company.events("orders")
    named, share = sampling.some_lines(orders)
    day = company.as_of.tz_localize("UTC")
    split, start = day - pd.Timedelta(days=365), day - pd.Timedelta(days=730)
    early = named.filter((named.ordered_at > start) & (named.ordered_at <= split))
    value = (early.quantity * early.unit_price - early.discount.fill_null(0.0)).sum()
    # An order has one first line, so that orders are counted without bringing their lines together.
    bought = early.group_by(["customer_id", "currency"]).aggregate(
        platform=early.platform.min(), orders=(early.line == 1).cast("int64").sum(), value=value.cast("float64")
    )
    bought = laid_down(bought)
    names = sorted(bought.select("currency").distinct().to_pandas()["currency"])
    rates = [(name, float(exchange.convert(1.0, name, company.as_of))) for name in names]
    known = people.buyers(orders)
    later = known.filter(known["last"] > split).select("customer_id").mutate(back=1)
    both = bought.left_join(later, "customer_id")
    usd = both.value * both.currency.cases(*rates) if rates else both.value
    grouped = both.group_by("platform").aggregate(
        buyers=both.count(), again=both.back.count(), orders_year=both.orders.mean(), value_usd=usd.mean()
    )
    return grouped.to_pandas().set_index("platform").sort_index(), share


def revenue_models(
    kept: pd.DataFrame,
    margins: pd.Series,
    payout_days: pd.Series,
    goods: pd.Series | None = None,
    *,
    rate: float,
    fee_discount: float = 0.1,
) -> pd.DataFrame:
    """Ways to make revenue side by side, for one buyer: model, margin, cash_days, kept, value_usd with low and high.

    Each platform is a way to sell as it is: `kept` of `repeat_share` (value_usd: net sales of a buyer a year),
    contribution `margins`, `payout_days` and share of `goods` in net sales by platform. The last row is a subscription
    on the platform with the best margin: its buyers pay a year ahead for `fee_discount` off, so cash comes at once, and
    stay as those who bought again did (their rate of staying is the same estimate, to be tested before it is believed).
    """
    missing = [name for name in ("platform", "kept", "low", "high", "value_usd") if name not in kept]
    if missing:
        raise InputError.missing_columns("kept", missing, kept.columns)
    table = kept.set_index("platform")
    goods = pd.Series(0.0, table.index) if goods is None else goods
    rows = [
        _model(name, one, float(margins[name]), float(payout_days[name]), float(goods[name]), rate)
        for name, one in table.iterrows()
    ]
    best = str(margins.reindex(table.index).idxmax())
    discounted = table.loc[best] * 1.0
    discounted["value_usd"] *= 1 - fee_discount
    margin, share = (float(margins[best]) - fee_discount) / (1 - fee_discount), float(goods[best]) / (1 - fee_discount)
    rows.append(_model(SUBSCRIPTION, discounted, margin, -182.5, share, rate))
    return pd.DataFrame(rows).sort_values("value_usd", ascending=False, ignore_index=True)


def start_up_cash(
    models: pd.DataFrame, *, buyers_year: float = 1000.0, goods_days: float = 0.0, months: int = 36
) -> pd.DataFrame:
    """Cash of a start with each way to sell, buyers coming evenly, without fixed cost: one row a row of `models`.

    A buyer orders evenly over the year and again with probability `kept`; goods are paid `goods_days` before the sale,
    everything else at the sale, and money comes `cash_days` after it. Buyers whose cash comes ahead pay each year at
    its start. Columns: cash_low_usd (the deepest point), back_month (from which cash stays above zero; infinite if
    not within `months`), cash_end_usd with cash_end_low and cash_end_high (at the low and high of `kept`).
    """
    if buyers_year <= 0 or months < 1:
        raise InputError.out_of_range("buyers_year, months", (buyers_year, months), "above 0; 1 or more")
    rows = []
    for one in models.itertuples():
        paths = [
            _cash_path(one, float(share), buyers_year, goods_days, months)
            for share in (one.kept, one.kept_low, one.kept_high)
        ]
        below = np.flatnonzero(paths[0] < -1e-9)
        back = 0 if not len(below) else below[-1] + 1
        ends = [float(path[-1]) for path in paths]
        rows.append((min(float(paths[0].min()), 0.0), float(back) if back <= months else float("inf"), *ends))
    names = ["cash_low_usd", "back_month", "cash_end_usd", "cash_end_low", "cash_end_high"]
    return pd.DataFrame(rows, columns=names)


def _cash_path(one: object, kept: float, buyers_year: float, goods_days: float, months: int) -> np.ndarray:
    """Cumulative cash at the end of each month, from month 0 on."""
    lead, delay = goods_days * 12 / 365, max(one.cash_days, 0.0) * 12 / 365
    age = np.arange(months + int(np.ceil(max(lead, 0))) + 1)
    evenly = kept ** (age // 12) / 12
    ahead = np.where(age % 12 == 0, kept ** (age // 12), 0.0)
    sold, charged = (
        np.r_[0.0, np.cumsum(np.cumsum(weights))] * buyers_year / 12 * one.sales_usd
        for weights in (evenly, ahead if one.cash_days < 0 else evenly)
    )
    grid, time = np.arange(len(sold)), np.arange(months + 1.0)
    received = np.interp(time - delay, grid, charged, left=0.0)
    goods = one.goods_share * np.interp(time + lead, grid, sold, left=0.0)
    return received - goods - (1 - one.margin - one.goods_share) * np.interp(time, grid, sold)


def _model(name: str, one: pd.Series, margin: float, days: float, goods: float, rate: float) -> dict[str, object]:
    """One way to sell; money that comes later is worth less by the rate over those days."""
    waiting = (1 + rate) ** (-days / 365)
    worth = {
        end: recurring_value(float(one["value_usd"]), margin * waiting, float(one[end]), rate)["value_usd"]
        for end in ("kept", "low", "high")
    }
    return {
        "model": name, "margin": margin, "goods_share": goods, "sales_usd": float(one["value_usd"]), "cash_days": days,
        "kept": float(one["kept"]), "kept_low": float(one["low"]), "kept_high": float(one["high"]),
        "multiple": recurring_value(1.0, 1.0, float(one["kept"]), rate)["multiple"],
        "value_usd": worth["kept"], "value_low": worth["low"], "value_high": worth["high"],
    }  # fmt: skip
