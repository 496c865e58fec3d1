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


def regimes(table: pd.DataFrame, on: ArrayLike, exclude: tuple[str, ...]) -> pd.DataFrame:
    """Thresholds, per-item duty and up to `BANDS` bands of flat rates of parcels, in USD.

    `on` is the day of the rules, or one a row of the table.
    """
    for tax in ("duty", "vat"):
        found = taxes.de_minimis(table["market"], on, tax=tax, origin=table["origin"], mode="courier")
        table[f"{tax}_free"] = to_usd(found["threshold"].to_numpy(float), found["currency"].to_numpy(object), on)
    item = _of_market("per_item_duty", table, on)
    currency = item["threshold_currency"].fillna("").to_numpy(object)
    table["per_item"] = to_usd(item["value"].to_numpy(float), currency, on)
    table["per_item_limit"] = to_usd(item["threshold"].to_numpy(float), currency, on)
    low = _of_market("vat_low_value", table, on)
    table["low_value_vat"] = low["value"].fillna(0.0).to_numpy(float)
    table["low_value_limit"] = to_usd(
        low["threshold"].to_numpy(float), low["threshold_currency"].fillna("").to_numpy(object), on
    )
    bands = _bands(table, on, exclude)
    names = [f"{name}_{band}" for band in range(BANDS) for name in ("flat", "from", "to", "cut", "single")]
    table[names] = bands.reshape(len(table), -1)
    return table


def _bands(table: pd.DataFrame, on: ArrayLike, exclude: tuple[str, ...]) -> np.ndarray:
    """Rate, ends in USD, deduction and whether it stands for all taxes: cases x `BANDS` x these five."""
    found = np.zeros((len(table), BANDS, 5))
    flat, cut = taxes.tax_rules(kind="flat_rate"), taxes.tax_rules(kind="deduction")
    flat = flat[~flat["program"].isin(exclude) & (flat["hs"] == "")].reset_index(drop=True)
    days = np.broadcast_to(np.asarray(on, "datetime64[ns]"), len(table))
    open_flat, open_cut = taxes.valid_on(flat, days), taxes.valid_on(cut, days)
    market, origin, mode = (table[name].to_numpy(object) for name in ("market", "origin", "mode"))
    open_flat &= flat["market"].to_numpy(object) == market[:, None]
    open_flat &= flat["mode"].isin([""]).to_numpy() | (flat["mode"].to_numpy(object) == mode[:, None])
    origins = [text.split() for text in flat["origin"]]
    for place in np.flatnonzero(open_flat.any(axis=1)):  # over the cases with a flat rate
        here = np.flatnonzero(open_flat[place])
        named = [rule for rule in here if origin[place] in origins[rule]]
        here = np.array(named or [rule for rule in here if not origins[rule]], dtype=int)
        for band, rule in enumerate(here[flat["threshold"].to_numpy()[here].argsort()][:BANDS]):
            found[place, band] = _band(flat.loc[rule], cut[open_cut[place]], days[place])
    return found


def _band(rule: pd.Series, cut: pd.DataFrame, day: np.datetime64) -> tuple[float, ...]:
    ends = np.nan_to_num(rule[["threshold_from", "threshold"]].to_numpy(float))
    low, high = to_usd(ends, np.array([rule["threshold_currency"]] * 2, object), day)
    same = (cut["market"] == rule["market"]) & (cut["program"] == rule["program"])
    off = cut.loc[same & (low >= cut["threshold_from"] - 1e-6), "value"].head(1).sum()
    single = (rule["market"], rule["program"]) in SINGLE_TAX or "Without VAT" in rule["note"]
    return rule["value"], low, high, float(off), float(single)


def to_usd(amount: np.ndarray, currency: np.ndarray, on: ArrayLike) -> np.ndarray:
    """Amounts in USD at the last fixing of a day, or of one day each; after the last fixing known, at that one."""
    currency = np.asarray(currency, object)
    result = np.where(currency == "USD", amount, 0.0).astype(float)
    days = np.minimum(np.asarray(on, "datetime64[ns]"), exchange.last_date().to_datetime64())
    days = np.broadcast_to(days, result.shape)
    foreign = ~np.isin(currency, ["USD", ""]) & pd.notna(currency)
    for name, day in set(zip(currency[foreign], days[foreign].tolist(), strict=True)):  # a handful
        rows = (currency == name) & (days == np.datetime64(day, "ns"))
        try:
            result[rows] = exchange.convert(np.nan_to_num(amount[rows]), name, np.datetime64(day, "ns"))
        except (Refusal, InputError):
            result[rows] = 0.0
    return np.nan_to_num(result)


def _of_market(rule: str, table: pd.DataFrame, on: ArrayLike) -> pd.DataFrame:
    """The row of a rule for every case, in the order of `table`; missing where the market has none."""
    rows = taxes.tax_rules(kind=rule)
    fits = taxes.valid_on(rows, on) & (rows["market"].to_numpy(object) == table["market"].to_numpy(object)[:, None])
    return rows.reindex(np.where(fits.any(axis=1), fits.argmax(axis=1), -1))
