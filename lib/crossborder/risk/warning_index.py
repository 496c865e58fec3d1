"""One number for the state of many indicators, and what moves it."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError

__all__ = ["composite", "contributors", "disruption_index", "evidence", "health_zone"]


def evidence(surprise: pd.DataFrame, *, weight: float = 0.3, cap: float = 6.0) -> pd.DataFrame:
    """Weeks x indicators: one-sided weighted sums of surprises in units of their own spread, 0 or more.

    Each is an EWMA on the bad side only, so that one bad week fades and a persistent drift builds up.
    """
    cut = surprise.clip(-cap, cap).fillna(0.0)
    smooth = cut.ewm(alpha=weight, adjust=False).mean() / np.sqrt(weight / (2 - weight))
    return smooth.clip(lower=0.0)


def composite(
    surprise: pd.DataFrame, weights: pd.Series | None = None, *, weight: float = 0.3, top: int = 3
) -> pd.Series:
    """Weekly index: mean of the `top` strongest pieces of evidence (weighted), in standard units.

    The mean over all indicators would drown one that burns; the maximum alone would follow every outlier.
    """
    pieces = evidence(surprise, weight=weight)
    if weights is not None:
        missing = [name for name in pieces if name not in weights.index]
        if missing:
            raise InputError.missing_columns("weights", missing, weights.index)
        pieces = pieces * (weights.reindex(pieces.columns) / weights.mean()).to_numpy()
    if not 1 <= top <= pieces.shape[1]:
        raise InputError.out_of_range("top", top, f"1 to {pieces.shape[1]} indicators", "")
    strongest = np.sort(pieces.to_numpy(), axis=1)[:, -top:]
    return pd.Series(strongest.mean(axis=1), pieces.index, name="index")


def contributors(surprise: pd.DataFrame, week: pd.Timestamp, *, weight: float = 0.3, count: int = 5) -> pd.DataFrame:
    """Indicators behind the index of a week, strongest first: name, evidence, surprise."""
    pieces = evidence(surprise, weight=weight)
    if week not in pieces.index:
        raise InputError.out_of_range("week", f"{week:%Y-%m-%d}", f"a Monday up to {pieces.index[-1]:%Y-%m-%d}", "")
    table = pd.DataFrame({"name": pieces.columns, "evidence": pieces.loc[week], "surprise": surprise.loc[week]})
    return table.nlargest(count, "evidence").reset_index(drop=True)


def disruption_index(signals: pd.DataFrame, weights: pd.Series | None = None) -> pd.Series:
    """Supply disruption index, 0 to 100: weighted mean of standard normal ranks of signals such as delay and dwell."""
    from scipy.special import ndtr

    share = pd.Series(1.0, signals.columns) if weights is None else weights.reindex(signals.columns)
    if share.isna().any() or (share < 0).any() or share.sum() == 0:
        raise InputError.out_of_range("weights", dict(share), "0 or more for each signal, not all 0", "")
    used = signals.fillna(0.0) @ (share / share.sum())
    spread = float(np.sqrt((share**2).sum()) / share.sum())
    return (100 * pd.Series(ndtr(used / spread), signals.index)).rename("disruption_index")


def health_zone(measures: pd.DataFrame) -> pd.DataFrame:
    """Financial health from standardised risks: name, value, low, high, score (0 to 100), zone.

    `measures`: name, value, safe (the value of a safe company) and danger (of one in distress); either may be higher.
    The score is 100 at safe and 0 at danger; the company stands where its weakest measure stands, unless `weight`.
    """
    needed = ["name", "value", "safe", "danger"]
    missing = [name for name in needed if name not in measures]
    if missing:
        raise InputError.missing_columns("measures", missing, measures.columns)
    gap = (measures["safe"] - measures["danger"]).astype(float)
    if (gap == 0).any():
        raise InputError.out_of_range("safe, danger", 0.0, "two different values for each measure", "")
    score = (100 * (measures["value"] - measures["danger"]) / gap).clip(0, 100)
    zone = np.select([score >= 66.7, score >= 33.3], ["safe", "watch"], "danger")
    return measures.assign(score=score, zone=zone).sort_values("score", ignore_index=True)
