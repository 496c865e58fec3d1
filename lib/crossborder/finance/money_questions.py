"""Smaller money questions of a company, one row each: the answer with its range, and what it depends on."""

from functools import partial

import numpy as np
import pandas as pd

from crossborder.company import Company
from crossborder.errors import Refusal
from crossborder.finance.booked_items import usd_at
from crossborder.finance.budget_cycle import monthly_actuals
from crossborder.finance.build_or_buy import cost_cuts, intensity, own_or_outsource, platform_cost, technology_payback
from crossborder.finance.cash_policy import miller_orr
from crossborder.finance.cash_study import Books, assumed
from crossborder.finance.funding import grant_value, payment_costs, soft_loan_value
from crossborder.finance.ratios import altman_z, break_even, dupont
from crossborder.finance.reserves import reserve_account, reserve_strength, warranty_accrual
from crossborder.finance.working_capital import factoring_cost, supplier_finance_saving
from crossborder.reference import files

__all__ = [
    "cut_list", "health_ratios", "market_returns", "money_questions", "payment_table", "reserve_tables",
    "warranty_table",
]  # fmt: skip

COLUMNS = ["question", "answer", "low", "high", "unit", "turns_at"]


def money_questions(
    company: Company, found: Books, rate: float, *, rng: np.random.Generator, paths: int = 4000
) -> pd.DataFrame:
    """One row a question: answer with range, unit, and the value of the driver at which the answer turns (in words).

    Ranges come from the low and high of the assumptions, one at a time where there are several, or from simulation.
    """
    rows = [
        *_financing(company, found, rate),
        *_building(company, found, rate, rng, paths),
        *_intensities(company, found),
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def payment_table(company: Company, rate: float) -> pd.DataFrame:
    """Ways to pay suppliers, cheapest allowed first, for the median payment of the last year; see `payment_costs`.

    Without payables the median payment is 1,000 USD, 100 times a year.
    """
    amount, count = 1000.0, 100.0
    owed = company.optional("payables")
    if owed is not None:
        bought = owed[(owed["account"] == "purchases") & (owed["paid_on"] > company.as_of - pd.DateOffset(years=1))]
        if len(bought):
            amount, count = float(np.median(usd_at(bought["amount"], bought["currency"], company.as_of))), len(bought)
    rails = files.read("payment_rails.csv")
    return payment_costs(rails, amount, payments_year=float(count), capital_rate=rate)


def health_ratios(found: Books, weekly_net_usd: np.ndarray, transfer_cost_usd: float = 25.0) -> pd.DataFrame:
    """Health in ratios, one row each: ratio, answer, unit, and how to read it (in words).

    Altman's Z for private firms on today's balance and the last year, the return on equity by DuPont, the sales at
    which the year breaks even and the margin of safety above them, and the cash band of Miller and Orr by the spread
    of `weekly_net_usd` (past net cash a week). Interest on idle cash is the cost of debt in the income statement's
    terms: a placeholder of 4 % where there is no debt. Ratios that the books cannot give are left out.
    """
    balance, income = found.balance.astype(float), found.income.astype(float)
    assets = float(balance[["cash", "receivables", "inventory", "fixed_assets"]].sum())
    owed = float(balance[["payables", "tax_payable", "loan"]].sum())
    equity = assets - owed
    current = assets - float(balance["fixed_assets"]) - float(balance[["payables", "tax_payable"]].sum())
    rows = []
    if assets > 0 and owed > 0:
        accounts = {"working_capital": current, "retained_earnings": float(balance["retained_earnings"])}
        accounts |= {"operating_income": float(income["ebit"]), "equity": equity, "sales": float(income["net_sales"])}
        z = altman_z(accounts | {"total_assets": assets, "total_liabilities": owed})
        rows.append(("Altman's Z (private firm)", z["score"], "points", f"{z['zone']} zone; below 1.23 distress"))
    if equity > 0 and income["net_sales"] > 0:
        rows.append(
            ("Return on equity", float(income["net_income"]) / equity, "share", _dupont_words(income, assets, equity))
        )
    fixed = -float(income[["payroll", "overheads", "depreciation"]].sum())
    margin = (float(income["ebit"]) + fixed) / float(income["net_sales"])
    if margin > 0 and fixed > 0:
        even = float(break_even(fixed, 1.0, 1.0 - margin)["sales"].iloc[0])
        rows.append(
            ("Sales at break-even", even, "USD a year", f"{1 - even / float(income['net_sales']):.0%} below today")
        )
    spread = float(np.var(np.asarray(weekly_net_usd, float), ddof=1)) / 7
    rate = -float(income["interest"]) / float(balance["loan"]) if balance["loan"] > 0 else 0.04
    if spread > 0 and rate > 0:
        band = miller_orr(spread, transfer_cost_usd, rate / 365)
        rows.append(
            (
                "Cash above the safety line, on average",
                band.mean,
                "USD",
                f"move to {band.target:,.0f} at {band.upper:,.0f}",
            )
        )
    return pd.DataFrame(rows, columns=["ratio", "answer", "unit", "reading"])


def _dupont_words(income: pd.Series, assets: float, equity: float) -> str:
    names = ("net_income", "profit_before_tax", "ebit", "net_sales")
    found = dupont(*(float(income[name]) for name in names), assets, equity)
    return (
        f"net margin {found['net_margin']:.1%} x turnover {found['asset_turnover']:.1f} "
        f"x leverage {found['equity_multiplier']:.1f}"
    )


def cut_list(found: Books, target_share: float = 0.01) -> pd.DataFrame:
    """Cost lines of the last twelve months ranked for cutting, up to a share of net sales a year; see `cost_cuts`."""
    rules = files.read("cost_cut_rules.csv")
    rules["year_usd"] = -rules["line"].map(found.income).fillna(0.0)
    return cost_cuts(rules[rules["year_usd"] > 0], target_share * float(found.income["net_sales"]))


def reserve_tables(
    company: Company, found: Books, *, rates: tuple[float, ...], rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """The risk reserve by month at the first rate, and the chance that each rate runs out; None without incidents.

    Each rate starts from the reserve that it would have built up over the past.
    """
    incidents = company.optional("incidents")
    if incidents is None or incidents["loss_usd"].notna().sum() == 0:
        return None
    items = found.items[found.items["account"] == "sales payout"]
    month = items["issued_on"].dt.to_period("M")
    sales = items.groupby(month)["accrued_usd"].sum()
    lost = incidents.groupby(incidents["started_on"].dt.to_period("M"))["loss_usd"].sum()
    losses = lost.reindex(sales.index, fill_value=0.0)
    earned, lost = sales.to_numpy(float), losses.to_numpy(float)
    accounts = [reserve_account(earned, lost, rate=rate) for rate in rates]
    strength = [
        reserve_strength(earned, lost, rates=(rate,), rng=rng, opening_usd=float(held["closing_usd"].iloc[-1]))
        for rate, held in zip(rates, accounts, strict=True)
    ]
    account = accounts[0].copy()
    account.insert(0, "month", sales.index.to_timestamp())
    return account, pd.concat(strength, ignore_index=True)


def warranty_table(company: Company, *, level: float = 0.9) -> pd.DataFrame | None:
    """What a warranty would cost a piece, by category: failures are tickets about defects and damage of the last year.

    None without orders, tickets and products. Replacement is the unit cost and as much again for delivery.
    """
    import ibis

    if not company.has("orders", "tickets", "products"):
        return None
    tickets = company.table("tickets")
    bad = tickets[tickets["reason"].isin(["defect", "damaged on arrival"]) & tickets["order_id"].notna()]
    since = company.as_of - pd.DateOffset(years=1)
    orders = company.events("orders")
    recent = orders.filter(orders.ordered_at >= since.tz_localize("UTC"))
    sold = recent.group_by("sku").aggregate(units=recent.quantity.sum()).order_by("sku").to_pandas()
    # An order of several lines counts once, for its first line.
    named = ibis.memtable(bad[["order_id"]].drop_duplicates())
    hit = recent.filter(recent.line == recent.line.min()).semi_join(named, "order_id")
    failed = hit.group_by("sku").aggregate(failures=hit.count()).order_by("sku").to_pandas()
    products = company.table("products")
    cost = usd_at(products["unit_cost"], products["currency"], company.as_of)
    table = products[["sku", "category", "list_price_usd"]].assign(cost=cost).merge(sold, on="sku")
    table = table.merge(failed, on="sku", how="left").fillna({"failures": 0})
    table["units"], table["failures"] = table["units"].astype(float), table["failures"].astype(float)
    weighted = table.assign(cost=table["cost"] * table["units"], price=table["list_price_usd"] * table["units"])
    groups = weighted.groupby("category", as_index=False)[["units", "failures", "cost", "price"]].sum()
    groups = groups.assign(
        group=groups["category"],
        replacement_usd=2 * groups["cost"] / groups["units"],
        price_usd=groups["price"] / groups["units"],
    )
    return warranty_accrual(
        groups,
        repair_share=assumed(company, "finance.warranty.repair_share")[0],
        repair_usd=assumed(company, "finance.warranty.repair_usd")[0],
        level=level,
        extra_order_value=assumed(company, "finance.warranty.order_value_gain")[0],
    ).sort_values("share_of_price", ascending=False, ignore_index=True)


def market_returns(found: Books, as_of: object, *, months: int = 6) -> pd.DataFrame:
    """Advertising and what it came with by month and market: net payouts less the goods' share of them, USD.

    The goods' share is the company's own over twelve months. Raises Refusal where advertising has no market.
    """
    actuals = monthly_actuals(found.items)
    last = pd.Timestamp(as_of)
    recent = actuals[actuals["month"] > last - pd.DateOffset(months=months)]
    wide = recent.pivot_table(index=["month", "market"], columns="account", values="actual_usd", aggfunc="sum")
    payouts = "payouts after fees and refunds"
    if "advertising" not in wide or payouts not in wide or wide.empty:
        raise Refusal.because("no returns by market", "advertising or payouts have no market", "give their markets")
    goods = 1 - float(found.income["gross_profit"] / found.income["net_sales"])
    table = wide.reset_index()[["month", "market", "advertising", payouts]].dropna()
    return pd.DataFrame(
        {
            "month": table["month"],
            "market": table["market"],
            "spend_usd": -table["advertising"],
            "return_usd": table[payouts] * (1 - goods),
        }
    )


def _financing(company: Company, found: Books, rate: float) -> list[tuple]:
    value = partial(assumed, company)
    bought = -float(found.income["purchases"])
    days, lent = value("finance.scf.days_longer"), value("finance.factoring.rate_year")
    chains = [
        supplier_finance_saving(
            bought,
            days_longer=length,
            supplier_rate=value("finance.scf.supplier_rate")[0],
            buyer_rate=value("finance.scf.buyer_rate")[0],
            own_rate=rate,
            fee_rate=value("finance.scf.fee_rate")[0],
        )["buyer_gain_usd"]
        for length in days
    ]
    open_usd = float(found.items.loc[found.items["open_usd"] > 0, "open_usd"].sum())
    sold = [-factoring_cost(open_usd, days=10, rate_year=one, fee_share=0.005)["cost_usd"] for one in lent]
    odds, worth = value("finance.grant.probability"), value("finance.grant.amount_usd")[0]
    grant = grant_value(
        worth, probability=odds[0], application_usd=value("finance.grant.application_usd")[0], rate_year=rate
    )
    market = value("finance.debt.rate")[0]
    years = int(value("finance.soft_loan.years")[0])
    amount = value("finance.soft_loan.amount_usd")[0]
    soft = [soft_loan_value(amount, one, market, years, grace_years=1) for one in value("finance.soft_loan.rate_year")]
    turn = f"pays above a chance of {grant['break_even_probability']:.0%}"
    return [
        _row("Supply-chain finance: gain", chains, "USD a year", "pays while the bank's rate is below the suppliers'"),
        _row("Selling open payouts 10 days early", sold, "USD a time", "only to close a gap"),
        ("Applying for a grant", grant["value_usd"], grant["low"], grant["high"], "USD", turn),
        _row("Policy loan instead of bank loan", soft, "USD", f"zero at a rate of {market:.1%}"),
    ]


def _building(company: Company, found: Books, rate: float, rng: np.random.Generator, paths: int) -> list[tuple]:
    value = partial(assumed, company)
    sales = np.full(5, float(found.income["net_sales"]))
    fixed = {name: value(f"finance.platform.{name}")[0] for name in _PLATFORM}
    builds = [
        platform_cost(sales, rate_year=rate, **{**fixed, "build_usd": cost})
        for cost in value("finance.platform.build_usd")
    ]
    tool = technology_payback(
        value("finance.technology.cost_usd")[0],
        tuple(np.array(value("finance.technology.saving_year_usd"))[[1, 0, 2]]),
        fit_probability=value("finance.technology.fit_probability")[0],
        years=int(value("finance.technology.years")[0]),
        rate_year=rate,
        paths=paths,
        rng=rng,
    )
    contacts = _contacts(company)
    centre = own_or_outsource(
        (0.8 * contacts, contacts, 1.2 * contacts),
        own_fixed_usd=value("finance.call_centre.own_fixed_usd")[0],
        own_unit_usd=value("finance.call_centre.own_contact_usd")[0],
        outsourced_unit_usd=value("finance.call_centre.outsourced_contact_usd")[0],
    )
    level = builds[0]["break_even_sales_usd"]
    fit = f"pays above a chance of fit of {tool['break_even_fit']:.0%}"
    calls = f"own pays above {centre['break_even_volume']:,.0f} contacts a year"
    return [
        _row(
            "Own platform instead of a hosted one, 5 years",
            [one["build_better_usd"] for one in builds],
            "USD",
            f"own pays above {level / 1e6:.1f} m USD of sales" if np.isfinite(level) else "own never pays",
        ),
        ("A new tool that may not fit", tool["value_usd"], tool["low"], tool["high"], "USD", fit),
        ("Own call centre", centre["own_better_usd"], centre["low"], centre["high"], "USD a year", calls),
    ]


_PLATFORM = (
    "build_usd",
    "build_year_usd",
    "build_fee_share",
    "subscribe_year_usd",
    "subscribe_fee_share",
)


def _intensities(company: Company, found: Books) -> list[tuple]:
    sales = float(found.income["net_sales"])
    margin = float(found.income["gross_profit"]) / sales
    rows = []
    for question, name in (("Research and development", "research"), ("Social responsibility", "social")):
        base, low, high = assumed(company, f"finance.{name}.share")
        need = intensity(base * sales, sales, (low, high), margin=margin)["needed_growth"]
        turn = f"pays back with {need:.1%} more sales for three years"
        rows.append((f"{question} at {base:.0%} of sales", base * sales, low * sales, high * sales, "USD a year", turn))
    return rows


def _contacts(company: Company) -> float:
    tickets = company.optional("tickets")
    if tickets is None:
        return 5000.0
    return float((tickets["opened_at"].dt.tz_localize(None) > company.as_of - pd.DateOffset(years=1)).sum())


def _row(question: str, values: list[float], unit: str, turns_at: str) -> tuple:
    base = values[0]
    return (question, base, min(values), max(values), unit, turns_at)
