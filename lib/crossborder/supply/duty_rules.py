"""The rule clock: duty, VAT and parcel regimes of every HS code and lane on a day, with provenance.

Rules are dated rows of `crossborder.reference.taxes`; this module applies them. Two ways in: `bulk` (a commercial
entry into a warehouse) and `parcel` (sent to the buyer, where de-minimis, flat rates and per-item duties hold).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError
from crossborder.reference import taxes
from crossborder.supply import parcel_rules
from crossborder.supply.checks import at_least, needs
from crossborder.supply.parcel_rules import to_usd

__all__ = [
    "Rulebook",
    "Taxes",
    "clock",
    "clock_table",
    "origin_country",
    "rule_sources",
    "rule_warnings",
    "rulebook",
    "taxes_due",
]

ENTRIES = ("bulk", "parcel")
NOT_JOINED = ("outside_remessa_conforme",)  # programs whose rates hold for others
BASES = ("CIF", "FOB")
# What the import tax is taken from: parts of the goods, of freight and insurance, and of the duty.
VAT_BASES = {
    "CIF_DUTY": (1.0, 1.0, 1.0),
    "CIF_DUTY_GROSSED_UP": (1.0, 1.0, 1.0),
    "FOB_DUTY": (1.0, 0.0, 1.0),
    "FOB_110_DUTY": (1.1, 0.0, 1.0),
    "PRICE": (0.0, 0.0, 0.0),
}


@dataclass(frozen=True)
class Taxes:
    """Duty, import tax (VAT or GST) and fees of customs, money in the currency of the inputs."""

    duty: np.ndarray
    import_tax: np.ndarray
    fees: np.ndarray


@dataclass(frozen=True)
class Rulebook:
    """The rules of a day as arrays: rates by HS code x case, regimes by case; a case is market x origin x mode.

    `cases` has market, origin, mode and, in USD: duty_free, vat_free, per_item, per_item_limit, flat rate bands, fees.
    `duty` maps low, base, high to HS x case fractions; `sources` tells where each rate comes from.
    """

    hs_codes: np.ndarray
    cases: pd.DataFrame
    duty: dict[str, np.ndarray]
    on: pd.Timestamp
    entry: str
    sources: pd.DataFrame

    def index(self, hs_code: ArrayLike) -> np.ndarray:
        """Row of each HS code in `duty`; an unknown code is an error."""
        codes = np.asarray(hs_code, dtype=str)
        place = np.minimum(np.searchsorted(self.hs_codes, codes), len(self.hs_codes) - 1)
        if not (self.hs_codes[place] == codes).all():
            raise InputError.unknown("HS code", str(codes[self.hs_codes[place] != codes][0]), self.hs_codes)
        return place


def taxes_due(
    goods: ArrayLike,
    freight: ArrayLike,
    insurance: ArrayLike,
    duty_rate: ArrayLike,
    vat_rate: ArrayLike,
    duty_base: ArrayLike = "CIF",
    vat_base: ArrayLike = "CIF_DUTY",
    fees: ArrayLike = 0.0,
) -> Taxes:
    """Ad valorem duty and VAT of a commercial entry.

    CIF takes duty from goods + freight + insurance, FOB from the goods alone. VAT is taken from CIF_DUTY (value with
    duty), FOB_DUTY, FOB_110_DUTY (goods plus a tenth, plus duty), CIF_DUTY_GROSSED_UP (the tax is part of its own
    base), or PRICE (no tax at the border).

    >>> due = taxes_due(6500, 3000, 0, 0.065, 0.19)
    >>> float(due.duty), round(float(due.import_tax), 3)
    (617.5, 1922.325)
    """
    goods, carried = at_least("goods", goods, 0), at_least("freight", freight, 0) + at_least("insurance", insurance, 0)
    rate, vat = at_least("duty_rate", duty_rate, 0), at_least("vat_rate", vat_rate, 0)
    duty_base, vat_base = np.asarray(duty_base, dtype=str), np.asarray(vat_base, dtype=str)
    if not np.isin(duty_base, BASES).all():
        raise InputError.unknown("duty_base", str(duty_base[~np.isin(duty_base, BASES)][0]), BASES)
    duty = rate * (goods + np.where(duty_base == "CIF", 1.0, 0.0) * carried)
    known = list(VAT_BASES)
    if not np.isin(vat_base, known).all():
        raise InputError.unknown("vat_base", str(vat_base[~np.isin(vat_base, known)][0]), known)
    of_goods, of_carried, of_duty = (
        np.select([vat_base == name for name in known], [VAT_BASES[name][part] for name in known]) for part in range(3)
    )
    vat = np.where(vat_base == "CIF_DUTY_GROSSED_UP", vat / np.maximum(1 - vat, 1e-9), vat)
    tax = (vat * of_goods) * goods + (vat * of_carried) * carried + (vat * of_duty) * duty
    return Taxes(duty, tax, np.asarray(fees, float))


def rulebook(
    hs_codes: ArrayLike,
    cases: pd.DataFrame,
    on: str | pd.Timestamp,
    entry: str = "bulk",
    preference: bool = False,
    extra_rate: dict[str, float] | None = None,
    exclude: tuple[str, ...] = NOT_JOINED,
) -> Rulebook:
    """The rules of the day `on` for HS codes x cases.

    `cases` has market, origin (ISO country) and mode. `extra_rate` adds to the duty of a market (a tariff scenario);
    `preference=True` uses trade agreements (with a certificate of origin); `exclude` names programs not joined.
    Raises InputError for a market or code without rules, Refusal for a day before they begin.
    """
    if entry not in ENTRIES:
        raise InputError.unknown("entry", entry, ENTRIES)
    needs(cases, "cases", "market origin mode")
    day = pd.Timestamp(on)
    codes = np.unique(np.asarray(hs_codes, dtype=str))
    cases = cases[["market", "origin", "mode"]].drop_duplicates().reset_index(drop=True)
    rates = taxes.duty_rate(
        np.repeat(codes, len(cases)),
        np.tile(cases["market"].to_numpy(object), len(codes)),
        day,
        np.tile(cases["origin"].to_numpy(object), len(codes)),
        preference=preference,
    )
    extra = cases["market"].map(extra_rate or {}).fillna(0.0).to_numpy(float)
    shape = (len(codes), len(cases))
    duty = {name: rates[name].to_numpy(float).reshape(shape) + extra for name in ("low", "base", "high")}
    table = _table(cases, pd.DatetimeIndex([day] * len(cases)), entry, exclude)
    return Rulebook(
        codes, table, duty, day, entry, rates[["market", "hs_code", "origin", "source", "confidence", "programs"]]
    )


def rule_warnings(book: Rulebook, worst: str = "D") -> pd.DataFrame:
    """Placeholders behind the rates in use, to be shown beside results: market, HS codes, confidence, source.

    `worst="C"` lists rates from memory too.
    """
    weak = book.sources[book.sources["confidence"] >= worst]
    return (
        weak.groupby(["market", "confidence", "source"], as_index=False)["hs_code"]
        .nunique()
        .rename(columns={"hs_code": "hs_codes"})
    )


def rule_sources(books: dict[str, Rulebook], entry: str = "") -> pd.DataFrame:
    """Where each rate in use comes from: market, HS code, origin, source, confidence; of one way of entry or of all."""
    chosen = [book.sources for name, book in books.items() if entry in ("", name)]
    columns = ["market", "hs_code", "origin", "source", "confidence", "programs"]
    return pd.concat(chosen, ignore_index=True) if chosen else pd.DataFrame(columns=columns)


def origin_country(origin: ArrayLike) -> np.ndarray:
    """Country of a UN/LOCODE (its first two letters)."""
    return pd.Series(np.asarray(origin, dtype=str)).str[:2].to_numpy(object)


def clock(
    hs_code: str, market: str, days: ArrayLike, goods: float, freight: float, origin: str = "CN", entry: str = "bulk"
) -> pd.DataFrame:
    """The same consignment on several days: duty rate, duty, import tax and fees in USD, programs and confidence.

    A consignment of one HS code worth `goods` with `freight` (USD); `entry` as in `rulebook`.
    """
    on = pd.to_datetime(np.atleast_1d(days))
    mode = "courier" if entry == "parcel" else "sea"
    cases = _table(pd.DataFrame({"market": market, "origin": origin, "mode": mode}, index=range(len(on))), on, entry)
    rates = taxes.duty_rate(hs_code, market, on, origin)
    rate = rates["base"].to_numpy(float)
    if entry == "parcel":
        due = parcel_rules.parcel_taxes(cases, rate[None], np.array([[goods]]), np.array([[freight]]))
        duty, tax, fees = (part[0] for part in due)
    else:
        due = taxes_due(
            goods, freight, 0, rate, cases["vat"], cases["duty_base"], cases["vat_base"], cases["fee_rate"] * goods
        )
        duty, tax, fees = due.duty, due.import_tax, due.fees
    table = pd.DataFrame({"on": on, "duty_rate": rate, "duty": duty, "import_tax": tax, "fees": fees})
    table = table.assign(programs=rates["programs"], confidence=rates["confidence"])
    return table.assign(share_of_goods=(table["duty"] + table["import_tax"] + table["fees"]) / goods)


def clock_table(baskets: pd.DataFrame, goods: float, freight: float) -> pd.DataFrame:
    """`clock` for several baskets (case, hs_code, market, entry, days apart by spaces), one row a case and day."""
    needs(baskets, "baskets", "case hs_code market entry days")
    rows = [
        clock(row.hs_code, row.market, row.days.split(), goods, freight, entry=row.entry).assign(
            case=row.case, market=row.market, entry=row.entry
        )
        for row in baskets.itertuples()  # over a handful of baskets
    ]
    return pd.concat(rows, ignore_index=True)


def _table(
    cases: pd.DataFrame, on: pd.DatetimeIndex, entry: str, exclude: tuple[str, ...] = NOT_JOINED
) -> pd.DataFrame:
    """Cases with their taxes, fees and, for parcels, regimes; each case on a day of its own."""
    table = cases.assign(
        vat=taxes.vat_rate(cases["market"], on),
        duty_base=taxes.duty_base(cases["market"], on),
        vat_base=taxes.vat_base(cases["market"], on),
    )
    table = _fees(table, on, entry)
    return parcel_rules.regimes(table, on, exclude) if entry == "parcel" else table


def _fees(table: pd.DataFrame, on: pd.DatetimeIndex, entry: str) -> pd.DataFrame:
    """Columns fee_rate (of the goods), fee_consignment and fee_line in USD."""
    rows = taxes.tax_rules(kind="fee")
    here = taxes.valid_on(rows, on) & (rows["market"].to_numpy(object) == table["market"].to_numpy(object)[:, None])
    here &= (rows["mode"] == "").to_numpy() | (rows["mode"].to_numpy(object) == table["mode"].to_numpy(object)[:, None])
    found = {name: np.zeros(len(table)) for name in ("fee_rate", "fee_consignment", "fee_line")}
    for place in np.flatnonzero(here.any(axis=0)):  # a handful of rows
        rule, cases = rows.loc[place], here[:, place]
        if rule["unit"] == "fraction" and entry == "bulk":
            found["fee_rate"][cases] += rule["value"]
        elif rule["unit"] != "fraction" and entry == "parcel":
            usd = to_usd(np.full(cases.sum(), rule["value"]), np.full(cases.sum(), rule["unit"][:3], object), on[cases])
            found["fee_line" if rule["base"] == "LINE" else "fee_consignment"][cases] += usd
    return table.assign(**found, fee_limit=np.inf)
