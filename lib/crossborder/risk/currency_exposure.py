"""The company's own currency exposure: what it receives, pays and holds in each currency, and what a move costs."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError, Refusal
from crossborder.reference import exchange
from crossborder.risk.basket import natural_netting

if TYPE_CHECKING:
    from ibis.expr.types import Table

__all__ = [
    "FINANCING",
    "bad_case_interval",
    "counting_currency",
    "exposure_basket",
    "monthly_flows",
    "of_company",
    "open_balances",
    "profit_at_risk",
    "profit_study",
    "repricing",
    "sales_flows",
    "yearly_exposure",
]

FINANCING = ("capital", "loan", "currency")
"""Accounts of the ledger that are not business flows."""


def monthly_flows(ledger: pd.DataFrame) -> pd.DataFrame:
    """Business cash flows by month and currency: month, currency, received_usd, paid_usd, net_usd, netted_share."""
    used = ledger[~ledger["account"].isin(FINANCING)]
    month = used["date"].dt.to_period("M").dt.to_timestamp()
    amount = used["amount_usd"].astype(float)
    table = used.assign(month=month, received_usd=amount.clip(lower=0), paid_usd=(-amount).clip(lower=0))
    table = table.groupby(["month", "currency"])[["received_usd", "paid_usd"]].sum().reset_index()
    table["net_usd"] = table["received_usd"] - table["paid_usd"]
    return table.assign(netted_share=natural_netting(table["received_usd"], table["paid_usd"]))


def yearly_exposure(flows: pd.DataFrame, *, as_of: pd.Timestamp, months: int = 12, anchor: str = "USD") -> pd.DataFrame:
    """Net exposure by currency over the last `months`: received, paid, net, netted share, share of gross, tied.

    Money in the currency in which the company counts (`anchor`) and in those pegged to it has no market risk: `tied`.
    So is money in a currency with a rate of the company's own alone, because nothing tells how it moves.
    """
    begin = pd.Timestamp(as_of).to_period("M").to_timestamp() - pd.DateOffset(months=months - 1)
    recent = flows[flows["month"] >= begin]
    if recent.empty:
        raise Refusal.because("no exposure", f"no flows from {begin:%Y-%m} on", "choose an earlier day")
    table = recent.groupby("currency")[["received_usd", "paid_usd", "net_usd"]].sum().reset_index()
    table["netted_share"] = natural_netting(table["received_usd"], table["paid_usd"])
    status = exchange.coverage().set_index("currency")["status"]
    # The pegs of the reference are to the dollar.
    pegged = table["currency"].map(status).eq("pegged") & (anchor == "USD")
    own = table["currency"].map(status).eq("own")
    table["tied"] = pegged | own | table["currency"].eq(anchor)
    return table.sort_values("net_usd", ascending=False, ignore_index=True)


def counting_currency(code: str) -> str:
    """The currency in which the company counts, if its rates move and are known; else USD.

    >>> counting_currency("GBP"), counting_currency("VND")
    ('GBP', 'USD')
    """
    covered = exchange.coverage().set_index("currency")
    known = code in covered.index and covered.loc[code, "status"] not in ("refused", "pegged", "ended", "own")
    return code if known else "USD"


def sales_flows(orders: "Table", as_of: pd.Timestamp) -> pd.DataFrame:
    """What buyers pay by month and currency, after refunds, as `monthly_flows`; USD at the rates of `as_of`."""
    paid = (orders.quantity * orders.unit_price - orders.discount.fill_null(0.0) - orders.refund.fill_null(0.0)).sum()
    month = orders.ordered_at.truncate("M").date()
    table = orders.group_by(month=month, currency=orders.currency).aggregate(paid=paid).to_pandas()
    names = table["currency"].unique()
    rates = {name: float(exchange.convert(1.0, name, as_of)) for name in names}
    received = table["paid"].astype(float) * table["currency"].map(rates).astype(float)
    made = pd.DataFrame(
        {"month": pd.to_datetime(table["month"]), "currency": table["currency"], "received_usd": received}
    )
    made = made.assign(paid_usd=0.0, net_usd=received, netted_share=0.0)
    return made.sort_values(["month", "currency"], ignore_index=True)


def of_company(
    ledger: pd.DataFrame | None,
    weights: pd.Series,
    as_of: pd.Timestamp,
    orders: "Table | None" = None,
    *,
    anchor: str = "USD",
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Monthly flows and yearly exposure: from the ledger, without one from what buyers pay.

    Without both there are no flows, and `weights` of a million USD are the exposure. `anchor` is the currency in which
    the company counts.
    """
    if ledger is None and orders is not None:
        flows = sales_flows(orders, as_of)
        return flows, yearly_exposure(flows, as_of=as_of, anchor=anchor)
    if ledger is None:
        columns = ["month", "currency", "received_usd", "paid_usd", "net_usd", "netted_share"]
        made = pd.DataFrame({"currency": weights.index, "received_usd": 1e6 * weights.to_numpy(), "paid_usd": 0.0})
        made = made.assign(net_usd=made["received_usd"], netted_share=0.0, tied=False)
        return pd.DataFrame(columns=columns), made
    flows = monthly_flows(ledger)
    return flows, yearly_exposure(flows, as_of=as_of, anchor=anchor)


