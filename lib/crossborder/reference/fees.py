"""What a marketplace takes: size tiers, fulfilment, storage and referral fees of Amazon in the United States.

The structure is exact, many amounts are from memory or from third-party pages: see confidence in `fee_rows`.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError, Refusal
from crossborder.reference.days import one_day
from crossborder.reference.files import read

__all__ = ["fba_fulfilment", "fba_shipping_weight_lb", "fba_size_tier", "fba_storage", "fee_rows", "referral"]

CM_PER_INCH = 2.54
KG_PER_POUND = 0.45359237
CUBIC_CM_PER_CUBIC_FOOT = 30.48**3
DIMENSIONAL_DIVISOR = 139.0  # cubic inches a pound
TOLERANCE = 1e-6  # a side that is a limit in inches and was told in centimetres still fits


def fee_rows(kind: str | None = None, on: str | pd.Timestamp | None = None) -> pd.DataFrame:
    """The rows of the fee table, of one kind, valid on a day: fulfilment, storage, referral, fuel_surcharge, ..."""
    table = read("fees.csv", dates=("valid_from", "valid_to"))
    if kind is not None:
        if kind not in set(table["kind"].unique()):
            raise InputError.unknown("kind", kind, table["kind"].unique())
        table = table[table["kind"] == kind]
    if on is not None:
        day = one_day("on", on)
        table = table[(table["valid_from"] <= day) & (table["valid_to"].isna() | (table["valid_to"] >= day))]
        if table.empty:
            raise Refusal.because(
                f"no {kind or 'fee'} rows on {day:%Y-%m-%d}", "the table begins in 2024", "ask for a later day"
            )
    return table.reset_index(drop=True)


def fba_size_tier(length_cm: ArrayLike, width_cm: ArrayLike, height_cm: ArrayLike, weight_kg: ArrayLike) -> np.ndarray:
    """Size tier of a packed unit: small_standard, large_standard, small_bulky, large_bulky, extra_large.

    A unit takes the first tier whose limits on the three sides, length plus girth and weight it keeps. Weight is the
    unit's for small_standard, else the greater of unit and dimensional weight (cubic inches over 139).
    """
    sides = _sides(length_cm, width_cm, height_cm)
    pounds = _positive("weight_kg", weight_kg) / KG_PER_POUND
    sides, pounds = np.broadcast_arrays(sides, pounds)
    volume = np.maximum(pounds[2], sides.prod(axis=0) / DIMENSIONAL_DIVISOR)
    shortest, median, longest = sides
    around = longest + 2 * (median + shortest)
    tier = np.full(longest.shape, "extra_large", dtype=object)
    for row in read("size_tiers.csv").sort_values("order", ascending=False).itertuples():
        weight = pounds[2] if row.size_tier == "small_standard" else volume
        pairs = ((longest, row.longest_in), (median, row.median_in), (shortest, row.shortest_in))
        fits = np.logical_and.reduce([side <= limit + TOLERANCE for side, limit in pairs])
        fits &= np.isnan(row.length_plus_girth_in) | (around <= row.length_plus_girth_in + TOLERANCE)
        fits &= weight <= row.weight_lb + TOLERANCE
        tier = np.where(fits, row.size_tier, tier)
    return tier


def fba_shipping_weight_lb(
    length_cm: ArrayLike, width_cm: ArrayLike, height_cm: ArrayLike, weight_kg: ArrayLike
) -> np.ndarray:
    """The weight that the fee is taken from, pounds: the greater of unit and dimensional weight.

    Small standard units, and extra-large ones above 150 pounds, are charged by unit weight.
    """
    tier = fba_size_tier(length_cm, width_cm, height_cm, weight_kg)
    pounds = _positive("weight_kg", weight_kg) / KG_PER_POUND
    dimensional = _sides(length_cm, width_cm, height_cm).prod(axis=0) / DIMENSIONAL_DIVISOR
    by_unit = (tier == "small_standard") | ((tier == "extra_large") & (pounds > 150))
    return np.where(by_unit, pounds, np.maximum(pounds, dimensional))


def fba_fulfilment(
    length_cm: ArrayLike,
    width_cm: ArrayLike,
    height_cm: ArrayLike,
    weight_kg: ArrayLike,
    price_usd: ArrayLike,
    on: str | pd.Timestamp,
) -> np.ndarray:
    """Fulfilment fee of a unit (not clothing), USD, with the fuel surcharge of the day; arrays broadcast.

    Weight beyond the last band counts by the pound as it is, not rounded up to the next quarter pound.
    """
    tier = fba_size_tier(length_cm, width_cm, height_cm, weight_kg)
    weight = fba_shipping_weight_lb(length_cm, width_cm, height_cm, weight_kg)
    tier, weight, price = np.broadcast_arrays(tier, weight, _positive("price_usd", price_usd))
    fee = np.full(tier.shape, np.nan)
    for row in fee_rows("fulfilment", on).fillna({"weight_up_to_lb": np.inf, "price_to_usd": np.inf}).itertuples():
        hit = (tier == row.size_tier) & (price >= row.price_from_usd) & (price < row.price_to_usd)
        hit &= (weight > row.weight_over_lb) & (weight <= row.weight_up_to_lb)
        extra = 0.0 if np.isnan(row.per_extra_lb) else row.per_extra_lb * np.maximum(weight - _first(row), 0.0)
        fee = np.where(hit, row.value + extra, fee)
    if np.isnan(fee).any():
        case = np.flatnonzero(np.isnan(fee.ravel()))[0]
        raise Refusal.because(
            f"no fulfilment fee for a {tier.ravel()[case]} unit of {weight.ravel()[case]:.1f} pounds",
            "the fee table has no row for it",
            "add the row to data/reference/fees.csv with its source",
        )
    fuel = fee_rows("fuel_surcharge")
    rate = fuel.loc[fuel["valid_from"] <= one_day("on", on), "value"].sum()
    return fee * (1 + rate)


def fba_storage(volume_cm3: ArrayLike, month: ArrayLike, tier: ArrayLike = "large_standard") -> np.ndarray:
    """Storage of a unit for a month, USD: cubic feet times the rate of the season (dear from October to December)."""
    cubic_feet = _positive("volume_cm3", volume_cm3) / CUBIC_CM_PER_CUBIC_FOOT
    months = np.asarray(month)
    if not np.isin(months, range(1, 13)).all():
        raise InputError.out_of_range("month", months.ravel().tolist()[:5], "1 to 12")
    rates = fee_rows("storage").set_index(["size_tier", "month_from"])["value"]
    dear = months >= 10
    bulky = ~np.isin(np.asarray(tier, dtype=object), ["small_standard", "large_standard"])
    standard = np.where(dear, rates["standard", 10], rates["standard", 1])
    return cubic_feet * np.where(bulky, np.where(dear, rates["bulky", 10], rates["bulky", 1]), standard)


def referral(category: ArrayLike, price_usd: ArrayLike) -> np.ndarray:
    """Referral fee of a unit, USD: the category's share of the price, at least USD 0.30.

    Categories: electronics, electronics_accessories, home, home_storage, kitchen_health, pet, outdoor, toys, clothing,
    beauty (8 percent up to USD 10, else 15), other.
    """
    names, price = np.broadcast_arrays(np.asarray(category, dtype=object), _positive("price_usd", price_usd))
    table = fee_rows("referral").fillna({"price_from_usd": -1.0, "price_to_usd": np.inf})
    known = set(table["category"].unique())
    for name in pd.unique(names.ravel()):
        if name not in known:
            raise InputError.unknown("category", name, table["category"].unique())
    fee = np.full(price.shape, np.nan)
    for row in table.itertuples():
        hit = (names == row.category) & (price > row.price_from_usd) & (price <= row.price_to_usd)
        fee = np.where(hit, np.maximum(price * row.value, row.minimum_usd), fee)
    return fee


def _first(row) -> float:
    """The weight that the base amount already covers: one pound for bulky units, the band's start elsewhere."""
    return max(row.weight_over_lb, 1.0)


def _sides(length_cm: ArrayLike, width_cm: ArrayLike, height_cm: ArrayLike) -> np.ndarray:
    """The three sides in inches, shortest first."""
    named = zip(("length_cm", "width_cm", "height_cm"), (length_cm, width_cm, height_cm), strict=True)
    return (
        np.sort(np.stack(np.broadcast_arrays(*(_positive(name, side) for name, side in named))), axis=0) / CM_PER_INCH
    )


def _positive(name: str, values: ArrayLike) -> np.ndarray:
    array = np.asarray(values, dtype=float)
    if not (np.isfinite(array) & (array > 0)).all():
        bad = float(array[~(np.isfinite(array) & (array > 0))].flat[0])
        raise InputError.out_of_range(name, bad, "above 0, finite")
    return array
