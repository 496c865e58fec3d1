"""Every invoice and payout of the company, from the tables of what was sold, bought, shipped and advertised.

One frame for all: `side` (owed to us or by us), counterparty, account, market, document, currency, amount (signed as
cash), issued, due, paid. Receivables, payables and the ledger are views of it, so they agree to the cent.
"""

import numpy as np
import pandas as pd

from crossborder.demo.core import Core
from crossborder.demo.daily import week_sums
from crossborder.demo.sales import Sums, usd_rates
from crossborder.demo.world import CURRENCIES, MARKETS, PLATFORMS, VAT, World

__all__ = ["COLUMNS", "TERMS", "advertising", "buying", "freight", "operations", "payouts", "platforms", "sales_tax"]

COLUMNS = ["side", "counterparty", "account", "market", "document", "currency", "amount", "issued", "due"]
TERMS = {
    "deposit_share": 0.30,
    "deposit_days": 2,
    "supplier_days": 30,
    "forwarder_days": 30,
    "customs_days": 3,
    "advertising_days": 30,
    "warehouse_days": 15,
    "carrier_days": 15,
    "sales_tax_days": 25,
}
KIND = dict(zip(PLATFORMS, ("marketplace", "marketplace", "own_store", "social_shop"), strict=True))
COMMISSION = {"marketplace_a": 0.15, "marketplace_b": 0.12, "own_store": 0.0, "social_shop": 0.06}
PAYMENT = {"marketplace_a": 0.0, "marketplace_b": 0.012, "own_store": 0.029, "social_shop": 0.02}
DELAY = {"marketplace_a": 14, "marketplace_b": 10, "own_store": 3, "social_shop": 8}
FIXED_USD = {"marketplace_a": 39.0, "marketplace_b": 20.0, "own_store": 45.0, "social_shop": 0.0}
SUSPENSION = {"marketplace_a": 0.035, "marketplace_b": 0.025, "own_store": 0.004, "social_shop": 0.05}
FULFILMENT_USD = {"US": 3.6, "DE": 3.3, "GB": 3.1, "JP": 2.9, "MX": 2.4, "BR": 2.5, "ID": 1.1, "SA": 2.8}
LAST_MILE_USD = {"US": 4.4, "DE": 4.0, "GB": 3.8, "JP": 3.9, "MX": 2.7, "BR": 2.9, "ID": 1.3, "SA": 3.0}
RETURN_HANDLING_USD = 1.9


def coins(amount: np.ndarray, currency: np.ndarray) -> np.ndarray:
    """Amounts in whole coins of each currency."""
    return np.where(np.isin(currency, ["JPY", "IDR"]), np.round(amount), np.round(amount, 2))


def platforms(world: World) -> pd.DataFrame:
    """Terms of each platform in each market, in the market's currency."""
    grid = pd.MultiIndex.from_product([PLATFORMS, MARKETS], names=["platform", "market"]).to_frame(index=False)
    currency = grid["market"].map(CURRENCIES)
    local = 1 / world.usd_per_unit.iloc[-1].loc[currency].to_numpy()
    by_platform = grid["platform"] == "marketplace_a"
    fulfilment = np.where(by_platform, grid["market"].map(FULFILMENT_USD), 0.0)
    last_mile = np.where(by_platform, 0.0, grid["market"].map(LAST_MILE_USD))
    return grid.assign(
        kind=grid["platform"].map(KIND),
        commission_rate=grid["platform"].map(COMMISSION),
        payment_rate=grid["platform"].map(PAYMENT),
        fulfilment_fee_unit=coins(fulfilment * local, currency),
        last_mile_unit=coins(last_mile * local, currency),
        fixed_fee_month=coins(grid["platform"].map(FIXED_USD) * local, currency),
        currency=currency,
        payout_delay_days=grid["platform"].map(DELAY),
        suspension_probability_year=grid["platform"].map(SUSPENSION),
    )


