"""What the market notebooks take from a company's tables and the reference facts, gathered once and typed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal
from crossborder.market import demand, sizing, triangulation
from crossborder.reference import exchange, facts, files

if TYPE_CHECKING:
    from crossborder.company import Company

__all__ = ["SizingInputs", "chosen_markets", "filled", "market_series", "published_sales", "sales_in_usd",
           "sizing_inputs", "units_per_usd"]  # fmt: skip

BUILD_UP = {
    "buyers_per_user": "market.buyers.share",
    "orders_per_buyer": "market.orders.buyer_year",
    "order_value_usd": "market.order.value_usd",
    "categories": "market.categories.share",
}
SCOPES = {"b2b": "market.scope.b2b_ratio", "domestic": "market.scope.domestic_ratio"}
DEFINITIONS = {"B2C cross-border": (0, 0), "cross-border with B2B": (1, 0), "all online retail": (1, 1)}


@dataclass(frozen=True)
class SizingInputs:
    """Inputs of `11_market_sizing`; amounts in USD, `per_usd` units of the report's currency for one USD.

    `sizes`: year x (market, category); `monthly`: own sales, month x (market, category). Optional parts are None.
    """

    markets: tuple[str, ...]
    per_usd: float
    sizes: pd.DataFrame
    facts: pd.DataFrame
    build_up: pd.DataFrame
    serviceable: pd.DataFrame
    obtainable: pd.DataFrame
    scopes: pd.DataFrame
    definitions: pd.DataFrame
    sales: pd.DataFrame
    monthly: pd.DataFrame
    visits: pd.DataFrame | None
    platform_rows: pd.DataFrame | None
    terms: pd.DataFrame | None
    offers: pd.DataFrame | None

    @property
    def users(self) -> float:
        """Internet users of the markets."""
        return float((self.facts["population"] * self.facts["internet_share"]).sum())

    def labels(self, by: str) -> pd.Series:
        """The group of each series of `sizes`: its market, its category, or "all"."""
        columns = self.sizes.columns
        values = ["all"] * len(columns) if by == "all" else columns.get_level_values(by)
        return pd.Series(values, index=columns)

    def last_year(self) -> pd.DataFrame:
        """Own sales of the last twelve months by market: `sales` (USD), `orders`, `order_value` (USD)."""
        recent = self.sales[self.sales["month"] > self.sales["month"].max() - pd.DateOffset(months=12)]
        total = recent.groupby("market")[["revenue_usd", "orders"]].sum().astype(float)
        total = total.rename(columns={"revenue_usd": "sales"})
        return total.assign(order_value=total["sales"] / total["orders"])

    def own_sales(self) -> pd.DataFrame:
        """`last_year` with conversion and its interval where there are sessions."""
        own = self.last_year()
        if self.visits is None:
            return own.assign(conversion=np.nan, conversion_low=np.nan, conversion_high=np.nan)
        recent = self.visits[self.visits["month"] > self.visits["month"].max() - pd.DateOffset(months=12)]
        funnel = sizing.own_funnel(recent, own["order_value"])
        return own.join(funnel[["conversion", "conversion_low", "conversion_high"]])

    def gap(self, size: float) -> pd.DataFrame:
        """Why published size (top-down) and build-up (bottom-up) differ, by factor; order value top-down is our own."""
        base = self.build_up["base"]
        buyers = self.users * base["buyers_per_user"]
        own = self.last_year()
        value = float(own["sales"].sum() / own["orders"].sum())
        top = sizing.route_factors(size, buyers, value, base["categories"])
        bottom = pd.Series(
            [buyers, base["orders_per_buyer"], base["order_value_usd"], base["categories"]], index=top.index
        )
        return sizing.gap_waterfall(top, bottom).rename_axis("factor")

    def levers(self, total: pd.Series) -> pd.DataFrame:
        """All factors of the top-down route to the obtainable market."""
        return pd.concat([sizing.size_factor("published sales", total), self.serviceable, self.obtainable])

    def platform_measures(
        self, summary: pd.DataFrame | None, control: dict[str, float]
    ) -> tuple[pd.DataFrame, pd.Series] | None:
        """Measures of each platform for the mix, and their direction (1: more is better); None without platforms.

        `control`: kind of platform -> share of customer data that the seller keeps (a convention).
        """
        if summary is None:
            return None
        terms = self.terms.groupby("platform").agg(
            kind=("kind", "first"),
            payout=("payout_delay_days", "mean"),
            suspension=("suspension_probability_year", "mean"),
        )
        costs = summary[["commission", "payment", "fulfilment", "last_mile", "advertising"]].sum(axis=1)
        frame = pd.DataFrame(
            {
                "control": terms["kind"].map(control),
                "traffic": np.log(self.platform_rows.groupby("platform")["visits"].sum().astype(float)),
                "cost": -costs / summary["revenue"],
                "speed": terms["payout"],
                "safety": terms["suspension"],
            }
        )
        return frame.loc[summary.index], pd.Series({"control": 1, "traffic": 1, "cost": -1, "speed": -1, "safety": -1})


def chosen_markets(company: "Company", markets: list[str], known: pd.Index) -> tuple[str, ...]:
    """The markets asked for (all of the company's if empty) that the data know; others are refused by name."""
    wanted = list(markets) or list(company.markets)
    unknown = [m for m in wanted if m not in set(known)]
    if unknown:
        raise InputError.unknown("market", unknown[0], known)
    return tuple(wanted)


def filled(company: "Company", name: str) -> pd.DataFrame | None:
    """An optional table, or None where the company does not have it or it has no rows."""
    table = company.optional(name)
    return None if table is None or table.empty else table


def published_sales(company: "Company") -> pd.DataFrame:
    """The table `market_sales` up to the year of the company's day; Refusal where it has no rows for them."""
    table = company.table("market_sales")
    known = table[table["year"] <= company.as_of.year].reset_index(drop=True)
    if known.empty:
        years = f"its years are {table['year'].min()} to {table['year'].max()}" if len(table) else "it has no rows"
        raise Refusal.because(
            f"no market can be sized: table 'market_sales' holds nothing up to {company.as_of.year}",
            years,
            "fill it, or take the file away: growth is then told from your own orders",
        )
    return known


def market_series(published: pd.DataFrame, markets: tuple[str, ...], value: str = "sales_usd") -> pd.DataFrame:
    """Yearly `value` of published sales: year x (market, category), years that all series have."""
    table = published[published["market"].isin(markets)]
    wide = table.pivot_table(index="year", columns=["market", "category"], values=value, aggfunc="sum")
    wide.index = wide.index.astype(int)
    return wide.astype(float).dropna()


def sales_in_usd(company: "Company", markets: tuple[str, ...]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Own monthly sales in USD (whole months only) and the exchange rates used, as (sales, rates)."""
    orders = company.events("orders")
    lines = demand.monthly_sales(orders, filled(company, "products"))
    lines = lines[lines["market"].isin(markets)]
    if lines.empty:
        raise Refusal.because(
            f"no own sales in {', '.join(markets) or 'any market'} up to {company.as_of:%Y-%m-%d}",
            "table 'orders' has no rows for them",
            "fill it, or name markets that you sell in",
        )
    used = sorted((set(lines["currency"].unique()) | set(lines["goods_currency"].unique())) - {"USD"})
    first, last = lines["month"].min(), company.as_of
    start, end = (first - pd.Timedelta(days=10)).strftime("%Y-%m-%d"), pd.Timestamp(last).strftime("%Y-%m-%d")
    rates = exchange.rates(used or ["USD"], start=start, end=end, fill="forward")
    sales = demand.to_usd(lines, rates, {"revenue": "currency", "goods": "goods_currency"})
    return demand.full_months(sales, first, pd.Timestamp(last)), rates


def sizing_inputs(company: "Company", markets: list[str], currency: str = "USD") -> SizingInputs:
    """Everything `11_market_sizing` reads; Refusal or InputError where a needed part is missing or unknown."""
    company.require("market_sales", "orders", "products")
    published = published_sales(company)
    chosen = chosen_markets(company, markets, pd.Index(published["market"].unique()))
    sales, rates = sales_in_usd(company, chosen)
    assumptions, fallback = company.optional("assumptions"), files.read("market_assumptions.csv")
    factors = {
        name: sizing.assumed(names, assumptions, fallback)
        for name, names in (
            ("build_up", BUILD_UP),
            ("serviceable", {"serviceable share": "market.reach.serviceable_share"}),
            ("obtainable", {"obtainable share": "market.capture.obtainable_share"}),
            ("scopes", SCOPES),
        )
    }
    factors["scopes"] = triangulation.scope_priors(factors["scopes"])
    visits, rows, terms = _platforms(company, chosen, sales, rates)
    listings = filled(company, "listings")
    offers = (
        None if listings is None else listings[listings["market"].isin(chosen)].assign(units=lambda d: d["units_month"])
    )
    return SizingInputs(
        markets=chosen,
        per_usd=units_per_usd(company, currency),
        sizes=market_series(published, chosen),
        facts=facts.market_facts(list(chosen)),
        definitions=pd.DataFrame.from_dict(DEFINITIONS, orient="index", columns=list(SCOPES)).rename_axis("definition"),
        sales=sales,
        monthly=demand.panel(sales, ["market", "category"], "revenue_usd"),
        visits=visits,
        platform_rows=rows,
        terms=terms,
        offers=offers,
        **factors,
    )


def units_per_usd(company: "Company", currency: str) -> float:
    """Units of `currency` for one USD on the company's day, or the last one before it that has rates."""
    if currency == "USD":
        return 1.0
    day = min(pd.Timestamp(company.as_of), exchange.last_date())
    return 1 / float(exchange.convert(1.0, currency, day))


def _platforms(company: "Company", markets: tuple[str, ...], sales: pd.DataFrame, rates: pd.DataFrame) -> tuple:
    """Visits, platform months and platform terms; None for what the company does not have."""
    visits = None
    if company.has("sessions"):
        visits = demand.monthly_visits(company.events("sessions"))
        visits = visits[visits["market"].isin(markets)]
        visits = None if visits.empty else visits
    platforms = filled(company, "platforms")
    if visits is None or platforms is None or "platform" not in company.events("orders").columns:
        return visits, None, None
    terms = demand.platform_terms(platforms[platforms["market"].isin(markets)], rates.ffill().iloc[-1])
    spend = None
    if company.has("ad_spend"):
        ads = company.table("ad_spend")
        spend = demand.monthly_spend(ads[ads["market"].isin(markets)], rates)
    return visits, demand.platform_rows(sales, visits, spend), terms
