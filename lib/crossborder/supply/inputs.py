"""From a company's tables to the inputs of the cost methods: costs in USD, prices, weights, terms of the door.

Frames in, frames out; what is absent (None) leaves the method its default.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import Refusal
from crossborder.reference import exchange
from crossborder.supply import own_rates
from crossborder.supply.checks import needs
from crossborder.supply.duty_rules import Rulebook
from crossborder.supply.landed_cost import DoorTerms, LandedCost, Terms, landed_cost, rulebooks

EU = ("AT", "BE", "DE", "DK", "ES", "FI", "FR", "GR", "IE", "IT", "NL", "PL", "PT", "SE")
LANE_PRICES = ("cost_per_kg", "cost_per_cbm", "cost_per_container")

__all__ = [
    "LandedInputs",
    "door_terms",
    "from_company",
    "landed_from",
    "landed_inputs",
    "lane_weights",
    "products_usd",
    "sales_usd",
    "to_usd",
]


@dataclass(frozen=True)
class LandedInputs:
    """What `landed_cost` needs of a company: products and lanes in USD, terms, door terms, price and weights.

    `price` is the mean price without tax by product x lane, `weights` the pieces sold in the period by product x lane.
    """

    products: pd.DataFrame
    lanes: pd.DataFrame
    terms: Terms
    door: DoorTerms
    price: np.ndarray
    weights: np.ndarray
    sales: pd.DataFrame
    own_duty: pd.DataFrame | None
    extra_rate: dict[str, float]
    extra_parcel_eur: float = 0.0
    as_of: pd.Timestamp | None = None


def landed_from(
    inputs: LandedInputs,
    on: str | pd.Timestamp,
    extra_rate: dict[str, float] | None = None,
    own_bills: bool = True,
    lanes: pd.DataFrame | None = None,
    books: dict[str, Rulebook] | None = None,
    **rules: object,
) -> LandedCost:
    """Landed cost of all products and lanes on a day: the rule clock, own bills over placeholders, scenario tariffs.

    On another day than that of the bills, own duty rates move with the rules.

    `extra_rate` adds to the scenario's tariffs by market; `own_bills=False` takes the rules alone; `lanes` replaces the
    lanes (other freight rates); `books` of an earlier call saves looking the rules up again.
    """
    lanes = inputs.lanes if lanes is None else lanes
    if books is not None:
        return landed_cost(inputs.products, lanes, on, inputs.terms, inputs.door, inputs.price, books)
    markets = set(inputs.extra_rate) | set(extra_rate or {})
    extra = {m: inputs.extra_rate.get(m, 0.0) + (extra_rate or {}).get(m, 0.0) for m in markets}
    books = rulebooks(inputs.products, lanes, on, extra_rate=extra, **rules)
    if own_bills and inputs.own_duty is not None and "bulk" in books:
        billed = inputs.as_of is None or pd.Timestamp(on) == inputs.as_of
        then = None if billed else rulebooks(inputs.products, lanes, inputs.as_of, extra_rate=extra, **rules)["bulk"]
        books["bulk"] = own_rates.with_own_duty(books["bulk"], inputs.own_duty, extra, then=then)
    if inputs.extra_parcel_eur and "parcel" in books:
        cases = books["parcel"].cases
        fee = float(to_usd(pd.Series([inputs.extra_parcel_eur]), pd.Series(["EUR"]), on)[0])
        cases["fee_consignment"] += np.where(cases["market"].isin(EU), fee, 0.0)
    return landed_cost(inputs.products, lanes, on, inputs.terms, inputs.door, inputs.price, books)


def to_usd(amount: pd.Series, currency: pd.Series, on: str | pd.Timestamp) -> np.ndarray:
    """Amounts in USD at the last fixing on or before the day (after the last fixing known, at that one)."""
    day = min(pd.Timestamp(on), exchange.last_date())
    return exchange.convert(amount.to_numpy(float), currency.to_numpy(object), day)


def products_usd(products: pd.DataFrame, on: str | pd.Timestamp, factor: float = 1.0) -> pd.DataFrame:
    """Products with `unit_cost_usd`; those without a purchase price are left out and counted in `attrs`."""
    needs(products, "products", "sku unit_cost currency")
    known = products[products["unit_cost"].notna()].reset_index(drop=True)
    if known.empty:
        raise Refusal.because("no landed cost", "no product has a purchase price", "fill products.unit_cost")
    known = known.assign(unit_cost_usd=factor * to_usd(known["unit_cost"], known["currency"], on))
    known.attrs["without_cost"] = len(products) - len(known)
    return known


def sales_usd(orders: object, start: str | pd.Timestamp, end: str | pd.Timestamp) -> pd.DataFrame:
    """Pieces, net revenue (USD, without tax and discount) and returned pieces by sku, market and platform.

    Reduced in the engine by month and currency; each month is turned into USD at its middle.
    """
    first, last = pd.Timestamp(start, tz="UTC"), pd.Timestamp(end, tz="UTC") + pd.Timedelta(days=1)
    lines = orders.filter((orders.ordered_at >= first) & (orders.ordered_at < last))
    tax, discount = lines.tax.fill_null(0.0), lines.discount.fill_null(0.0)
    lines = lines.mutate(
        month=lines.ordered_at.truncate("M").date(),
        net=lines.unit_price * lines.quantity - discount - tax,
        back=lines.returned.fill_null(0),
    )
    keys = ["sku", "market", "platform", "currency", "month"]
    sums = lines.group_by(keys).agg(units=lines.quantity.sum(), net=lines.net.sum(), returned=lines.back.sum())
    frame = sums.order_by(keys).to_pandas()
    if frame.empty:
        why = f"there are no orders from {first:%Y-%m-%d} to {last:%Y-%m-%d}"
        raise Refusal.because("no sales", why, "widen the period")
    middle = np.minimum(pd.to_datetime(frame["month"]) + pd.Timedelta(days=14), exchange.last_date())
    frame["revenue_usd"] = exchange.convert(frame["net"].to_numpy(float), frame["currency"].to_numpy(object), middle)
    keys = ["sku", "market", "platform"]
    totals = frame.groupby(keys, as_index=False, dropna=False)[["units", "revenue_usd", "returned"]].sum()
    return totals.astype({"units": "float64", "returned": "float64"})


def door_terms(
    platforms: pd.DataFrame,
    warehouses: pd.DataFrame,
    sales: pd.DataFrame,
    on: str | pd.Timestamp,
    return_cost_usd: float = 2.5,
    resale_share: float = 0.7,
) -> DoorTerms:
    """Door terms by market: platforms' fees weighted by sales, the warehouse in use, the market's return rate."""
    needs(platforms, "platforms", "platform market commission_rate payment_rate fulfilment_fee_unit last_mile_unit")
    fees = platforms.assign(
        fulfilment=to_usd(platforms["fulfilment_fee_unit"], platforms["currency"], on),
        last_mile=to_usd(platforms["last_mile_unit"], platforms["currency"], on),
    )
    sold = sales.groupby(["market", "platform"], as_index=False)[["units", "revenue_usd"]].sum()
    rows = fees.merge(sold, on=["market", "platform"], how="left").fillna({"units": 0.0, "revenue_usd": 0.0})
    names = ["commission_rate", "payment_rate", "fulfilment", "last_mile"]
    weight = rows["units"] + 1e-9
    weighted = rows[names].mul(weight, axis=0).groupby(rows["market"]).sum()
    table = weighted.div(weight.groupby(rows["market"]).sum(), axis=0)
    site = warehouses[warehouses["in_use"]].drop_duplicates("market").set_index("market")
    table["handling"] = pd.Series(to_usd(site["handling_cost_unit"], site["currency"], on), index=site.index)
    storage = pd.Series(to_usd(site["storage_cost_cbm_month"], site["currency"], on), index=site.index)
    table["storage_cbm_month"] = storage
    back = sales.groupby("market")[["returned", "units"]].sum()
    table["return_rate"] = back["returned"] / back["units"]
    table[["return_cost", "resale_share"]] = return_cost_usd, resale_share
    return DoorTerms(table.fillna(0.0))


def lane_weights(
    products: pd.DataFrame, lanes: pd.DataFrame, sales: pd.DataFrame, shipments: pd.DataFrame | None
) -> tuple[np.ndarray, np.ndarray]:
    """Pieces sold by product x lane, and the mean net price (USD) by product x lane.

    Sales of a market are spread over its lanes as its shipments of the period were (all on sea where none is known).
    """
    sold = sales.groupby(["sku", "market"])[["units", "revenue_usd"]].sum()
    market = lanes["market"].to_numpy(object)
    wide = sold["units"].unstack(fill_value=0.0)  # noqa: PD010 (a series has no pivot_table)
    income = sold["revenue_usd"].unstack(fill_value=0.0)  # noqa: PD010
    wide, income = (
        frame.reindex(index=products["sku"], columns=np.unique(market), fill_value=0.0) for frame in (wide, income)
    )
    mean = income.sum() / wide.sum().clip(lower=1)
    price = (income / wide.where(wide > 0)).fillna(mean)
    if shipments is None or shipments.empty:
        moved = (lanes["mode"] == "sea").astype(float)
    else:
        moved = shipments.groupby("lane_id")["quantity"].sum().astype(float).reindex(lanes["lane_id"]).fillna(0.0)
    moved = pd.Series(moved.to_numpy(), index=market)
    total = moved.groupby(level=0).sum()
    share = (moved / total.reindex(moved.index)).fillna(0.0).to_numpy()
    return wide[market].to_numpy() * share, price[market].to_numpy()


def landed_inputs(
    products: pd.DataFrame,
    lanes: pd.DataFrame,
    orders: object,
    platforms: pd.DataFrame,
    warehouses: pd.DataFrame,
    assumptions: pd.DataFrame,
    as_of: str | pd.Timestamp,
    shipments: pd.DataFrame | None = None,
    inventory: pd.DataFrame | None = None,
    days: int = 365,
    **known: float,
) -> LandedInputs:
    """All inputs of `landed_cost` from a company's tables, the last `days` days as the base of prices and weights.

    Own bills (`shipments`) replace assumed terms and placeholder duties; `known` overrides single `Terms`.
    """
    as_of = pd.Timestamp(as_of)
    start = as_of - pd.Timedelta(days=days - 1)
    value = assumptions.set_index("name")["base"]
    goods = products_usd(products, as_of, float(value.get("supply.purchase.price_factor", 1.0)))
    priced = lanes.assign(**{name: _money(lanes[name], lanes["currency"], as_of) for name in LANE_PRICES})
    sales = sales_usd(orders, start, as_of)
    recent = None if shipments is None else shipments[shipments["shipped_on"] >= start]
    own = {} if recent is None or recent.empty else own_rates.terms_from_bills(recent)
    if inventory is not None:
        own["days_in_stock"] = _days_in_stock(inventory, start)
    weights, price = lane_weights(goods, priced, sales, recent)
    door = door_terms(platforms, warehouses, sales, as_of)
    duty = None if recent is None or recent.empty else own_rates.duty_rates(recent, products)
    extra = {m: float(value.get(f"supply.tariff.extra_{m.lower()}", 0.0)) for m in np.unique(priced["market"])}
    eur = float(value.get("supply.parcel_duty.extra_eu_eur", 0.0))
    terms = Terms.of(assumptions, **{**own, **known})
    return LandedInputs(goods, priced, terms, door, price, weights, sales, duty, extra, eur, as_of)


def _money(amount: pd.Series, currency: pd.Series, on: pd.Timestamp) -> np.ndarray:
    """Amounts in USD; missing ones stay missing."""
    return np.where(amount.notna(), to_usd(amount.fillna(0.0), currency, on), np.nan)


def _days_in_stock(inventory: pd.DataFrame, start: pd.Timestamp) -> float:
    rows = inventory[inventory["week"] >= start]
    weekly = rows.groupby("week")[["on_hand", "sold"]].sum()
    return float(7 * weekly["on_hand"].mean() / max(float(weekly["sold"].mean()), 1e-9))


def from_company(company: object, days: int = 365, **known: float) -> LandedInputs:
    """`landed_inputs` of an opened company: needed tables, and shipments and inventory where they exist."""
    names = ("platforms", "warehouses", "assumptions")
    return landed_inputs(
        company.table("products"),
        company.table("lanes"),
        company.events("orders"),
        *(company.table(name) for name in names),
        company.as_of,
        company.optional("shipments"),
        company.optional("inventory"),
        days,
        **known,
    )