def payouts(company: Core, sums: Sums, terms: pd.DataFrame) -> pd.DataFrame:
    """Weekly settlements of each platform and market: sales, less fees, less refunds, paid after the delay."""
    world = company.world
    weekly = {name: week_sums(world, getattr(sums, name)) for name in ("gross", "refunds", "pieces")}
    index = [(m, p) for m in MARKETS for p in PLATFORMS]
    known = terms.set_index(["market", "platform"]).loc[index]
    grid = pd.MultiIndex.from_product([np.arange(len(world.weeks)), range(len(index))]).to_frame(index=False).to_numpy()
    row = known.iloc[grid[:, 1]].reset_index()
    currency = row["currency"].to_numpy()
    gross, back, pieces = (weekly[n].reshape(len(world.weeks), -1).ravel() for n in ("gross", "refunds", "pieces"))
    rate = (row["commission_rate"] + row["payment_rate"]).to_numpy(float)
    fees = coins(rate * gross + row["fulfilment_fee_unit"].to_numpy(float) * pieces, currency)
    closes = np.minimum(world.weeks[grid[:, 0]] + pd.Timedelta(days=6), world.end)
    frame = pd.DataFrame(
        {
            "side": "in",
            "counterparty": row["platform"],
            "market": row["market"],
            "document": [
                f"R{w:03d}-{m}-{p}" for w, m, p in zip(grid[:, 0], row["market"], row["platform"], strict=True)
            ],
            "currency": currency,
            "issued": closes,
            "due": closes + pd.to_timedelta(row["payout_delay_days"].to_numpy(int), unit="D"),
        }
    )
    amounts = {"sales payout": coins(gross, currency), "platform fees": -fees, "refunds": -coins(back, currency)}
    parts = [frame.assign(account=account, amount=amount) for account, amount in amounts.items()]
    return _used(parts)


def _used(parts: list[pd.DataFrame]) -> pd.DataFrame:
    frame = pd.concat(parts, ignore_index=True)
    return frame.loc[frame["amount"] != 0, COLUMNS]


def buying(purchases: pd.DataFrame) -> pd.DataFrame:
    """Deposit at the order, the balance after the goods are ready."""
    total = np.round(purchases["quantity"].to_numpy(float) * purchases["unit_cost"].to_numpy(float), 2)
    deposit = np.round(TERMS["deposit_share"] * total, 2)
    base = pd.DataFrame(
        {"side": "out", "counterparty": purchases["supplier_id"], "account": "purchases", "market": None}
    ).assign(currency=purchases["currency"])
    first = base.assign(document=purchases["purchase_id"] + "-D", amount=-deposit, issued=purchases["ordered_on"])
    first["due"] = first["issued"] + pd.Timedelta(days=TERMS["deposit_days"])
    rest = base.assign(document=purchases["purchase_id"] + "-B", amount=-np.round(total - deposit, 2))
    rest["issued"] = purchases["received_on"]
    rest["due"] = rest["issued"] + pd.Timedelta(days=TERMS["supplier_days"])
    return _used([first, rest[rest["issued"].notna()]])


def freight(shipments: pd.DataFrame) -> pd.DataFrame:
    """Forwarder's invoice at departure, customs at arrival; one line an account and shipment."""
    sums = ["inland", "freight", "insurance", "brokerage", "duty", "import_tax"]
    whole = shipments.groupby(["shipment_id", "market"], as_index=False).agg(
        {**dict.fromkeys(sums, "sum"), "shipped_on": "first", "arrived_on": "first"}
    )
    parts = []
    for name in sums:
        at_customs = name in ("duty", "import_tax")
        issued = whole["arrived_on" if at_customs else "shipped_on"]
        days = TERMS["customs_days" if at_customs else "forwarder_days"]
        part = pd.DataFrame(
            {
                "side": "out",
                "counterparty": "customs " + whole["market"] if at_customs else "forwarder",
                "account": name.replace("_", " "),
                "market": whole["market"],
                "document": whole["shipment_id"] + "-" + name,
                "currency": "USD",
                "amount": -np.round(whole[name], 2),
                "issued": issued,
                "due": issued + pd.Timedelta(days=days),
            }
        )
        parts.append(part[issued.notna()])
    return _used(parts)


def advertising(ad_spend: pd.DataFrame) -> pd.DataFrame:
    """One invoice a channel, market and month: the month's spend."""
    month = ad_spend["date"].dt.to_period("M").dt.to_timestamp()
    keys = [month.rename("month"), "market", "channel", "currency"]
    spent = ad_spend.groupby(keys, as_index=False, sort=True)["spend"].sum()
    ends = _month_end(spent["month"])
    return _used(
        [
            pd.DataFrame(
                {
                    "side": "out",
                    "counterparty": spent["channel"],
                    "account": "advertising",
                    "market": spent["market"],
                    "document": "A" + ends.dt.strftime("%Y%m") + "-" + spent["market"] + "-" + spent["channel"],
                    "currency": spent["currency"],
                    "amount": -coins(spent["spend"].to_numpy(float), spent["currency"]),
                    "issued": ends,
                    "due": ends + pd.Timedelta(days=TERMS["advertising_days"]),
                }
            )
        ]
    )


