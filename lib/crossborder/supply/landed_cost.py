"""What a piece costs at the customer's door, line by line, for every SKU x lane in one pass.

A lane is origin x market x mode. Couriers bring parcels to buyers (parcel rules of customs), all other modes bring
bulk to a warehouse of the market, from where orders are delivered. All amounts are USD a piece.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError
from crossborder.supply import freight as transport
from crossborder.supply import parcel_rules
from crossborder.supply.checks import at_least, needs, positive
from crossborder.supply.duty_rules import Rulebook, origin_country, rulebook, taxes_due

__all__ = ["LINES", "DoorTerms", "LandedCost", "Terms", "landed_cost", "rulebooks"]

LINES = (
    "goods",
    "inland",
    "freight",
    "insurance",
    "duty",
    "import_tax",
    "customs_fees",
    "brokerage",
    "handling",
    "storage",
    "selling_fees",
    "fulfilment",
    "last_mile",
    "returns",
    "carrying",
)
DOOR_COLUMNS = (
    "commission_rate",
    "payment_rate",
    "fulfilment",
    "last_mile",
    "handling",
    "storage_cbm_month",
    "return_rate",
    "return_cost",
    "resale_share",
)


@dataclass(frozen=True)
class Terms:
    """What holds for all lanes: rates as fractions, amounts in USD.

    `pieces_per_shipment` spreads clearance, `pieces_per_parcel` a parcel's freight and fees; `days_in_stock` is how
    long a piece waits in the market's warehouse; `fill` the share of a container's volume in use.
    """

    insurance_rate: float = 0.003
    inland_cbm_usd: float = 18.0
    brokerage_shipment_usd: float = 95.0
    pieces_per_shipment: float = 400.0
    pieces_per_parcel: float = 1.3
    holding_rate_year: float = 0.22
    days_in_stock: float = 45.0
    fill: float = 0.85
    parcel_fee_usd: float = 0.0

    @classmethod
    def of(cls, assumptions: pd.DataFrame, case: str = "base", **known: float) -> "Terms":
        """Terms from the table of assumptions (`low`, `base` or `high`); `known` values win, what is absent stays."""
        needs(assumptions, "assumptions", f"name {case}")
        values = assumptions.set_index("name")[case]
        names = {
            "insurance_rate": "supply.insurance.rate",
            "inland_cbm_usd": "supply.inland.cost_cbm_usd",
            "brokerage_shipment_usd": "supply.brokerage.shipment_usd",
            "holding_rate_year": "supply.holding.rate_year",
        }
        found = {field: float(values[name]) for field, name in names.items() if name in values.index}
        return cls(**{**found, **known})


@dataclass(frozen=True)
class DoorTerms:
    """What follows the border, by market (a frame indexed by market): USD a piece and fractions of the price.

    Columns: commission_rate, payment_rate, fulfilment, last_mile, handling, storage_cbm_month, return_rate,
    return_cost, resale_share (of returned goods). Missing markets are an error, missing columns count as 0.
    """

    by_market: pd.DataFrame

    def column(self, name: str, market: np.ndarray) -> np.ndarray:
        """Values of a column for the markets given."""
        if name not in self.by_market:
            return np.zeros(len(market))
        unknown = sorted(set(market) - set(self.by_market.index))
        if unknown:
            raise InputError.unknown("market of the door terms", unknown[0], self.by_market.index)
        return self.by_market[name].reindex(market).to_numpy(float)


@dataclass(frozen=True)
class LandedCost:
    """Cost lines of products x lanes, USD a piece, and the rules behind them.

    `lines` maps each of `LINES` to an array products x lanes; `duty_low` and `duty_high` are the duty at the ends of
    its rates; `books` the rulebooks used, by way of entry.
    """

    products: pd.DataFrame
    lanes: pd.DataFrame
    lines: dict[str, np.ndarray]
    duty_low: np.ndarray
    duty_high: np.ndarray
    books: dict[str, Rulebook]

    @property
    def total(self) -> np.ndarray:
        """All lines together, import tax included."""
        total = np.zeros(self.duty_low.shape)
        for line in self.lines.values():
            total += line
        return total

    @property
    def before_tax(self) -> np.ndarray:
        """All lines but the import tax, which a registered seller gets back or collects from the buyer."""
        return self.total - self.lines["import_tax"]

    def frame(self, columns: tuple[str, ...] = ("market", "mode", "origin")) -> pd.DataFrame:
        """One row a product x lane: sku, the lane's columns, every line, total and before_tax."""
        count, lanes = self.total.shape
        sku = pd.Categorical(self.products["sku"])
        out = {"sku": pd.Categorical.from_codes(np.repeat(sku.codes, lanes), dtype=sku.dtype)}
        for name in columns:
            values = pd.Categorical(self.lanes[name])
            out[name] = pd.Categorical.from_codes(np.tile(values.codes, count), dtype=values.dtype)
        out |= {name: values.ravel() for name, values in self.lines.items()}
        return pd.DataFrame({**out, "total": self.total.ravel(), "before_tax": self.before_tax.ravel()}, copy=False)

    def cheapest(self, among: np.ndarray | None = None) -> pd.DataFrame:
        """The cheapest lane of every product and market (before tax): sku, market, mode, origin, before_tax, lane."""
        cost = self.before_tax if among is None else np.where(among, self.before_tax, np.inf)
        market = self.lanes["market"].to_numpy(str)
        found = []
        for name in np.unique(market):  # over markets
            columns = np.flatnonzero(market == name)
            best = columns[cost[:, columns].argmin(1)]
            picked = self.lanes.iloc[best][["market", "mode", "origin"]].reset_index(drop=True)
            picked.insert(0, "sku", self.products["sku"].to_numpy())
            found.append(picked.assign(before_tax=cost[np.arange(len(cost)), best], lane=best))
        return pd.concat(found, ignore_index=True)

    def least(self, among: np.ndarray | None = None) -> pd.DataFrame:
        """Cost before tax of the cheapest lane (of those `among`, by lane), products (sku) x markets."""
        cost = self.before_tax if among is None else np.where(among, self.before_tax, np.inf)
        market = self.lanes["market"].to_numpy(str)
        least = {name: cost[:, market == name].min(1) for name in np.unique(market)}
        return pd.DataFrame(least, index=pd.Index(self.products["sku"], name="sku"))


