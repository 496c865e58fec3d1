"""Rules for parcels sent to the buyer: relief below a value, flat rates, duty an item category, fees a consignment.

The rows come from `crossborder.reference.taxes`; amounts are turned into USD at the day's rate.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError, Refusal
from crossborder.reference import exchange, taxes
from crossborder.supply.checks import needs

__all__ = ["basket_duty", "parcel_taxes", "regimes", "thresholds", "to_usd"]

# Flat rates that stand for duty and VAT together (see the notes of the rules).
SINGLE_TAX = {("MX", "courier_global"), ("TR", "parcel_flat")}
BANDS = 3
_TEXT = ("market", "origin", "mode", "duty_base", "vat_base")


def basket_duty(items: pd.DataFrame, per_item: float) -> float:
    """Flat duty of a low-value consignment: `per_item` for every different HS6 heading in it (EU from 2026-07-01).

    >>> shoes_dolls_shirts = pd.DataFrame({"hs6": ["640299", "950300", "610910"], "qty": [1, 2, 5]})
    >>> basket_duty(shoes_dolls_shirts, 3.0)
    9.0
    """
    needs(items, "items", "hs6 qty")
    codes = items.loc[items["qty"] > 0, "hs6"].astype("str").str[:6]
    return float(per_item * codes.nunique())


def thresholds(market: ArrayLike, on: str | pd.Timestamp, tax: str = "duty", origin: str = "CN") -> np.ndarray:
    """De-minimis values in USD of the day, 0 where there is no relief (or where its currency has no rate)."""
    found = taxes.de_minimis(market, on, tax=tax, origin=origin)
    return to_usd(found["threshold"].to_numpy(float), found["currency"].to_numpy(object), pd.Timestamp(on))


def parcel_taxes(
    cases: pd.DataFrame,
    duty_rate: np.ndarray,
    goods: np.ndarray,
    freight: np.ndarray,
    categories: ArrayLike = 1.0,
    extra_fee: ArrayLike = 0.0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Duty, import tax and fees of consignments, USD, rows x cases (`cases` as `regimes` gives them).

    `goods` and `freight` are the values of the whole consignment, `categories` its different HS6 headings,
    `extra_fee` a fee a consignment on top (a scenario).
    """
    c = {name: cases[name].to_numpy(float) for name in cases.columns if name not in _TEXT}
    value = goods + np.where(cases["duty_base"].to_numpy(str) == "CIF", freight, 0.0)
    duty = duty_rate * value
    single = np.zeros(np.broadcast_shapes(duty.shape, goods.shape), bool)
    for band in range(BANDS):
        inside = (c[f"flat_{band}"] > 0) & (goods > c[f"from_{band}"]) & (goods <= c[f"to_{band}"])
        flat = np.maximum(c[f"flat_{band}"] * (goods + freight) - c[f"cut_{band}"], 0)
        duty = np.where(inside, flat, duty)
        single |= inside & (c[f"single_{band}"] > 0)
    small = (c["per_item"] > 0) & (goods <= c["per_item_limit"])
    duty = np.where(small, c["per_item"] * np.asarray(categories, float), duty)
    duty = np.where((goods <= c["duty_free"]) & (c["duty_free"] > 0), 0.0, duty)
    gross = cases["vat_base"].to_numpy(str)
    base = np.select([gross == "PRICE", gross == "FOB_DUTY", gross == "FOB_110_DUTY"],
                     [0.0 * duty, goods + duty, 1.1 * goods + duty], goods + freight + duty)  # fmt: skip
    base = np.where(gross == "CIF_DUTY_GROSSED_UP", base / np.maximum(1 - c["vat"], 1e-9), base)
    tax = np.where(single | ((goods <= c["vat_free"]) & (c["vat_free"] > 0)), 0.0, c["vat"] * base)
    tax = np.where((c["low_value_vat"] > 0) & (goods <= c["low_value_limit"]), c["low_value_vat"] * goods, tax)
    fees = c["fee_consignment"] + c["fee_line"] * np.asarray(categories, float) + np.asarray(extra_fee, float)
    return duty, tax, fees + 0.0 * duty


