"""Where growth came from: by region, by mix and rate, by drivers; every table adds up to the change exactly."""

import numpy as np
import pandas as pd
from scipy import special

from crossborder.errors import InputError, Refusal

__all__ = ["growth_contributions", "growth_drivers", "growth_table", "logarithmic_mean", "mix_effect", "share_shift"]


def logarithmic_mean(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """L(a, b) = (a - b) / (ln a - ln b), and a where both are equal; 0 where one of them is 0 (Ang 2005)."""
    a, b = np.broadcast_arrays(np.asarray(first, dtype=float), np.asarray(second, dtype=float))
    if np.any(a < 0) or np.any(b < 0):
        raise InputError.out_of_range("values", "below 0", "0 or more", "a logarithmic mean needs positive values")
    result = np.zeros(a.shape)
    positive = (a > 0) & (b > 0)
    ratio = np.divide(a, b, out=np.ones(a.shape), where=positive)
    near = positive & (np.abs(np.log(ratio)) < 1e-9)
    far = positive & ~near
    result[near] = a[near]
    result[far] = (a[far] - b[far]) / np.log(ratio[far])
    return result


def _two_periods(before: pd.Series, after: pd.Series) -> tuple[pd.Series, pd.Series]:
    if set(before.index) != set(after.index):
        raise InputError.missing_columns("after", set(before.index) ^ set(after.index), after.index)
    before, after = before.astype(float), after.reindex(before.index).astype(float)
    if before.isna().any() or after.isna().any() or (before < 0).any() or (after < 0).any():
        raise InputError.out_of_range("sizes", "missing or below 0", "0 or more for every part", "")
    if before.sum() <= 0:
        raise Refusal.because("growth has no value", "everything was 0 before", "start from a year with sales")
    return before, after


def growth_contributions(before: pd.Series, after: pd.Series) -> pd.DataFrame:
    """What each part adds to total growth, in points (fractions): share before x own growth; the sum is the growth.

    Index part; columns `before`, `after`, `growth` (missing where nothing was sold before), `contribution`,
    `share_before`, `share_after`, `share_of_growth` (of the total change).
    """
    before, after = _two_periods(before, after)
    total, change = before.sum(), after.sum() - before.sum()
    frame = pd.DataFrame({"before": before, "after": after})
    frame["growth"] = (after / before.where(before > 0)) - 1
    frame["contribution"] = (after - before) / total
    frame["share_before"], frame["share_after"] = before / total, after / max(after.sum(), 1e-300)
    frame["share_of_growth"] = (after - before) / change if change else np.nan
    return frame


def share_shift(before: pd.Series, after: pd.Series) -> float:
    """Half the sum of absolute share changes (fraction): how much of the market changed hands between parts."""
    before, after = _two_periods(before, after)
    if after.sum() <= 0:
        raise Refusal.because("shares have no value", "everything is 0 after", "end with a year with sales")
    return float(0.5 * (before / before.sum() - after / after.sum()).abs().sum())


def mix_effect(sizes: pd.DataFrame) -> pd.DataFrame:
    """Total growth a year split into growth at last year's mix and the drift of the mix since the first year.

    `sizes`: index year (consecutive), one column a part. `growth` = `at_first_mix` (parts' growth weighted with the
    first year's shares) + `mix` (what the shift to faster or slower parts adds). Fractions.
    """
    _years(sizes)
    growth = sizes / sizes.shift(1) - 1
    if not np.isfinite(growth.iloc[1:].to_numpy()).all():
        raise Refusal.because("mix has no value", "a part had no sales in a year", "leave the part out or merge it")
    first = sizes.iloc[0] / sizes.iloc[0].sum()
    total = sizes.sum(axis=1).pct_change()
    held = (growth * first).sum(axis=1)
    return pd.DataFrame({"growth": total, "at_first_mix": held, "mix": total - held}).iloc[1:]


def _years(sizes: pd.DataFrame) -> None:
    if len(sizes) < 2:
        raise Refusal.because("growth has no value", f"{len(sizes)} year of data", "give at least two years")
    if not (np.diff(np.asarray(sizes.index, dtype=float)) == 1).all():
        raise InputError.out_of_range("years", list(sizes.index), "consecutive and ascending", "fill the missing year")


def growth_drivers(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """The change of a product of drivers, split among them without remainder (additive LMDI-I, Ang 2005).

    Frames: index part (a market), one column a driver (users, orders per user, order value, ...); the row product is
    the part's value. Effect of driver k = sum over parts of L(V_after, V_before) ln(x_after / x_before).
    Index driver; columns `effect` (unit of the product), `share_of_change`, `factor` (exp of the LMDI-I weighted log
    change; the factors multiply to total after over before).
    """
    if list(before.columns) != list(after.columns) or set(before.index) != set(after.index):
        raise InputError.missing_columns("after", set(before.columns) ^ set(after.columns), after.columns)
    x0, x1 = before.to_numpy(dtype=float), after.reindex(before.index).to_numpy(dtype=float)
    if not (np.all(np.isfinite(x0)) and np.all(np.isfinite(x1)) and np.all(x0 > 0) and np.all(x1 > 0)):
        raise InputError.out_of_range("drivers", "0, negative or missing", "numbers above 0", "drop an empty market")
    v0, v1 = x0.prod(axis=1), x1.prod(axis=1)
    weight = logarithmic_mean(v1, v0)
    effect = (weight[:, None] * np.log(x1 / x0)).sum(axis=0)
    total = logarithmic_mean(np.array([v1.sum()]), np.array([v0.sum()]))[0]
    change = v1.sum() - v0.sum()
    frame = pd.DataFrame({"effect": effect}, index=pd.Index(before.columns, name="driver"))
    frame["share_of_change"] = frame["effect"] / change if change else np.nan
    return frame.assign(factor=np.exp(frame["effect"] / total))


def growth_table(series: pd.Series, *, level: float = 0.9) -> pd.DataFrame:
    """A yearly series with growth, log-linear trend and its interval (for the mean), in the series' unit.

    Index year; columns `size`, `growth`, `trend`, `trend_low`, `trend_high`. `attrs["rate"]` holds the trend's
    yearly rate with low and high (fractions). One year: Refusal. Two years: no interval, so Refusal too.
    """
    if len(series) < 3:
        raise Refusal.because(
            "a growth trend has no interval", f"{len(series)} year(s) of data", "give at least three years"
        )
    values = series.astype(float)
    if not np.isfinite(values).all() or (values <= 0).any():
        raise InputError.out_of_range("sizes", values.tolist(), "finite numbers above 0", "leave out an empty market")
    years = np.asarray(series.index, dtype=float)
    centred = years - years.mean()
    y = np.log(values.to_numpy())
    slope = (centred @ y) / (centred @ centred)
    residual = y - y.mean() - slope * centred
    sd = np.sqrt(residual @ residual / (len(y) - 2))
    critical = special.stdtrit(len(y) - 2, (1 + level) / 2)
    error = sd / np.sqrt(centred @ centred)
    reach = critical * sd * np.sqrt(1 / len(y) + centred**2 / (centred @ centred))
    fitted = y.mean() + slope * centred
    frame = pd.DataFrame({"size": values, "growth": values.pct_change()}, index=series.index)
    frame = frame.assign(trend=np.exp(fitted), trend_low=np.exp(fitted - reach), trend_high=np.exp(fitted + reach))
    frame.attrs["rate"] = tuple(float(np.expm1(slope + s * critical * error)) for s in (0, -1, 1))
    return frame