def landed_cost(
    products: pd.DataFrame,
    lanes: pd.DataFrame,
    on: str | pd.Timestamp,
    terms: Terms | None = None,
    door: DoorTerms | None = None,
    price: np.ndarray | None = None,
    books: dict[str, Rulebook] | None = None,
    **rules: object,
) -> LandedCost:
    """Landed cost of every product by every lane on the day `on`.

    `products` has sku, hs_code, unit_cost_usd, weight_kg and the three sides in cm; `lanes` lane_id, origin, market,
    mode, prices in USD and transit_days_mean. `price` is the selling price, USD without sales tax, products x lanes (or
    one a product); without it selling fees are 0 and parcels are declared at the goods' cost. `rules` go to
    `duty_rules.rulebook` (preference, extra_rate ...); `books` from an earlier call saves looking them up again.
    """
    terms = Terms() if terms is None else terms
    needs(products, "products", "sku hs_code unit_cost_usd weight_kg length_cm width_cm height_cm")
    needs(lanes, "lanes", "lane_id origin market mode transit_days_mean")
    shape = (len(products), len(lanes))
    goods = np.broadcast_to(at_least("unit_cost_usd", products["unit_cost_usd"], 0)[:, None], shape)
    price = None if price is None else np.broadcast_to(_columns(price), shape)
    carried = transport.freight_per_piece(products, lanes, fill=terms.fill, pieces_per_parcel=terms.pieces_per_parcel)
    cbm = transport.volumetric_weight(products["length_cm"], products["width_cm"], products["height_cm"], 1e6)
    lines = {
        "goods": goods,
        "inland": np.broadcast_to((cbm * terms.inland_cbm_usd)[:, None], shape),
        "freight": carried,
    }
    lines["insurance"] = terms.insurance_rate * (goods + lines["inland"] + carried)
    books = rulebooks(products, lanes, on, **rules) if books is None else books
    low, high = _border(lines, products, lanes, books, terms, price)
    _door(lines, lanes, cbm, terms, door, price)
    return LandedCost(products, lanes, {name: lines[name] for name in LINES}, low, high, books)


def rulebooks(
    products: pd.DataFrame, lanes: pd.DataFrame, on: str | pd.Timestamp, **rules: object
) -> dict[str, Rulebook]:
    """The rules of the day by way of entry: `parcel` for courier lanes, `bulk` for the others."""
    cases = pd.DataFrame(
        {"market": lanes["market"].to_numpy(object), "origin": origin_country(lanes["origin"]), "mode": lanes["mode"]}
    )
    direct = (lanes["mode"] == "courier").to_numpy()
    ways = {"parcel": cases[direct], "bulk": cases[~direct]}
    return {way: rulebook(products["hs_code"], rows, on, way, **rules) for way, rows in ways.items() if len(rows)}