def regimes(table: pd.DataFrame, day: pd.Timestamp, exclude: tuple[str, ...]) -> pd.DataFrame:
    """Thresholds, per-item duty and up to `BANDS` bands of flat rates of parcels, in USD."""
    for tax in ("duty", "vat"):
        found = taxes.de_minimis(table["market"], day, tax=tax, origin=table["origin"], mode="courier")
        table[f"{tax}_free"] = to_usd(found["threshold"].to_numpy(float), found["currency"].to_numpy(object), day)
    item = _of_market("per_item_duty", table, day)
    currency = item["threshold_currency"].fillna("").to_numpy(object)
    table["per_item"] = to_usd(item["value"].to_numpy(float), currency, day)
    table["per_item_limit"] = to_usd(item["threshold"].to_numpy(float), currency, day)
    low = _of_market("vat_low_value", table, day)
    table["low_value_vat"] = low["value"].fillna(0.0).to_numpy(float)
    table["low_value_limit"] = to_usd(
        low["threshold"].to_numpy(float), low["threshold_currency"].fillna("").to_numpy(object), day
    )
    flat = taxes.rules_on(day, kind="flat_rate")
    flat = flat[~flat["program"].isin(exclude) & (flat["hs"] == "")]
    cut = taxes.rules_on(day, kind="deduction").set_index(["market", "program"])
    for band in range(BANDS):
        table[[f"flat_{band}", f"from_{band}", f"to_{band}", f"cut_{band}", f"single_{band}"]] = 0.0
    for place in range(len(table)):  # over markets x origins x modes
        _fill_bands(table, place, flat, cut, day)
    return table


def _fill_bands(table: pd.DataFrame, place: int, flat: pd.DataFrame, cut: pd.DataFrame, day: pd.Timestamp) -> None:
    case = table.loc[place]
    here = flat[(flat["market"] == case["market"]) & flat["mode"].isin(["", case["mode"]])]
    named = here["origin"].str.split().map(lambda names: case["origin"] in names).astype(bool)
    here = here[named] if named.any() else here[here["origin"] == ""]
    for band, rule in enumerate(here.sort_values("threshold").head(BANDS).itertuples()):
        ends = np.nan_to_num([rule.threshold_from, rule.threshold])
        ends = to_usd(ends, np.array([rule.threshold_currency] * 2, object), day)
        key = (rule.market, rule.program)
        off = 0.0
        if key in cut.index:
            deduction = cut.loc[[key]].iloc[0]
            off = float(deduction["value"]) if ends[0] >= deduction["threshold_from"] - 1e-6 else 0.0
        single = float(key in SINGLE_TAX or "Without VAT" in rule.note)
        names = [f"flat_{band}", f"from_{band}", f"to_{band}", f"cut_{band}", f"single_{band}"]
        table.loc[place, names] = [rule.value, ends[0], ends[1], off, single]


def to_usd(amount: np.ndarray, currency: np.ndarray, day: pd.Timestamp) -> np.ndarray:
    """Amounts in USD at the last fixing of the day; after the last fixing known, at that one."""
    result = np.where(np.asarray(currency, object) == "USD", amount, 0.0).astype(float)
    at = min(day, exchange.last_date())
    for name in {c for c in currency if isinstance(c, str) and c not in ("USD", "")}:  # a handful of currencies
        rows = np.asarray(currency, object) == name
        try:
            result[rows] = exchange.convert(np.nan_to_num(amount[rows]), name, at)
        except (Refusal, InputError):
            result[rows] = 0.0
    return np.nan_to_num(result)


def _of_market(rule: str, table: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """The row of a rule for every case, in the order of `table`; missing where the market has none."""
    rows = taxes.rules_on(day, kind=rule).drop_duplicates("market").set_index("market")
    return rows.reindex(table["market"])