def profit_study(
    exposure: pd.DataFrame,
    rates: pd.DataFrame,
    profit_usd: float,
    *,
    target_share: float = 0.03,
    shares: ArrayLike = (0.0, 0.25, 0.5, 0.75, 0.9),
) -> pd.DataFrame:
    """Bad case (95 %) of the yearly currency effect by share sold forward: hedged_share, bad_case_usd, ..."""
    rows = [
        {
            "hedged_share": share,
            **profit_at_risk(exposure, rates, profit_usd=profit_usd, target_share=target_share, hedged=share),
        }
        for share in np.asarray(shares, float).tolist()
    ]
    table = pd.DataFrame(rows).rename(columns={"share_of_profit": "profit_share"})
    return table.assign(within=table["within"] > 0).drop(columns="mean_usd")


def open_balances(receivables: pd.DataFrame | None, payables: pd.DataFrame | None, as_of: pd.Timestamp) -> pd.DataFrame:
    """Open invoices by currency at the day, USD: currency, receivable_usd, payable_usd, net_usd."""
    parts = []
    for table, name in ((receivables, "receivable_usd"), (payables, "payable_usd")):
        if table is None:
            continue
        still_open = table[(table["issued_on"] <= as_of) & (table["paid_on"].isna() | (table["paid_on"] > as_of))]
        owed = still_open.groupby("currency")["amount"].sum().astype(float)
        usd = exchange.convert(owed.to_numpy(), owed.index.to_numpy(object), as_of) if len(owed) else np.zeros(0)
        parts.append(pd.Series(usd, owed.index, name=name))
    if not parts:
        return pd.DataFrame(columns=["currency", "receivable_usd", "payable_usd", "net_usd"])
    table = pd.concat(parts, axis=1).fillna(0.0).rename_axis("currency").reset_index()
    table = table.reindex(columns=["currency", "receivable_usd", "payable_usd"], fill_value=0.0)
    return table.assign(net_usd=table["receivable_usd"] - table["payable_usd"]).sort_values("net_usd", ascending=False)


def exposure_basket(exposure: pd.DataFrame, weights: pd.Series | None = None) -> tuple[pd.Series, float]:
    """Weights of the currencies held net long and not tied, and their yearly total in USD.

    A company that holds none gets the `weights` given, with a total of 0; without them it is refused.
    """
    long = exposure[(exposure["net_usd"] > 0) & ~exposure["tied"]].set_index("currency")["net_usd"]
    if long.empty and weights is not None:
        return weights, 0.0
    if long.empty:
        raise Refusal.because("no basket", "no currency is received net", "give a basket by hand")
    return long / long.sum(), float(long.sum())


