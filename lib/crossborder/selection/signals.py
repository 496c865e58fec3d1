"""Twelve signals of an idea, each with source columns, direction and unit, made comparable from 0 to 1."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from crossborder.errors import InputError

__all__ = ["TWELVE", "Signals", "coverage", "defensibility", "signals", "tracks"]

# signal: source columns, which of them count in logarithms, direction of each, unit, noise sd of a known value (0..1)
TWELVE = {
    "demand": (("search_volume", "category_sales_usd"), (True, True), (1, 1), "searches, USD a year", 0.08),
    "growth": (("search_growth", "category_growth", "growth_change"), (False,) * 3, (1, 1, 1), "fraction a year", 0.10),
    "price_band": (("price_percentile",), (False,), (-1,), "percentile of rival prices", 0.05),
    "margin": (("margin_share",), (False,), (1,), "fraction of price", 0.08),
    "competition": (("competition_hhi", "homogeneity"), (False, False), (-1, -1), "index 0 to 1", 0.08),
    "rating_gap": (("rating_gap",), (False,), (1,), "stars", 0.10),
    "content_fit": (("content_fit",), (False,), (1,), "score 0 to 1", 0.08),
    "logistics_fit": (("logistics_fit",), (False,), (1,), "score 0 to 1", 0.04),
    "climate_fit": (("climate_fit",), (False,), (1,), "score 0 to 1", 0.06),
    "supplier_readiness": (("supplier_readiness",), (False,), (1,), "score 0 to 1", 0.06),
    "policy_risk": (("policy_risk",), (False,), (-1,), "probability a year", 0.08),
    "brand_fit": (("brand_fit",), (False,), (1,), "score 0 to 1", 0.08),
}
# scores of `content_fit` and `living_fit` that count beside the proposer's opinion where the ideas hold them
COMPUTED = {"content_fit": "content_score", "climate_fit": "living_fit"}
MISSING_SD = 0.29  # of a value of which only the range 0 to 1 is known


@dataclass(frozen=True)
class Signals:
    """`values` 0 to 1 (more is better), `noise` their standard deviation, `filled` where nothing was known."""

    values: pd.DataFrame
    noise: pd.DataFrame
    filled: pd.DataFrame
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def described(self) -> pd.DataFrame:
        """One row a signal: columns used, direction, unit, how many values had to be filled."""
        rows = [
            {
                "signal": name,
                "from": ", ".join(self.columns.get(name, columns)),
                "better": "higher" if sum(signs) > 0 else "lower",
                "unit": unit,
                "filled": int(self.filled[name].sum()),
            }
            for name, (columns, _, signs, unit, _) in TWELVE.items()
        ]
        return pd.DataFrame(rows)


def signals(ideas: pd.DataFrame, reference: pd.DataFrame | None = None, key: str = "candidate_id") -> Signals:
    """Signals of ideas, each the share of `reference` ideas (default: the ideas themselves) that it beats.

    Several columns of one signal are averaged. A missing value is filled with the middle (0.5) and carries the noise
    of total ignorance; a column without any value is an error; a constant column gives 0.5 to all. The computed scores
    content_score and living_fit count beside the proposer's opinion where ideas and reference hold them.
    """
    known = {name for columns, *_ in TWELVE.values() for name in columns}
    if missing := (known | {key}) - set(ideas.columns):
        raise InputError.missing_columns("candidates", missing, ideas.columns)
    base = ideas if reference is None else reference
    values, noise, filled, used = {}, {}, {}, {}
    for name, (columns, _, signs, _, sd) in TWELVE.items():
        if (more := COMPUTED.get(name)) in ideas and more in base:
            columns, signs = (*columns, more), (*signs, 1)
        parts = np.column_stack([_beaten(ideas[c], base[c], s) for c, s in zip(columns, signs, strict=True)])
        gap = np.isnan(parts)
        values[name] = np.where(gap, 0.5, parts).mean(axis=1)
        noise[name] = np.sqrt(np.where(gap, MISSING_SD**2, sd**2).sum(axis=1)) / len(columns)
        filled[name], used[name] = gap.any(axis=1), columns
    index = pd.Index(ideas[key], name=key)
    return Signals(*(pd.DataFrame(part, index=index) for part in (values, noise, filled)), columns=used)


def _beaten(column: pd.Series, base: pd.Series, sign: int) -> np.ndarray:
    """Share of the base that each value beats, ties half."""
    pool = np.sort(sign * base.dropna().to_numpy(float))
    if not len(pool):
        raise InputError.out_of_range(f"column {column.name!r}", "no value at all", "at least one value")
    own = sign * column.to_numpy(float)
    share = (np.searchsorted(pool, own, "left") + np.searchsorted(pool, own, "right")) / (2 * len(pool))
    return np.where(np.isnan(own), np.nan, share)


def coverage(
    tables: dict[str, pd.DataFrame | None], dated_by: dict[str, str], as_of: str | pd.Timestamp, stale_days: int = 45
) -> pd.DataFrame:
    """What the selection knows: per table its rows, markets, share of cells filled, age in days, and a score 0 to 1.

    The score is completeness times freshness, which falls to one half at `stale_days` beyond a month; an absent table
    scores 0. weakest_market and weakest_score: the market whose rows alone score lowest (empty without markets).
    """
    day = pd.Timestamp(as_of)
    rows = []
    for name, table in tables.items():
        if table is None or not len(table):
            nothing = {"rows": 0, "markets": 0, "complete": 0.0, "age_days": np.nan, "score": 0.0}
            rows.append({"table": name, **nothing, "weakest_market": "", "weakest_score": 0.0})
            continue
        dated = dated_by.get(name)
        whole = _known(table, dated, day, stale_days)
        parts = table.groupby("market") if "market" in table else ()
        each = {market: _known(part, dated, day, stale_days)["score"] for market, part in parts}
        worst = min(each, key=each.__getitem__, default="")
        known = {"rows": len(table), "markets": len(each), **whole}
        rows.append({"table": name, **known, "weakest_market": worst, "weakest_score": each.get(worst, whole["score"])})
    return pd.DataFrame(rows).sort_values("score", ascending=False, ignore_index=True)


def _known(rows: pd.DataFrame, dated: str | None, day: pd.Timestamp, stale_days: int) -> dict[str, float]:
    """Share of cells filled, age in days and score of some rows."""
    complete = float(rows.notna().to_numpy().mean())
    age = max(float((day - pd.to_datetime(rows[dated]).max().tz_localize(None)).days), 0.0) if dated else 0.0
    return {"complete": complete, "age_days": age, "score": complete * 0.5 ** (max(age - 31, 0) / stale_days)}


def defensibility(found: Signals, names: tuple[str, ...], bar: float = 0.6, least: int = 2) -> pd.DataFrame:
    """Dimensions in which an idea leads: expected count and probability of at least `least` leads, given the noise.

    A lead is a value above `bar` (share of ideas beaten). The count of independent leads is Poisson-binomial.
    """
    from scipy.special import ndtr

    if unknown := set(names) - set(found.values.columns):
        raise InputError.unknown("signal", sorted(unknown)[0], found.values.columns)
    chance = ndtr((found.values[list(names)] - bar) / found.noise[list(names)]).to_numpy()
    spread = np.zeros((len(chance), len(names) + 1))
    spread[:, 0] = 1
    for j in range(len(names)):  # over dimensions: convolution of their Bernoulli distributions
        moved = spread[:, :-1] * chance[:, [j]]
        spread *= 1 - chance[:, [j]]
        spread[:, 1:] += moved
    enough = spread[:, least:].sum(axis=1)
    return pd.DataFrame({"leads": chance.sum(axis=1), "enough": enough}, index=found.values.index)


def tracks(ideas: pd.DataFrame, score: pd.Series, rng: np.random.Generator, by: str = "category", choose: int = 4):
    """Themes by mean score with a bootstrap over ideas: score, low, high (90 %), probability of being chosen."""
    groups = ideas[by].to_numpy(object)
    names, code = np.unique(groups, return_inverse=True)
    if not 1 <= choose <= len(names):
        raise InputError.out_of_range("choose", choose, f"1 to {len(names)} themes")
    values = np.asarray(score, dtype=float)
    member = code == np.arange(len(names))[:, None]
    weight = rng.standard_exponential((2000, len(values)))  # Bayesian bootstrap (Rubin 1981): no theme is ever empty
    means = (weight * values) @ member.T / (weight @ member.T)
    top = (-means).argsort(axis=1).argsort(axis=1) < choose
    low, high = np.quantile(means, [0.05, 0.95], axis=0)
    table = {"ideas": member.sum(axis=1), "score": member @ values / member.sum(axis=1), "low": low, "high": high}
    frame = pd.DataFrame({by: names, **table, "chosen": top.mean(axis=0)})
    return frame.sort_values("chosen", ascending=False, ignore_index=True)