def _month_end(month: pd.Series) -> pd.Series:
    return month + pd.offsets.MonthEnd(0)


def month_sums(world: World, daily: np.ndarray) -> np.ndarray:
    """Sums a month of a day x ... array."""
    return np.add.reduceat(daily, np.searchsorted(world.days, world.months), axis=0)


def monthly(world: World, account: str, who: str, market: str | None, currency: str, amount, days: int) -> pd.DataFrame:
    """One invoice a month; `amount` is what is paid (positive)."""
    ends = pd.Series(world.months) + pd.offsets.MonthEnd(0)
    return pd.DataFrame(
        {
            "side": "out",
            "counterparty": who,
            "account": account,
            "market": market,
            "document": account[:4].upper().replace(" ", "")
            + ends.dt.strftime("%Y%m")
            + (f"-{market}" if market else ""),
            "currency": currency,
            "amount": -coins(np.broadcast_to(amount, len(ends)), np.full(len(ends), currency)),
            "issued": ends,
            "due": ends + pd.Timedelta(days=days),
        }
    )


def operations(company: Core, sums: Sums, terms: pd.DataFrame) -> pd.DataFrame:
    """Warehouses, last mile, returns handling and the platforms' fixed fees, month by month and market."""
    world, flows = company.world, company.flows
    pieces = month_sums(world, sums.pieces)
    returned = month_sums(world, sums.returned).sum(axis=2)
    own = [i for i, p in enumerate(PLATFORMS) if p != "marketplace_a"]
    stored = (flows.available * company.goods.volume_cbm).sum(axis=2)
    days = month_sums(world, np.ones(len(world.days)))
    volume = month_sums(world, stored) / days[:, None]
    sites = company.warehouses[company.warehouses["in_use"]].set_index("market")
    last_mile = terms[terms["platform"] == "own_store"].set_index("market")["last_mile_unit"].astype(float)
    fixed = terms.groupby("market")["fixed_fee_month"].sum().astype(float)
    parts = []
    for m, market in enumerate(MARKETS):
        site, currency = sites.loc[market], CURRENCIES[market]
        cost = float(site["fixed_cost_month"]) + float(site["storage_cost_cbm_month"]) * volume[:, m]
        cost = cost + float(site["handling_cost_unit"]) * pieces[:, m, own].sum(axis=1)
        parts += [
            monthly(world, "warehousing", site["warehouse_id"], market, "USD", cost, TERMS["warehouse_days"]),
            monthly(
                world,
                "last mile",
                "carrier " + market,
                market,
                currency,
                last_mile[market] * pieces[:, m, own].sum(axis=1),
                TERMS["carrier_days"],
            ),
            monthly(
                world,
                "returns handling",
                site["warehouse_id"],
                market,
                "USD",
                RETURN_HANDLING_USD * returned[:, m],
                TERMS["warehouse_days"],
            ),
            monthly(world, "platform fees", "platforms " + market, market, currency, fixed[market], 5),
        ]
    return _used(parts)


def sales_tax(company: Core, sums: Sums, shipments: pd.DataFrame) -> pd.DataFrame:
    """Tax on sales less tax on refunds less import tax paid, month by month; a credit is carried to the next month."""
    world = company.world
    owed = month_sums(world, (sums.tax - sums.refund_tax).sum(axis=2))
    rates = usd_rates(world)
    arrived = shipments[shipments["arrived_on"].notna()]
    parts = []
    for m, market in enumerate(MARKETS):
        if VAT[market] == 0:
            continue
        mine = arrived[arrived["market"] == market]
        day = (mine["arrived_on"] - world.start).dt.days.to_numpy()
        paid = np.bincount(day, mine["import_tax"].to_numpy(float) / rates[day, m], len(world.days))
        balance = np.cumsum(owed[:, m] - month_sums(world, paid))
        # Tax due so far is the highest balance reached: below it there is credit to use up first.
        due = np.diff(np.maximum(np.maximum.accumulate(balance), 0), prepend=0)
        days = TERMS["sales_tax_days"]
        parts.append(monthly(world, "sales tax", "tax office " + market, market, CURRENCIES[market], due, days))
    return _used(parts)