def profit_at_risk(
    exposure: pd.DataFrame,
    rates: pd.DataFrame,
    *,
    profit_usd: float,
    target_share: float = 0.03,
    horizon: int = 252,
    level: float = 0.95,
    hedged: pd.Series | float = 0.0,
) -> dict[str, float]:
    """Yearly currency effect on profit from overlapping years of history: mean, bad case, and its share of profit.

    Each currency's net flow moves with its average level over the year, half of the year's change. `hedged` is the
    share of each currency sold forward. `within` says whether the bad case stays within `target_share` of profit.
    """  # fmt: skip
    free = exposure[~exposure["tied"]].set_index("currency")["net_usd"]
    missing = [name for name in free.index if name not in rates]
    if missing:
        raise InputError.missing_columns("rates", missing, rates.columns)
    levels = rates[list(free.index)].dropna()
    if len(levels) <= horizon + 20:
        raise Refusal.because(
            "no profit at risk", f"{len(levels)} days are no more than a year", "lengthen the history"
        )
    change = _yearly_change(levels, horizon)
    open_share = 1 - (hedged.reindex(free.index).fillna(0.0) if isinstance(hedged, pd.Series) else hedged)
    effect = change @ (free * open_share).to_numpy(float)
    bad = -float(np.quantile(effect, 1 - level))
    return {
        "mean_usd": float(effect.mean()),
        "bad_case_usd": bad,
        "share_of_profit": bad / profit_usd if profit_usd > 0 else np.inf,
        "within": float(profit_usd > 0 and bad <= target_share * profit_usd),
    }


def bad_case_interval(
    exposure: pd.DataFrame, rates: pd.DataFrame, rng: np.random.Generator, *, horizon: int = 252, level: float = 0.95
) -> tuple[float, float]:
    """Ends (90 %) of the unhedged bad case of `profit_at_risk`, USD: whole years of history drawn again 1,000 times.

    Overlapping years repeat each other, so that the history is drawn in blocks of `horizon` days.
    """
    free = exposure[~exposure["tied"]].set_index("currency")["net_usd"]
    effect = _yearly_change(rates[list(free.index)].dropna(), horizon) @ free.to_numpy(float)
    starts = rng.integers(0, len(effect), (1000, max(len(effect) // horizon, 1), 1))
    drawn = effect[(starts + np.arange(horizon)) % len(effect)].reshape(1000, -1)
    low, high = np.quantile(-np.quantile(drawn, 1 - level, axis=1), [0.05, 0.95])
    return float(low), float(high)


def _yearly_change(levels: pd.DataFrame, horizon: int) -> np.ndarray:
    """Mean level of each overlapping year over the level at its start, less 1: year x currency."""
    average = levels.rolling(horizon).mean().to_numpy()[horizon:]
    return average / levels.to_numpy()[:-horizon] - 1


def repricing(
    moves: ArrayLike, *, pass_through: float, lag_months: float, elasticity: float, margin: float
) -> pd.DataFrame:
    """Changing prices instead of hedging: move, held (loss without), repriced (loss with), saved; shares of revenue.

    A currency falls by `move`; after `lag_months` prices there rise by `pass_through` of it, and volume falls by
    `elasticity` times the rise, which costs its contribution `margin`. Over the first twelve months.
    """
    if not 0 <= pass_through <= 1 or not 0 <= lag_months <= 12 or elasticity > 0:
        raise InputError.out_of_range(
            "repricing",
            (pass_through, lag_months, elasticity),
            "pass through 0 to 1, lag 0 to 12, elasticity below 0",
            "",
        )
    move = np.abs(np.asarray(moves, float))
    later = 1 - lag_months / 12
    volume = later * margin * np.minimum(-elasticity * pass_through * move, 1.0)
    repriced = move * (1 - later * pass_through) + volume
    return pd.DataFrame({"move": -move, "held": move, "repriced": repriced, "saved": move - repriced})
