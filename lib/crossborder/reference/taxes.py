"""Import taxes, duties and de-minimis rules as dated rows, and the duty rate of a good on a day.

Every row has its days of validity, source, date of reading and confidence: A seen in a source, B in a data package or
an older source, C and D from memory, D being a placeholder. Nothing here is legal advice.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError, Refusal
from crossborder.reference.days import one_day, some_days
from crossborder.reference.files import read

__all__ = [
    "contradictions",
    "de_minimis",
    "duty_base",
    "duty_rate",
    "placeholders",
    "rules_on",
    "tax_rules",
    "timeline",
    "valid_on",
    "vat_base",
    "vat_rate",
]

HS6 = "us_mfn_duty_hs6.csv"
_FITTED = {"on": "datetime64[D]", "origin": str, "mode": str, "hs_code": str}  # of an input, with its kind as array
CHAPTERS = frozenset(f"{number:02d}" for number in range(1, 98) if number != 77)


def tax_rules(market: str | None = None, kind: str | None = None) -> pd.DataFrame:
    """All dated rows: market, rule, program, hs, origin, mode, value with low and high, thresholds, base, validity.

    `value` counts in `unit`; a rule with a threshold holds above `threshold_from` and up to `threshold`, in
    `threshold_currency`. Empty hs, origin or mode means all; origins are ISO codes apart by a space. `base` is what the
    rate is taken from: CIF, FOB, CIF_DUTY (value and duty), ... `valid_to` is the last day, missing while open.
    """
    table = _read_rules() if kind is None else _of_kind(kind)
    if market is not None:
        table = table[table["market"] == _market(market)]
    return table.reset_index(drop=True)


def rules_on(date: str | pd.Timestamp, market: str | None = None, kind: str | None = None) -> pd.DataFrame:
    """The rows of `tax_rules` valid on a day."""
    table = tax_rules(market, kind)
    return table[valid_on(table, one_day("date", date))].reset_index(drop=True)


def valid_on(rows: pd.DataFrame, on: ArrayLike) -> np.ndarray:
    """Whether each row of `tax_rules` is valid on a day; days x rows for several days."""
    days = np.asarray(some_days("on", on))[..., None]
    first, last = rows["valid_from"].to_numpy(), rows["valid_to"].to_numpy()
    return (first <= days) & (np.isnat(last) | (last >= days))


def vat_rate(market: ArrayLike, on: ArrayLike, case: str = "base") -> np.ndarray:
    """The standard rate of VAT or GST on imports as a fraction; `case` is low, base or high of its range.

    Zero in the United States, which has no VAT (see rule `sales_tax`).
    """
    return _scope("vat_standard").rows[_case(case)].to_numpy(float)[_best("vat_standard", _inputs(market, on))]


def vat_base(market: ArrayLike, on: ArrayLike) -> np.ndarray:
    """What the import tax is taken from: CIF_DUTY (value with duty), FOB_DUTY, PRICE, ..."""
    return _scope("vat_standard").rows["base"].to_numpy(object)[_best("vat_standard", _inputs(market, on))]


def duty_base(market: ArrayLike, on: ArrayLike) -> np.ndarray:
    """What duty is taken from: CIF (value with freight and insurance to the border) or FOB (without)."""
    return _scope("duty_base").rows["base"].to_numpy(object)[_best("duty_base", _inputs(market, on))]


def de_minimis(
    market: ArrayLike, on: ArrayLike, tax: str = "duty", origin: ArrayLike = "CN", mode: str = ""
) -> pd.DataFrame:
    """The value up to which a consignment pays no duty (or VAT), one row an input: threshold, currency, confidence.

    A threshold of 0 means that there is no relief. `mode="courier"` finds thresholds that hold for couriers only.
    """
    if tax not in ("duty", "vat"):
        raise InputError.unknown("tax", tax, ("duty", "vat"))
    rule, inputs = f"{tax}_de_minimis", _inputs(market, on, origin, mode=mode)
    columns = ["threshold", "threshold_currency", "confidence", "source", "note"]
    found = _scope(rule).rows[columns].take(_best(rule, inputs)).rename(columns={"threshold_currency": "currency"})
    found.insert(0, "market", inputs["market"].array)
    return found.reset_index(drop=True)


def duty_rate(
    hs_code: ArrayLike, market: ArrayLike, on: ArrayLike, origin: ArrayLike = "CN", preference: bool = False
) -> pd.DataFrame:
    """Duty as a fraction of the customs value, one row an input (arrays broadcast): low, base and high.

    The most-favoured-nation rate (`mfn_*`; for the United States by HS6, elsewhere by chapter and mostly a placeholder)
    plus surcharges on the origin (`surcharge_*`). Where a trade agreement could apply, `low` is at its rate;
    `preference=True` puts `base` there too, which needs a certificate of origin. `confidence` is the weakest of the
    rows used, `source` that row's own; `programs` names the surcharges. Customs value: see `duty_base`.

    Raises InputError for a market, code or chapter that is not known, Refusal for a day without a rule.
    """
    inputs = _inputs(market, on, origin, hs_code)
    unique, place = _distinct(inputs)
    mfn, extra = _mfn(unique), _surcharges(unique)
    row, rule = _match("duty_preference", unique)
    agreed = _scope("duty_preference").rows["value"].take(rule).groupby(row).min().reindex(unique.index)
    rates = pd.DataFrame(index=unique.index)
    for case, name in (("value_low", "low"), ("value", "base"), ("value_high", "high")):
        rates[f"mfn_{name}"] = mfn[case]
        rates[f"surcharge_{name}"] = extra[case] + extra[f"on_duty_{case}"] * mfn[case]
    rates["preference"] = agreed
    normal = agreed.isna()
    rates["low"] = rates["mfn_low"].where(normal, agreed) + rates["surcharge_low"]
    rates["base"] = rates["mfn_base"].where(normal | (not preference), agreed) + rates["surcharge_base"]
    rates["high"] = rates["mfn_high"] + rates["surcharge_high"]
    doubtful = extra["confidence"].to_numpy(object) > mfn["confidence"].to_numpy(object)
    rates["programs"], rates["source"] = extra["programs"], mfn["source"].where(~doubtful, extra["weakest"])
    rates["confidence"] = np.maximum(mfn["confidence"].to_numpy(object), extra["confidence"].to_numpy(object))
    return pd.concat([inputs.drop(columns="mode"), rates.take(place).set_axis(inputs.index)], axis=1)


def placeholders(rows: pd.DataFrame | None = None, worst: str = "D") -> pd.DataFrame:
    """The rows whose confidence is D, or C and D with `worst="C"`: what to check before use."""
    table = tax_rules() if rows is None else rows
    if "confidence" not in table:
        raise InputError.missing_columns("rows", ["confidence"], table.columns)
    if worst not in ("C", "D"):
        raise InputError.unknown("worst", worst, ("C", "D"))
    return table[table["confidence"] >= worst].reset_index(drop=True)


def timeline(market: str | None = None, start: str | None = None, end: str | None = None) -> pd.DataFrame:
    """Dated changes in order: date, market, rule, program, change (starts or ends), value, threshold, note."""
    table = tax_rules(market)
    starts = table.assign(date=table["valid_from"], change="starts")
    ends = table.dropna(subset=["valid_to"])
    ends = ends.assign(date=ends["valid_to"], change="ends")
    both = pd.concat([starts, ends], ignore_index=True)
    both = both[both["date"].between(one_day("start", start or "1900-01-01"), one_day("end", end or "2100-01-01"))]
    columns = ["date", "market", "rule", "program", "change", "value", "unit", "threshold", "threshold_currency"]
    return both.sort_values(["date", "market", "rule"])[[*columns, "note", "confidence"]].reset_index(drop=True)


def contradictions(rows: pd.DataFrame | None = None) -> pd.DataFrame:
    """Pairs of rows that say different things about the same case on the same day; empty when the table is sound."""
    table = (tax_rules() if rows is None else rows).copy()
    table["last"] = table["valid_to"].fillna(pd.Timestamp("2262-01-01"))
    table["above"], table["up_to"] = table["threshold_from"].fillna(-1.0), table["threshold"].fillna(np.inf)
    # In a de-minimis rule the threshold is the statement itself, not its scope.
    stated = table["rule"].str.endswith("de_minimis") | (table["rule"] == "vat_at_sale")
    table.loc[stated, "up_to"] = np.inf
    table = table.assign(origin=table["origin"].fillna("").str.split(" ")).explode("origin")
    keys = ["market", "rule", "program", "hs", "origin", "mode"]
    table[keys] = table[keys].fillna("")
    pairs = table.merge(table, on=keys, suffixes=("", "_other"))
    clash = pairs["rule_id"] < pairs["rule_id_other"]
    clash &= (pairs["valid_from"] <= pairs["last_other"]) & (pairs["valid_from_other"] <= pairs["last"])
    clash &= (pairs["above"] < pairs["up_to_other"]) & (pairs["above_other"] < pairs["up_to"])
    return pairs.loc[clash, ["rule_id", "rule_id_other", "valid_from", "valid_from_other"]].reset_index(drop=True)


@cache
def _read_rules() -> pd.DataFrame:
    table = read("tax_rules.csv", dates=("valid_from", "valid_to"), text=("hs",))
    text = ["program", "hs", "origin", "mode", "note", "base", "threshold_currency"]
    table[text] = table[text].fillna("")
    return table


@cache
def _of_kind(kind: str) -> pd.DataFrame:
    """The rows of a rule; only read, never handed out."""
    table = _read_rules()
    found = table[table["rule"] == kind]
    if found.empty:
        raise InputError.unknown("rule", kind, table["rule"].unique())
    return found


def _market(name: str) -> str:
    known = _read_rules()["market"].unique()
    if name not in known:
        raise InputError.unknown("market", name, known)
    return name


def _case(case: str) -> str:
    names = {"low": "value_low", "base": "value", "high": "value_high"}
    if case not in names:
        raise InputError.unknown("case", case, names)
    return names[case]


def _inputs(market, on, origin="CN", hs_code="", mode="") -> pd.DataFrame:
    """The inputs broadcast to a frame, with a known market, a date and a clean code in every row."""
    days = some_days("on", on)
    arrays = [np.asarray(part, dtype=object) for part in (market, origin, hs_code, mode)]
    market, origin, hs_code, mode, days = np.broadcast_arrays(*arrays, days)
    frame = pd.DataFrame({"market": market.ravel(), "on": days.ravel(), "origin": origin.ravel(), "mode": mode.ravel()})
    for name in frame["market"].unique():
        _market(name)
    place, written = pd.factorize(hs_code.ravel(), use_na_sentinel=False)
    codes = pd.Series(written).astype("str").str.replace(".", "", regex=False).str[:6]
    bad = ~codes.str.fullmatch(r"(\d{2}){0,3}")
    if bad.any():
        allowed = "2, 4, 6 or more digits as text, with leading zeros"
        raise InputError.out_of_range("hs_code", codes[bad].iloc[0], allowed, "read the column as text")
    chapter = codes.str[:2]
    absent = (codes != "") & (~chapter.isin(CHAPTERS))
    if absent.any():
        allowed = "chapters 01 to 97 of the Harmonized System without 77, which is reserved"
        others = codes[absent].nunique() - 1
        many = codes[absent].iloc[0] + (f" and {others} more" if others else "")
        raise InputError.out_of_range("hs_code", many, allowed, "look the code up again")
    frame["hs_code"] = codes.take(place).array
    return frame


def _distinct(frame: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """The rows that differ, in the order of their first appearance, and the place of each row among them."""
    key = np.zeros(len(frame), dtype=np.int64)
    for name in frame.columns:
        codes, values = pd.factorize(frame[name])
        key = key * len(values) + codes
    place, values = pd.factorize(key)
    first = np.zeros(len(values), dtype=np.int64)
    first[place[::-1]] = np.arange(len(frame))[::-1]
    return frame.take(first).reset_index(drop=True), place


class _Scope(NamedTuple):
    """The rows of a rule, one an origin and ordered by market, with the limits of where they hold as arrays."""

    rows: pd.DataFrame
    market: np.ndarray
    first: np.ndarray
    last: np.ndarray
    origin: np.ndarray
    mode: np.ndarray
    code: np.ndarray
    digits: np.ndarray


@cache
def _scope(rule: str) -> _Scope:
    """Where the rows of a rule hold; only read, never handed out."""
    table = _of_kind(rule)
    rows = table.assign(origin=table["origin"].str.split(" ")).explode("origin")
    rows = rows.sort_values("market", kind="stable", ignore_index=True)
    last = rows["valid_to"].fillna(pd.Timestamp("2262-01-01"))
    first, last = (days.to_numpy("datetime64[D]") for days in (rows["valid_from"], last))
    market, origin, mode, code = (rows[name].to_numpy(str) for name in ("market", "origin", "mode", "hs"))
    return _Scope(rows, market, first, last, origin, mode, code, np.char.str_len(code))


def _match(rule: str, frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of an input and a row of `_scope` that fits it, best first: origin named, longest code, mode named."""
    scope, market = _scope(rule), frame["market"].to_numpy(str)
    begin, end = (np.searchsorted(scope.market, market, side) for side in ("left", "right"))
    row = np.repeat(np.arange(len(frame)), end - begin)
    pair = np.arange(len(row)) + np.repeat(end - np.cumsum(end - begin), end - begin)
    day, origin, mode, code = (frame[name].to_numpy(kind)[row] for name, kind in _FITTED.items())
    fits = (scope.first[pair] <= day) & (scope.last[pair] >= day)
    fits &= (scope.origin[pair] == "") | (scope.origin[pair] == origin)
    fits &= (scope.mode[pair] == "") | (scope.mode[pair] == mode)
    for digits in (2, 4, 6):
        fits &= (scope.digits[pair] != digits) | (scope.code[pair] == code.astype(f"U{digits}"))
    row, pair = row[fits], pair[fits]
    rank = (scope.origin[pair] != "") * 100 + scope.digits[pair] * 10 + (scope.mode[pair] != "")
    order = np.lexsort((-rank, row))
    return row[order], pair[order]


