"""Which kind of revenue earns: lines with their own margins, what comes back by itself, ways to sell side by side."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from crossborder.errors import InputError, Refusal

if TYPE_CHECKING:
    from crossborder.company import Company

__all__ = ["own_lines", "recurring_value", "repeat_share", "revenue_mix", "revenue_models"]

FEWEST_BUYERS = 50


def revenue_mix(lines: pd.DataFrame, years: int = 5) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lines of revenue blended: each line's share and contribution today, and the blend by year.

    `lines` has line, revenue_usd, margin and growth (a year, fractions). The second table has year (0 is today),
    revenue_usd, margin and growth of the whole: fast lines take over, so the blended growth rises by itself.
    """
    needed = ["line", "revenue_usd", "margin", "growth"]
    missing = [name for name in needed if name not in lines]
    if missing:
        raise InputError.missing_columns("lines", missing, lines.columns)
    if (lines["revenue_usd"] < 0).any() or lines["revenue_usd"].sum() <= 0 or (lines["growth"] <= -1).any():
        raise InputError.out_of_range("lines", "revenue or growth", "revenue 0 or more, growth above -1")
    today = lines.assign(
        share=lines["revenue_usd"] / lines["revenue_usd"].sum(), contribution_usd=lines["revenue_usd"] * lines["margin"]
    )
    year = np.arange(years + 2)
    paths = lines["revenue_usd"].to_numpy(float) * (1 + lines["growth"].to_numpy(float)) ** year[:, None]
    total = paths.sum(axis=1)
    blend = pd.DataFrame(
        {
            "year": year[:-1],
            "revenue_usd": total[:-1],
            "margin": (paths @ lines["margin"].to_numpy(float) / total)[:-1],
            "growth": total[1:] / total[:-1] - 1,
        }
    )
    return today, blend


def own_lines(company: "Company", rate: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The company's lines of revenue (its platforms) for `revenue_mix`, and its ways to sell by `revenue_models`.

    Lines: line, revenue_usd (net sales of the last year), margin (contribution of net sales), growth (against the year
    before; 0 where there was none).
    """
    from crossborder.finance import order_economics, unit_economics

    now, before = (order_economics.order_economics(company, 12, ago=ago) for ago in (0, 12))
    sales = [one.table.groupby("platform")[["price", "discount", "sales_tax", "refund"]].sum() for one in (now, before)]
    net = [one["price"] - one["discount"] - one["sales_tax"] - one["refund"] for one in sales]
    margin = unit_economics.waterfall(now.table, by=["platform"]).set_index("platform")["margin"]
    growth = (net[0] / net[1].reindex(net[0].index) - 1).fillna(0.0)
    lines = pd.DataFrame({"line": net[0].index, "revenue_usd": net[0].to_numpy(), "growth": growth.to_numpy()})
    lines["margin"] = margin.reindex(net[0].index).to_numpy()
    days = now.platforms.groupby("platform")["payout_delay_days"].mean()
    return lines, revenue_models(repeat_share(company), margin, days, rate=rate)


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


def repeat_share(company: "Company", *, level: float = 0.9) -> pd.DataFrame:
    """Buyers of the year before the last who bought again in the last, by platform: buyers, kept, low, high ...

    A buyer who used several platforms belongs to the first by name; `orders_year` and
    `value_usd` are what a buyer ordered in that year (USD at today's rates). Raises Refusal below fifty buyers.
    """
    from crossborder.reference import exchange

    orders = company.events("orders")
    named = orders.filter(orders.customer_id.notnull())
    day = company.as_of.tz_localize("UTC")
    split, start = day - pd.Timedelta(days=365), day - pd.Timedelta(days=730)
    early = named.filter((named.ordered_at > start) & (named.ordered_at <= split))
    value = (early.quantity * early.unit_price - early.discount.fill_null(0.0)).sum()
    bought = early.group_by(["customer_id", "currency"]).aggregate(
        platform=early.platform.min(), orders=early.order_id.nunique(), value=value.cast("float64")
    )
    names = early.select("currency").distinct().order_by("currency").to_pandas()["currency"]
    rates = [(name, float(exchange.convert(1.0, name, company.as_of))) for name in names]
    later = named.filter(named.ordered_at > split).select("customer_id").distinct().mutate(back=1)
    both = bought.left_join(later, "customer_id")
    usd = both.value * both.currency.cases(*rates) if rates else both.value
    grouped = both.group_by("platform").aggregate(
        buyers=both.count(), again=both.back.count(), orders_year=both.orders.mean(), value_usd=usd.mean()
    )
    grouped = grouped.to_pandas().set_index("platform").sort_index()
    buyers = int(grouped["buyers"].sum())
    if buyers < FEWEST_BUYERS:
        raise Refusal.because("no repeat share", f"{buyers} buyers a year ago", f"{FEWEST_BUYERS} are needed")
    grouped = grouped[grouped.index.notna()]
    tail = (1 - level) / 2
    k, n = grouped["again"].to_numpy(float), grouped["buyers"].to_numpy(float)
    return grouped.assign(
        kept=k / n, low=betaincinv(k + 0.5, n - k + 0.5, tail), high=betaincinv(k + 0.5, n - k + 0.5, 1 - tail)
    ).reset_index()


def revenue_models(
    kept: pd.DataFrame, margins: pd.Series, payout_days: pd.Series, *, rate: float, fee_discount: float = 0.1
) -> pd.DataFrame:
    """Ways to make revenue side by side, for one buyer: model, margin, cash_days, kept, value_usd with low and high.

    Each platform is a way to sell as it is (`kept` of `repeat_share`, contribution `margins` and `payout_days` by
    platform). The last row is a subscription on the platform with the best margin: its buyers pay a year ahead for
    `fee_discount` off, so cash comes at once, and stay as those who bought again did (their rate of staying is the
    same estimate, to be tested before it is believed).
    """
    missing = [name for name in ("platform", "kept", "low", "high", "value_usd") if name not in kept]
    if missing:
        raise InputError.missing_columns("kept", missing, kept.columns)
    table = kept.set_index("platform")
    rows = [_model(name, one, float(margins[name]), float(payout_days[name]), rate) for name, one in table.iterrows()]
    best = str(margins.reindex(table.index).idxmax())
    discounted = table.loc[best] * 1.0
    discounted["value_usd"] *= 1 - fee_discount
    margin = (float(margins[best]) - fee_discount) / (1 - fee_discount)
    rows.append(_model("subscription", discounted, margin, -182.5, rate))
    return pd.DataFrame(rows).sort_values("value_usd", ascending=False, ignore_index=True)


def _model(name: str, one: pd.Series, margin: float, days: float, rate: float) -> dict[str, object]:
    """One way to sell; money that comes later is worth less by the rate over those days."""
    waiting = (1 + rate) ** (-days / 365)
    worth = {
        end: recurring_value(float(one["value_usd"]), margin * waiting, float(one[end]), rate)["value_usd"]
        for end in ("kept", "low", "high")
    }
    return {
        "model": name, "margin": margin, "cash_days": days, "kept": float(one["kept"]), "kept_low": float(one["low"]),
        "kept_high": float(one["high"]), "multiple": recurring_value(1.0, 1.0, float(one["kept"]), rate)["multiple"],
        "value_usd": worth["kept"], "value_low": worth["low"], "value_high": worth["high"],
    }  # fmt: skip
