"""How concentrated a market is: CRn, Herfindahl-Hirschman index, its bounds for sellers that nobody lists."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = ["CLASSES", "Concentration", "by_group", "concentration", "concentration_class", "concentration_ratio", "hhi",
           "hhi_interval", "markets_and_claim", "merger_change"]  # fmt: skip

UNITS = {"fraction": 1.0, "percent": 100.0}
# Lower edges of "moderate" and "high" on the 0 to 10,000 scale.
CLASSES = {"us_2023": (1000, 1800), "us_2010": (1500, 2500), "eu": (1000, 2000)}


@dataclass(frozen=True)
class Concentration:
    """CR3 and CR4 (fractions) and HHI (0 to 10,000) with bounds for the unlisted tail, and the class of both bounds.

    `cr3` and `cr4` count listed sellers only, `cr3_high` and `cr4_high` let unlisted ones in.
    """

    cr3: float
    cr3_high: float
    cr4: float
    cr4_high: float
    hhi_low: float
    hhi_high: float
    tail: float
    class_low: str
    class_high: str
    effective_sellers: float


def _shares(shares: np.ndarray, unit: str) -> np.ndarray:
    if unit not in UNITS:
        raise InputError.unknown("unit", unit, UNITS)
    values = np.asarray(shares, dtype=float) / UNITS[unit]
    if values.size == 0 or not np.all(np.isfinite(values)) or np.any(values < 0):
        raise InputError.out_of_range("shares", np.asarray(shares).tolist(), "finite numbers from 0, at least one", "")
    if values.sum() > 1 + 1e-6:
        raise InputError.out_of_range(
            "the sum of shares", float(values.sum()), "at most 1 (100 %)", "is `unit` right? are parts counted twice?"
        )
    if values.sum() == 0:
        raise Refusal.because("concentration has no value", "all shares are 0", "leave out a market without sales")
    return values


def concentration_ratio(shares: np.ndarray, n: int, *, unit: str = "fraction") -> float:
    """The share of the `n` largest (fraction)."""
    if n < 1:
        raise InputError.out_of_range("n", n, "1 or more", "")
    return float(np.sort(_shares(shares, unit))[::-1][:n].sum())


def hhi(shares: np.ndarray, *, unit: str = "fraction") -> float:
    """The sum of squared percentage shares, 0 to 10,000 (Herfindahl-Hirschman index) of the shares given.

    >>> round(hhi([30, 30, 20, 20], unit="percent"))
    2600
    """
    return float(1e4 * np.sum(_shares(shares, unit) ** 2))


def concentration(
    shares: np.ndarray, *, unit: str = "fraction", guideline: str = "us_2023", cap: float | None = None
) -> Concentration:
    """Concentration of a market of which only the largest `shares` are listed.

    The unlisted tail (1 less the sum) adds nothing to the HHI if it is split without end, and at most
    floor(tail / cap) sellers of size `cap` and the rest as one, where no unlisted seller exceeds `cap` (default: the
    smallest listed share).
    """
    listed = _shares(shares, unit)
    tail = max(0.0, 1 - float(listed.sum()))
    tail = 0.0 if tail < 1e-9 else tail
    largest = float(listed[listed > 0].min()) if cap is None else cap
    if not 0 < largest <= 1:
        raise InputError.out_of_range("cap", cap, "a fraction above 0 and at most 1", "")
    whole = np.floor(tail / largest + 1e-12)
    low = float(1e4 * np.sum(listed**2))
    high = low + 1e4 * float(whole * largest**2 + max(0.0, tail - whole * largest) ** 2)
    filled = np.concatenate([listed, np.full(min(int(whole), 4), largest), [max(0.0, tail - whole * largest)]])
    ratios = [concentration_ratio(shares, n) for n in (3, 4) for shares in (listed, filled)]
    classes = [concentration_class(value, guideline) for value in (low, high)]
    return Concentration(*ratios, low, high, tail, classes[0], classes[1], 1e4 / ((low + high) / 2))


def concentration_class(value: float, guideline: str = "us_2023") -> str:
    """The class of an HHI (0 to 10,000): low, moderate or high.

    Guidelines: us_2023 (US merger guidelines 2023: 1,000 and 1,800), us_2010 (1,500 and 2,500),
    eu (horizontal merger guidelines 2004: 1,000 and 2,000).
    """
    if guideline not in CLASSES:
        raise InputError.unknown("guideline", guideline, CLASSES)
    if not 0 <= value <= 1e4 + 1e-6:
        raise InputError.out_of_range("HHI", value, "0 to 10,000", "a 0 to 1 index is multiplied by 10,000")
    moderate, high = CLASSES[guideline]
    return "high" if value > high else "moderate" if value >= moderate else "low"


def markets_and_claim(
    offers: pd.DataFrame | None, claimed: Concentration, *, rng: np.random.Generator, level: float = 0.9
) -> pd.DataFrame:
    """HHI by market from `offers` (market, seller_id, units) with interval, and a claimed market with its bounds.

    Index name; `hhi`, `low`, `high` (0 to 10,000), `cr4` (fraction), `kind` (measured or claimed).
    """
    middle = (claimed.hhi_low + claimed.hhi_high) / 2
    rows = {"cited platforms": (middle, claimed.hhi_low, claimed.hhi_high, claimed.cr4, "claimed")}
    if offers is not None:
        each = offers.groupby(["market", "seller_id"])["units"].sum().astype(float)
        for market in each.index.unique("market"):
            sold = each[market].to_numpy()
            value, low, high = hhi_interval(sold, rng=rng, level=level)
            rows[market] = (value, low, high, concentration_ratio(sold / sold.sum(), 4), "measured")
    return pd.DataFrame.from_dict(rows, orient="index", columns=["hhi", "low", "high", "cr4", "kind"])


def merger_change(first: float, second: float, *, unit: str = "fraction") -> float:
    """What joining two sellers adds to the HHI: twice the product of their percentage shares."""
    pair = _shares(np.array([first, second]), unit)
    return float(2e4 * pair[0] * pair[1])


def hhi_interval(
    sales: np.ndarray, *, rng: np.random.Generator, draws: int = 1000, level: float = 0.9
) -> tuple[float, float, float]:
    """HHI of sellers' `sales` with a bootstrap interval over sales: value, low, high.

    Each draw weighs the sellers' sales by gamma noise of unit mean (coefficient of variation one over the root of
    the units sold), so the interval says how far counting noise alone may move the index.
    """
    counts = np.asarray(sales, dtype=float)
    value = hhi(counts / counts.sum()) if counts.size and counts.sum() > 0 else None
    if value is None:
        raise Refusal.because("concentration has no value", "no seller has sales", "leave out a market without sales")
    sample = rng.gamma(np.broadcast_to(counts, (draws, counts.size)) + 1e-12)
    squares = 1e4 * np.sum((sample / sample.sum(axis=1, keepdims=True)) ** 2, axis=1)
    # Noise inflates squares: centre the draws on the plug-in value before reading the ends.
    low, high = np.quantile(squares - squares.mean() + value, [(1 - level) / 2, (1 + level) / 2])
    return value, float(max(low, 1e4 / counts.size)), float(min(high, 1e4))


def by_group(
    frame: pd.DataFrame, by: list[str], seller: str, sales: str, *, guideline: str = "us_2023"
) -> pd.DataFrame:
    """CR3, CR4, HHI, class and number of sellers for each group of `by`; groups without sales are counted, not hidden.

    Columns: `sellers`, `sales`, `cr3`, `cr4`, `hhi`, `class` ("no sales" where nothing was sold).
    """
    missing = {*by, seller, sales} - set(frame.columns)
    if missing:
        raise InputError.missing_columns("offers", missing, frame.columns)
    each = frame.groupby([*by, seller], observed=True)[sales].sum().rename("sold").reset_index()
    each["total"] = each.groupby(by)["sold"].transform("sum")
    sold = each[each["sold"] > 0].assign(share=lambda d: d["sold"] / d["total"], square=lambda d: d["share"] ** 2)
    rank = sold.groupby(by)["share"].rank(ascending=False, method="first")
    result = each.groupby(by).agg(sellers=(seller, "nunique"), sales=("sold", "sum"))
    result["cr3"] = sold[rank <= 3].groupby(by)["share"].sum()
    result["cr4"] = sold[rank <= 4].groupby(by)["share"].sum()
    result["hhi"] = 1e4 * sold.groupby(by)["square"].sum()
    edges = [-np.inf, CLASSES[guideline][0] - 1e-9, CLASSES[guideline][1], np.inf]
    classes = pd.cut(result["hhi"], edges, labels=["low", "moderate", "high"]).astype("object")
    return result.assign(**{"class": classes.where(result["sales"] > 0, "no sales")})