@cache
def _american_lines() -> pd.DataFrame:
    return read(HS6, text=("hs6",)).dropna(subset=["ad_valorem_low"]).set_index("hs6")


def _best(rule: str, inputs: pd.DataFrame) -> np.ndarray:
    """The place in `_scope` of the best row of a rule for each input."""
    unique, place = _distinct(inputs)
    return _best_of(rule, unique)[place]


def _best_of(rule: str, unique: pd.DataFrame) -> np.ndarray:
    row, pair = _match(rule, unique)
    best = np.full(len(unique), -1)
    best[row[::-1]] = pair[::-1]
    _refuse_days(rule, unique, best < 0)
    return best


def _refuse_days(rule: str, frame: pd.DataFrame, missing: np.ndarray) -> None:
    if missing.any():
        row = frame[missing].iloc[0]
        first = tax_rules(row["market"], rule)["valid_from"].min()
        raise Refusal.because(
            f"no rule {rule} for {row['market']} on {row['on']:%Y-%m-%d} ({int(missing.sum())} cases)",
            f"the table of tax rules begins on {first:%Y-%m-%d} there",
            "ask for a later day, or add the row to data/reference/tax_rules.csv with its source",
        )


def _mfn(frame: pd.DataFrame) -> pd.DataFrame:
    """The most-favoured-nation rate of each row; by HS6 in the United States where the tariff is in percent."""
    columns = ["value", "value_low", "value_high", "source", "confidence"]
    best = _scope("duty_mfn").rows[columns].take(_best_of("duty_mfn", frame)).set_axis(frame.index)
    lines = _american_lines()
    rows = frame.index[(frame["market"] == "US") & frame["hs_code"].isin(lines.index)]
    line = lines.loc[frame.loc[rows, "hs_code"]].set_axis(rows)
    best.loc[rows, "value_low"], best.loc[rows, "value_high"] = line["ad_valorem_low"], line["ad_valorem_high"]
    best.loc[rows, "value"] = (line["ad_valorem_low"] + line["ad_valorem_high"]) / 2
    best.loc[rows, "source"] = line["source"]
    sure = (line["ad_valorem_low"] == line["ad_valorem_high"]) & (line["lines_not_ad_valorem"] == 0)
    best.loc[rows, "confidence"] = np.where(sure, "A", "B")
    return best