def _border(lines, products, lanes, books, terms: Terms, price) -> tuple[np.ndarray, np.ndarray]:
    """Adds duty, import tax, customs fees and brokerage to the lines; gives the duty at the ends of its rates."""
    shape = lines["goods"].shape
    for name in ("duty", "import_tax", "customs_fees", "brokerage"):
        lines[name] = np.zeros(shape)
    ends = {"low": np.zeros(shape), "high": np.zeros(shape)}
    direct = (lanes["mode"] == "courier").to_numpy()
    for way, columns in (("bulk", np.flatnonzero(~direct)), ("parcel", np.flatnonzero(direct))):
        if not len(columns):
            continue
        book, rows = books[way], books[way].index(products["hs_code"])
        place = _cases(book, lanes.iloc[columns])
        part = {name: lines[name][:, columns] for name in ("goods", "inland", "freight", "insurance")}
        declared = None if price is None else price[:, columns]
        for end in ("low", "base", "high"):
            rate = book.duty[end][np.ix_(rows, place)]
            due = _due(way, book.cases.iloc[place], rate, part, declared, terms, end != "base")
            if end == "base":
                lines["duty"][:, columns], lines["import_tax"][:, columns], lines["customs_fees"][:, columns] = due
            else:
                ends[end][:, columns] = due[0]
        if way == "bulk":
            shipment = positive("pieces_per_shipment", terms.pieces_per_shipment)
            lines["brokerage"][:, columns] = terms.brokerage_shipment_usd / shipment
    return ends["low"], ends["high"]


def _due(way: str, cases: pd.DataFrame, rate, part, declared, terms: Terms, only_duty: bool):
    """Duty, import tax and fees a piece of one way of entry."""
    if way == "bulk":
        value, base = part["goods"] + part["inland"], cases["duty_base"].to_numpy(str)
        if only_duty:
            return (rate * (value + (base == "CIF") * (part["freight"] + part["insurance"])),)
        vat, fee = cases["vat"].to_numpy(float), cases["fee_rate"].to_numpy(float) * value
        tax_base = cases["vat_base"].to_numpy(str)
        due = taxes_due(value, part["freight"], part["insurance"], rate, vat, base, tax_base, fee)
        return due.duty, due.import_tax, due.fees
    pieces = terms.pieces_per_parcel
    value = (part["goods"] if declared is None else declared) * pieces
    carried = (part["freight"] + part["insurance"]) * pieces
    due = parcel_rules.parcel_taxes(cases, rate, value, carried, 1.0, terms.parcel_fee_usd)
    return tuple(amount / pieces for amount in due)


def _door(lines, lanes, cbm, terms: Terms, door: DoorTerms | None, price) -> None:
    """Adds what follows the border: handling, storage, selling fees, fulfilment, last mile, returns, carrying cost."""
    shape = lines["goods"].shape
    market = lanes["market"].to_numpy(object)
    stocked = (lanes["mode"] != "courier").to_numpy(float)
    nothing = np.zeros(len(market))
    value = {name: nothing if door is None else door.column(name, market) for name in DOOR_COLUMNS}
    asked = np.zeros(shape) if price is None else price
    lines["handling"] = np.broadcast_to(value["handling"] * stocked, shape)
    months = terms.days_in_stock / 30.4
    lines["storage"] = cbm[:, None] * (value["storage_cbm_month"] * months * stocked)
    lines["selling_fees"] = asked * (value["commission_rate"] + value["payment_rate"])
    lines["fulfilment"] = np.broadcast_to(value["fulfilment"] * stocked, shape)
    lines["last_mile"] = np.broadcast_to(value["last_mile"] * stocked, shape)
    paid = lines["goods"] + lines["inland"] + lines["freight"] + lines["insurance"] + lines["duty"]
    lost = value["return_cost"] + paid * (1 - value["resale_share"])
    lines["returns"] = value["return_rate"] * lost
    days = lanes["transit_days_mean"].to_numpy(float) + terms.days_in_stock * stocked
    lines["carrying"] = paid * terms.holding_rate_year * days / 365


def _cases(book: Rulebook, lanes: pd.DataFrame) -> np.ndarray:
    """Row of the rulebook's cases for every lane."""
    keys = pd.MultiIndex.from_frame(book.cases[["market", "origin", "mode"]])
    wanted = pd.MultiIndex.from_arrays(
        [lanes["market"].to_numpy(object), origin_country(lanes["origin"]), lanes["mode"].to_numpy(object)]
    )
    place = keys.get_indexer(wanted)
    if (place < 0).any():
        raise InputError.unknown("case of the rulebook", str(wanted[place < 0][0]), map(str, keys))
    return place


def _columns(values: np.ndarray) -> np.ndarray:
    values = np.asarray(values, float)
    return values[:, None] if values.ndim == 1 else values
