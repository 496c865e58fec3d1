"""Interest and mix over time: index, growth, turning points, projections of a rate, the share-growth grid."""

import numpy as np
import pandas as pd
from scipy import special

from crossborder.errors import InputError, Refusal

__all__ = ["interest_index", "interest_or_none", "project_rate", "share_growth_grid", "turning_points"]


def interest_index(interest: pd.DataFrame, by: str = "term", *, season: int = 52, level: float = 0.9) -> pd.DataFrame:
    """Growth of search interest by theme, same weeks of the year compared, with interval.

    `interest`: week, `by`, interest (markets are averaged). The last `season` weeks are set against the `season`
    before, week by week, in logs; the error allows for correlation of neighbouring weeks (Newey and West 1987, 8 lags).
    Columns: `level_now` (mean of the last `season` weeks), `growth`, `low`, `high` (fractions), sorted by growth.
    """
    missing = {"week", by, "interest"} - set(interest.columns)
    if missing:
        raise InputError.missing_columns("search_interest", missing, interest.columns)
    wide = interest.pivot_table(index="week", columns=by, values="interest", aggfunc="mean")
    if len(wide) < 2 * season:
        raise Refusal.because(
            "interest has no yearly growth", f"{len(wide)} weeks, two years are {2 * season}", "give a longer history"
        )
    if wide.isna().any(axis=None) or (wide <= 0).any(axis=None):
        wide = wide.interpolate(limit_direction="both").clip(lower=0.1)
    logs = np.log(wide)
    change = logs.iloc[-season:].to_numpy() - logs.iloc[-2 * season : -season].to_numpy()
    mean = change.mean(axis=0)
    error = np.sqrt(_long_run_variance(change - mean) / season)
    reach = special.ndtri((1 + level) / 2) * error
    frame = pd.DataFrame({"level_now": wide.iloc[-season:].mean(), "growth": np.expm1(mean)}, index=wide.columns)
    frame = frame.assign(low=np.expm1(mean - reach), high=np.expm1(mean + reach))
    return frame.sort_values("growth", ascending=False)


def interest_or_none(
    interest: pd.DataFrame | None, by: str, *, season: int = 52, level: float = 0.9
) -> pd.DataFrame | None:
    """`interest_index` with the last turning point of each theme (`turn`), or None without two years of weeks.

    `turn`: peak or trough of the mean over a `season` (so that a season is no turn) and its month; "none" without one.
    """
    if interest is None or interest["week"].nunique() < 2 * season:
        return None
    found = interest_index(interest, by, season=season, level=level)
    wide = interest.pivot_table(index="week", columns=by, values="interest", aggfunc="mean")
    yearly = wide.interpolate(limit_direction="both").rolling(season, center=True).mean().dropna()
    return found.assign(turn=[_last_turn(yearly[name]) for name in found.index])


def _last_turn(series: pd.Series) -> str:
    turns = turning_points(series)
    if turns.empty:
        return "none"
    last = turns.iloc[-1]
    return f"{last['turn']} {last['at']:%Y-%m}"


def _long_run_variance(centred: np.ndarray, lags: int = 8) -> np.ndarray:
    n = len(centred)
    variance = (centred**2).mean(axis=0)
    for lag in range(1, min(lags, n - 1) + 1):
        variance = variance + 2 * (1 - lag / (lags + 1)) * (centred[lag:] * centred[:-lag]).sum(axis=0) / n
    return np.maximum(variance, (centred**2).mean(axis=0) / 10)


def turning_points(series: pd.Series, *, window: int = 13) -> pd.DataFrame:
    """Dates at which a smoothed series turns up or down for at least `window` periods on both sides.

    Smoothing is a centred mean over `window`. Columns: `at`, `turn` (peak or trough), `level`.
    """
    if len(series) < 4 * window:
        raise Refusal.because("turning points cannot be told", f"{len(series)} periods", f"give at least {4 * window}")
    smooth = series.rolling(window, center=True).mean().dropna()
    width = 2 * window + 1
    top = smooth == smooth.rolling(width, center=True).max()
    bottom = smooth == smooth.rolling(width, center=True).min()
    found = pd.concat(
        [
            pd.DataFrame({"at": smooth.index[top], "turn": "peak", "level": smooth[top].to_numpy()}),
            pd.DataFrame({"at": smooth.index[bottom], "turn": "trough", "level": smooth[bottom].to_numpy()}),
        ]
    )
    return found.sort_values("at", ignore_index=True)


def project_rate(points: pd.Series, target_year: int, *, method: str = "logit") -> float:
    """A rate (fraction, 0 to 1) at `target_year` from two or more yearly points (index year), linear or in logits.

    Two points give a scenario, not an estimate. The logit never leaves 0 to 1; the line is cut there.
    """
    if method not in ("linear", "logit"):
        raise InputError.unknown("method", method, ("linear", "logit"))
    if len(points) < 2:
        raise Refusal.because("a rate cannot be projected", f"{len(points)} point", "give at least two years")
    values = points.to_numpy(dtype=float)
    if not np.all((values > 0) & (values < 1)):
        raise InputError.out_of_range("rates", values.tolist(), "fractions between 0 and 1", "67 % is 0.67")
    y = values if method == "linear" else np.log(values / (1 - values))
    _, intercept = np.polyfit(np.asarray(points.index, dtype=float) - target_year, y, 1)
    return float(np.clip(intercept, 0, 1) if method == "linear" else 1 / (1 + np.exp(-intercept)))


def share_growth_grid(estimates: pd.DataFrame, *, by: str = "category") -> pd.DataFrame:
    """Categories by share and growth relative to the whole (Boston Consulting Group's grid on market data).

    `estimates`: index category; `size`, `growth`, `growth_sd`. Columns added: `share`, `relative_growth` (points
    over the total's), `p_faster` (probability of growing faster than the total), `field` (size, speed).
    """
    missing = {"size", "growth", "growth_sd"} - set(estimates.columns)
    if missing:
        raise InputError.missing_columns("estimates", missing, estimates.columns)
    share = estimates["size"] / estimates["size"].sum()
    before = estimates["size"] / (1 + estimates["growth"])
    total = estimates["size"].sum() / before.sum() - 1
    p = special.ndtr((np.log1p(estimates["growth"]) - np.log1p(total)) / estimates["growth_sd"])
    large = share >= 1 / len(estimates)
    field = np.where(large, "large", "small") + np.where(p >= 0.5, ", fast", ", slow").astype(object)
    frame = estimates.assign(share=share, relative_growth=estimates["growth"] - total, p_faster=p, field=field)
    return frame.rename_axis(by).sort_values("share", ascending=False)