def _surcharges(frame: pd.DataFrame) -> pd.DataFrame:
    """The sum of the surcharges on each row: on the customs value, and as a multiple of the duty."""
    row, pair = _match("surcharge", frame)
    found = _scope("surcharge").rows.take(pair).assign(row=row).reset_index(drop=True)
    found = found.drop_duplicates(["row", "program"])
    on_duty = found["unit"] == "fraction of duty"
    cases = ["value", "value_low", "value_high"]
    for case in cases:
        found[f"on_duty_{case}"] = found[case].where(on_duty, 0.0)
        found[case] = found[case].where(~on_duty, 0.0)
    sums = found.groupby("row")[[*cases, *(f"on_duty_{case}" for case in cases)]].sum()
    sums = sums.reindex(frame.index, fill_value=0.0)
    active = found[(found["value_high"] > 0) | on_duty.reindex(found.index)]
    text = active.groupby("row").agg(programs=("program", "|".join), confidence=("confidence", "max"))
    # Among equally weak rows the latest: it is the one that nobody has confirmed yet.
    last = active.sort_values(["confidence", "valid_from"], kind="stable").drop_duplicates("row", keep="last")
    said = (last["program"].str.replace("_", " ") + ": " + last["note"]).set_axis(last["row"])
    text["weakest"] = said.reindex(text.index)
    return sums.join(text.reindex(frame.index).fillna({"programs": "", "confidence": "A", "weakest": ""}))
