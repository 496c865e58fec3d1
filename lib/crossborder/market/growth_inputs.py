"""What `12_market_growth` takes from a company's tables and the reference facts, gathered once and typed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.market import demand, localisation, own_growth, sizing
from crossborder.market.inputs import (
    chosen_markets,
    filled,
    market_series,
    published_sales,
    sales_in_usd,
    units_per_usd,
)
from crossborder.reference import calendars, certificates, facts, files, taxes

if TYPE_CHECKING:
    from crossborder.company import Company

__all__ = ["GrowthInputs", "certificate_cover", "drivers", "growth_inputs", "localisation_parts", "penetration",
           "retail_sales", "screening_measures", "typical_seller"]  # fmt: skip

FACTORS = {
    "gate": "market.growth.gate_year",
    "seller_growth": "market.seller.growth_year",
    "traffic_growth": "market.traffic_cost.growth_year",
    "share_at_risk": "market.localisation.share_at_risk",
    "loss_per_day": "market.delivery.loss_day",
    "demand": "market.demand.factor",
}


@dataclass(frozen=True)
class GrowthInputs:
    """Inputs of `12_market_growth`; amounts in USD, `per_usd` units of the report's currency for one. Optional: None.

    `sizes`: year x (market, category); `monthly`: own revenue, month x (market, category); `exposure`: moving events x
    series x months (history and twelve months more). `factors`: assumptions with low, base, high. `sizes` and
    `published` are None without `market_sales` or `products`, and so are `cover`, `tariff` and `margin` without
    `products`, `deliveries` where orders do not say when they arrived.
    """

    markets: tuple[str, ...]
    per_usd: float
    sizes: pd.DataFrame | None
    published: pd.DataFrame | None
    sales: pd.DataFrame
    monthly: pd.DataFrame
    exposure: np.ndarray | None
    visits: pd.DataFrame | None
    facts: pd.DataFrame | None
    factors: pd.DataFrame
    payment_usage: pd.DataFrame
    demanded: pd.DataFrame
    deliveries: pd.DataFrame | None
    cover: pd.DataFrame | None
    tariff: pd.Series | None
    margin: pd.Series | None
    ad_share: pd.Series
    interest: pd.DataFrame | None
    prices: pd.DataFrame | None
    spend: pd.DataFrame | None
    languages: pd.DataFrame | None

    @property
    def whole(self) -> bool:
        """Whether the sections on markets can run: published sales, products, orders with the day of arrival."""
        return self.published is not None and self.deliveries is not None

    @property
    def demand_factor(self) -> float:
        """The factor by which the scenario moves future demand (1 in the base case)."""
        return float(self.factors.loc["demand", "base"])

    @property
    def by_market(self) -> pd.DataFrame:
        """Own revenue by month (row) and market (column, those that we sell in), USD."""
        sold = self.monthly.T.groupby("market").sum().T
        return sold[[market for market in self.markets if market in sold.columns]]

    def labels(self, by: str) -> pd.Series:
        """The group of each series of `sizes`: its market, its category, or "all"."""
        columns = self.sizes.columns
        return pd.Series(["all"] * len(columns) if by == "all" else columns.get_level_values(by), index=columns)


def growth_inputs(company: "Company", markets: list[str], currency: str = "USD") -> GrowthInputs:
    """Everything `12_market_growth` reads; errors name the table or market that is missing.

    Without `market_sales` the markets are those asked for, else the largest ones of the company's own sales.
    """
    company.require("orders")
    products = filled(company, "products")
    table = published_sales(company) if products is not None and company.has("market_sales") else None
    chosen, sales, rates = _own_sales(company, markets, table)
    monthly = demand.panel(sales, ["market", "category"], "revenue_usd")
    expected = files.read("delivery_expectations.csv").set_index("market")
    orders = company.events("orders")
    since = pd.Timestamp(company.as_of) - pd.DateOffset(months=12)
    arrived = (
        demand.deliveries(orders, expected, since.tz_localize("UTC")) if "delivered_at" in orders.columns else None
    )
    visits = demand.monthly_visits(company.events("sessions")) if company.has("sessions") else None
    visits = None if visits is None or visits.empty else visits
    last = sales[sales["month"] > sales["month"].max() - pd.DateOffset(months=12)].groupby("market")
    revenue = last["revenue_usd"].sum()
    return GrowthInputs(
        markets=chosen,
        per_usd=units_per_usd(company, currency),
        sizes=None if table is None else market_series(table, chosen),
        published=_of_markets(table, chosen),
        sales=sales,
        monthly=monthly,
        exposure=_exposure(monthly),
        visits=None if visits is None else visits[visits["market"].isin(chosen)],
        facts=None if table is None else facts.market_facts(list(chosen)),
        factors=sizing.assumed(FACTORS, company.optional("assumptions"), files.read("market_assumptions.csv")),
        payment_usage=files.read("payment_methods.csv"),
        demanded=expected,
        # A market whose buyers nobody has asked for their demand has no delivery gap.
        deliveries=_of_markets(arrived if len(arrived) else None, tuple(set(chosen) & set(expected.index))),
        cover=None if products is None else certificate_cover(products, chosen),
        tariff=None if products is None else _tariff(products, chosen, company.as_of) + _extra_tariff(company, chosen),
        margin=None if products is None else 1 - last["goods_usd"].sum() / revenue,
        ad_share=_ad_share(company, rates, revenue, since),
        interest=_of_markets(filled(company, "search_interest"), chosen),
        prices=_of_markets(filled(company, "prices"), chosen),
        spend=_spend(company, orders, rates, chosen),
        languages=_languages(company),
    )


def _own_sales(
    company: "Company", markets: list[str], table: pd.DataFrame | None
) -> tuple[tuple[str, ...], pd.DataFrame, pd.DataFrame]:
    """The markets of the page, own monthly sales in them (USD), and the exchange rates used."""
    if table is not None:
        chosen = chosen_markets(company, markets, pd.Index(table["market"].unique()))
        return chosen, *sales_in_usd(company, chosen)
    known = chosen_markets(company, markets, pd.Index(company.markets))
    sales, rates = sales_in_usd(company, known)
    chosen = known if markets else own_growth.largest_markets(sales)
    return chosen, sales[sales["market"].isin(chosen)], rates


def _of_markets(table: pd.DataFrame | None, markets: tuple[str, ...]) -> pd.DataFrame | None:
    return None if table is None else table[table["market"].isin(markets)]


def _exposure(monthly: pd.DataFrame) -> np.ndarray | None:
    """Share of each month in Ramadan by series, for the history and a year more; None where nobody keeps it."""
    months = pd.date_range(monthly.index[0], periods=len(monthly) + 12, freq="MS")
    end = (months[-1] + pd.offsets.MonthEnd(1)).strftime("%Y-%m-%d")
    muslim = [m for m in monthly.columns.unique("market") if m in ("AE", "ID", "MY", "SA", "TR")]
    if not muslim:
        return None
    events = calendars.events(muslim, months[0].strftime("%Y-%m-%d"), end, kinds=["religious"], only=["ramadan"])
    return demand.monthly_exposure(events, monthly.columns, months, ["ramadan"])


def _ad_share(company: "Company", rates: pd.DataFrame, revenue: pd.Series, since: pd.Timestamp) -> pd.Series:
    """Advertising over revenue in the last twelve months by market; missing without ad_spend."""
    if not company.has("ad_spend"):
        return pd.Series(np.nan, index=revenue.index)
    ads = company.table("ad_spend")
    spend = demand.monthly_spend(ads[ads["market"].isin(revenue.index)], rates)
    recent = spend[spend["month"] > since].groupby("market")["spend_usd"].sum()
    return (recent / revenue).reindex(revenue.index)


def _spend(company: "Company", orders, rates: pd.DataFrame, markets: tuple[str, ...]) -> pd.DataFrame | None:
    if not company.has("customers") or "customer_id" not in orders.columns:
        return None
    orders = orders.filter(orders.market.isin(list(markets)))
    customers = company.table("customers", ["customer_id", "market", "cohort"], buyers_of=orders)
    if customers.empty:
        return None
    spend = demand.customer_spend(orders, customers, {**rates.mean().to_dict(), "USD": 1.0})
    return spend[spend["market"].isin(markets)] if "market" in spend.columns else spend


def _languages(company: "Company") -> pd.DataFrame | None:
    """Number of reviews by market and language, or None."""
    reviews = filled(company, "reviews")
    return None if reviews is None else reviews.groupby(["market", "language"]).size().rename("reviews").reset_index()


def _tariff(products: pd.DataFrame, markets: tuple[str, ...], day: pd.Timestamp) -> pd.Series:
    """Mean duty on our goods by market (fraction of customs value, base rate)."""
    codes = products["hs_code"].unique()
    grid = pd.MultiIndex.from_product([markets, codes], names=["market", "hs_code"])
    rows = taxes.duty_rate(grid.get_level_values(1).to_numpy(), grid.get_level_values(0).to_numpy(), day)
    weight = products["hs_code"].value_counts().reindex(codes).to_numpy()
    table = rows["base"].to_numpy(dtype=float).reshape(len(markets), len(codes))
    return pd.Series(table @ weight / weight.sum(), index=pd.Index(markets, name="market"), name="tariff")


def _extra_tariff(company: "Company", markets: tuple[str, ...]) -> pd.Series:
    """What a scenario adds to the duty rate of each market (fraction), from `supply.tariff.extra_<market>`."""
    assumptions = company.optional("assumptions")
    names = [f"supply.tariff.extra_{m.lower()}" for m in markets]
    known = pd.Series(dtype=float) if assumptions is None else assumptions.set_index("name")["base"].astype(float)
    return pd.Series(known.reindex(names).fillna(0.0).to_numpy(), index=pd.Index(markets, name="market"))


def certificate_cover(products: pd.DataFrame, markets: tuple[str, ...]) -> pd.DataFrame:
    """Certificates that the law asks of our goods by market: `asked`, `held`, `share` (fraction), `days` for the rest.

    Only those tied to a trait of the good; registrations of the firm are left out. `days` is the longest lead time of
    a certificate that is missing.
    """
    traits = certificates.traits(products["hs_code"].to_numpy())
    marks = traits.drop(columns="general").assign(sku=products["sku"].to_numpy()).melt("sku", var_name="trait")
    rules = certificates.required(list(markets))
    rules = rules[rules["mandatory"].astype(bool) & rules["trait"].ne("general")]
    pairs = marks[marks["value"]].merge(rules[["market", "trait", "certificate", "lead_days"]], on="trait")
    held = (
        products.set_index("sku")["certificates"].fillna("")
        if "certificates" in products.columns
        else pd.Series(dtype=str)
    )
    owned = held.reindex(pairs["sku"]).fillna("").str.split("|").explode()
    have = pd.DataFrame({"sku": owned.index, "held": owned.str.split(" ").str[0].to_numpy()}).drop_duplicates()
    found = pairs.merge(have, left_on=["sku", "certificate"], right_on=["sku", "held"], how="left")
    found = found.drop_duplicates(["sku", "market", "trait", "certificate"])
    lacking = found[found["held"].isna()].groupby("market")["lead_days"].max()
    total = found.groupby("market")["held"].agg(asked="size", held="count").reindex(list(markets), fill_value=0)
    share = (total["held"] / total["asked"].where(total["asked"] > 0)).fillna(1.0)
    return total.assign(share=share, days=lacking.reindex(total.index).fillna(0.0).astype(float))


def penetration(published: pd.DataFrame) -> pd.DataFrame:
    """Online share of retail sales: year x market, categories weighted by their retail sales."""
    retail = published["sales_usd"] / published["online_penetration"].where(published["online_penetration"] > 0)
    total = published.assign(retail=retail).groupby(["year", "market"])[["sales_usd", "retail"]].sum()
    wide = (total["sales_usd"] / total["retail"]).rename("share").reset_index()
    return wide.pivot_table(index="year", columns="market", values="share").astype(float)


def drivers(inputs: GrowthInputs) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """Visits, orders a visit, pieces an order and price a piece by market: the year before and the last one."""
    if inputs.visits is None:
        return None
    keys = ["month", "market"]
    sold = inputs.sales.groupby(keys)[["orders", "pieces", "revenue_usd"]].sum()
    both = sold.join(inputs.visits.groupby(keys)[["visits"]].sum(), how="inner").astype(float).reset_index()
    last = both["month"].max()
    recent = both["month"] > last - pd.DateOffset(months=12)
    older = ~recent & (both["month"] > last - pd.DateOffset(months=24))
    frames = []
    for rows in (older, recent):
        total = both[rows].groupby("market")[["visits", "orders", "pieces", "revenue_usd"]].sum()
        frames.append(
            pd.DataFrame(
                {
                    "visits": total["visits"],
                    "orders a visit": total["orders"] / total["visits"],
                    "pieces an order": total["pieces"] / total["orders"],
                    "price a piece": total["revenue_usd"] / total["pieces"],
                }
            )
        )
    return frames[0], frames[1]


def screening_measures(
    inputs: GrowthInputs, estimates: pd.DataFrame, crowd: pd.DataFrame, reached: pd.Series
) -> pd.DataFrame:
    """Measures of each market for the screening, in natural units; index market.

    `estimates`: size and growth by market; `crowd`: growth of sellers and sales; `reached`: share of the ceiling.
    """
    users = inputs.facts["population"] * inputs.facts["internet_share"]
    frame = pd.DataFrame(
        {
            "size": np.log(estimates["size"]),
            "growth": estimates["growth"],
            "spend_per_user": np.log(estimates["size"] / users),
            "headroom": 1 - reached,
            "tariff": inputs.tariff,
            "delivery_days": None if inputs.deliveries is None else inputs.deliveries.set_index("market")["mean_days"],
            "rules": inputs.cover["share"],
            "crowding": crowd["sellers"] - crowd["sales"],
        }
    )
    frame = frame.drop(columns=["delivery_days"] if inputs.deliveries is None else [])
    return frame.reindex(list(inputs.markets))


def localisation_parts(inputs: GrowthInputs, methods: list[str], languages: list[str]) -> pd.DataFrame:
    """Payment reach, delivery in time and language by market, each 0 to 1.

    Language is the share of buyers' reviews in a language that we serve; without reviews the part is left out.
    """
    reach = localisation.payment_reach(inputs.payment_usage, methods, list(inputs.markets))["reach"]
    arrived = inputs.deliveries.set_index("market")
    frame = pd.DataFrame({"payment": reach, "delivery": arrived["in_time"] / arrived["orders"]})
    if inputs.languages is not None:
        served = inputs.languages.assign(
            served=inputs.languages["language"].isin(languages) * inputs.languages["reviews"]
        )
        total = served.groupby("market")[["served", "reviews"]].sum()
        # A buyer who must read a foreign language is half a buyer: a convention, grade D.
        frame["language"] = 0.5 + 0.5 * total["served"] / total["reviews"]
    return frame.reindex(list(inputs.markets)).astype(float)


def retail_sales(published: pd.DataFrame) -> pd.Series:
    """Retail sales (online and not) of each cell in the last year, the weights of a market's penetration."""
    last = published[published["year"] == published["year"].max()].set_index(["market", "category"])
    return (last["sales_usd"] / last["online_penetration"]).astype(float)


def typical_seller(inputs: GrowthInputs, published: pd.DataFrame) -> pd.Series:
    """Sales a seller of the last year, our margin before advertising and our advertising share, over all markets."""
    last = published[published["year"] == published["year"].max()]
    revenue = inputs.by_market.iloc[-12:].sum()
    weight = revenue / revenue.sum()
    share = inputs.ad_share.reindex(weight.index)
    return pd.Series(
        {
            "sales_per_seller": float(last["sales_usd"].sum()) / float(last["sellers"].sum()),
            "margin_before_traffic": float((inputs.margin.reindex(weight.index) * weight).sum()),
            "traffic_share": float((share.fillna(0.1) * weight).sum()),
        }
    )
