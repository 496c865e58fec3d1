"""Where a product stands in its life, what it will sell in the next half year, and when to enter or leave."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

if TYPE_CHECKING:
    import ibis

__all__ = ["STAGES", "demand", "entry_month", "monthly_units", "season", "stages"]

STAGES = ("introduction", "growth", "maturity", "decline")
HALF = 26


def monthly_units(orders: "ibis.Table", products: pd.DataFrame, last: str | pd.Timestamp) -> pd.DataFrame:
    """Pieces by month (full months up to `last`), market and category: index month, columns (market, category)."""
    rows = orders.mutate(month=orders.ordered_at.truncate("M").date())
    frame = rows.group_by(["month", "market", "sku"]).aggregate(units=rows.quantity.sum()).to_pandas()
    frame["month"] = pd.to_datetime(frame["month"])
    frame["category"] = frame["sku"].map(products.set_index("sku")["category"])
    wide = frame.pivot_table(index="month", columns=["market", "category"], values="units", aggfunc="sum")
    wide = wide.asfreq("MS").fillna(0.0).astype(float)
    day = pd.Timestamp(last)
    return wide[wide.index + pd.offsets.MonthEnd(0) <= day]


def stages(interest: pd.DataFrame, growing: float = 0.08, falling: float = -0.03, level: float = 0.9) -> pd.DataFrame:
    """Stage of every series with the probability of each stage (columns p_...).

    `interest`: one column a series, weekly, without gaps, two years or more. Growth compares the last 26 weeks with the
    same weeks a year before (the season cancels), acceleration with the growth half a year earlier, saturation is the
    level over the highest year so far. Growth above `growing` is growth (introduction while the level is below a
    quarter of the panel's median and speeding up), below `falling` decline, between them maturity; probabilities
    come from the standard error of the growth with its autocorrelation, and so does its interval at `level`.
    """
    from scipy.special import ndtr, ndtri

    if len(interest) < 4 * HALF + 1:
        raise Refusal.because("no life-cycle stage", f"{len(interest)} weeks", f"needs {4 * HALF + 1} weeks")
    if (interest <= 0).any(axis=None) or interest.isna().any(axis=None):
        raise InputError.out_of_range("interest", "missing or 0", "numbers above 0 for every week")
    logs = np.log(interest.to_numpy())
    gap = logs[2 * HALF :] - logs[: -2 * HALF]
    late, early = gap[-HALF:], gap[-2 * HALF : -HALF] if len(gap) >= 2 * HALF else gap[:HALF]
    growth, before = late.mean(axis=0), early.mean(axis=0)
    error = _error_of_mean(late - growth)
    year = pd.DataFrame(interest.to_numpy()).rolling(2 * HALF).mean()
    saturation = (year.iloc[-1] / year.max()).to_numpy()
    up = 1 - ndtr((np.log1p(growing) - growth) / error)
    down = ndtr((np.log1p(falling) - growth) / error)
    young = (year.iloc[-1] < 0.25 * np.median(year.iloc[-1])).to_numpy() & (growth > before)
    chance = np.column_stack([up * young, up * ~young, 1 - up - down, down])
    reach = float(ndtri(0.5 + level / 2)) * error
    table = pd.DataFrame(
        {
            "stage": np.array(STAGES)[chance.argmax(axis=1)],
            "probability": chance.max(axis=1),
            "growth": np.expm1(growth),
            "low": np.expm1(growth - reach),
            "high": np.expm1(growth + reach),
            "acceleration": np.expm1(growth) - np.expm1(before),
            "saturation": saturation,
        },
        index=interest.columns,
    )
    chances = pd.DataFrame(chance, index=interest.columns, columns=[f"p_{name}" for name in STAGES])
    return pd.concat([table, chances], axis=1)


def _error_of_mean(centred: np.ndarray) -> np.ndarray:
    """Standard error of the mean of each column, widened for its first autocorrelation."""
    memory = ((centred[1:] * centred[:-1]).sum(axis=0) / np.maximum((centred**2).sum(axis=0), 1e-12)).clip(0, 0.9)
    return np.sqrt(centred.var(axis=0) / len(centred) * (1 + memory) / (1 - memory))


def season(units: pd.DataFrame, weight: float = 0.5) -> pd.DataFrame:
    """Factor of each calendar month (mean 1), index 1 to 12, one column a series.

    Ratios to a centred year; each series is drawn by `weight` towards its category's mean over markets (last level of
    the columns), because one market's few pieces say little. Festivals are in the months in which they fall.
    """
    if len(units) < 24:
        raise Refusal.because("no seasonal factors", f"{len(units)} months", "needs 24 months")
    centred = units.rolling(12).mean().rolling(2).mean().shift(-6)
    sums, norms = units.where(centred.notna()), centred
    own = sums.groupby(sums.index.month).sum() / norms.groupby(norms.index.month).sum()
    together = sums.T.groupby(level=-1).sum().T, norms.T.groupby(level=-1).sum().T
    mean = together[0].groupby(units.index.month).sum() / together[1].groupby(units.index.month).sum()
    wide = mean[units.columns.get_level_values(-1)].to_numpy()
    mixed = (1 - weight) * own.fillna(1.0) + weight * np.where(np.isnan(wide), 1.0, wide)
    return mixed / mixed.mean()


def demand(
    picks: pd.DataFrame,
    seasons: pd.DataFrame,
    growth: pd.Series,
    start: str | pd.Timestamp,
    rng: np.random.Generator,
    *,
    months: int = 6,
    units_log_sd: float = 0.45,
    failure_factor: float = 0.35,
    ramp_weeks: float = 10.0,
    level: float = 0.9,
    draws: int = 4000,
) -> pd.DataFrame:
    """Sales of each pick in the first months: candidate_id, month, units (mean), low, high, and if_success.

    `picks`: candidate_id, market, category, expected_units_month, probability, optional fix_days (moves the start).
    `growth` a year by (market, category), missing ones count 0. Sales climb in a straight line over `ramp_weeks`;
    a launch that fails sells `failure_factor` of one that succeeds and is stopped after three months.
    """
    first = pd.Timestamp(start).to_period("M").to_timestamp() + pd.offsets.MonthBegin(1)
    delay = picks["fix_days"].to_numpy(float) / 30.4 if "fix_days" in picks else np.zeros(len(picks))
    age = np.arange(months)[None, :] - np.ceil(delay).astype(int)[:, None]
    ramp = np.clip((age + 0.5) * 4.345 / ramp_weeks, 0, 1) * (age >= 0)
    usual = picks["expected_units_month"].to_numpy(float)[:, None] * ramp
    usual = usual * _season_and_growth(picks, seasons, growth, first.month, months)
    spread = np.exp(units_log_sd * rng.standard_normal((draws, len(picks))) - units_log_sd**2 / 2)
    won = rng.uniform(size=(draws, len(picks))) < picks["probability"].to_numpy(float)
    lasting = np.where(age[None] < 3, failure_factor, 0.0)
    path = usual * spread[:, :, None] * np.where(won[:, :, None], 1.0, lasting)
    ends = np.quantile(path, [(1 - level) / 2, (1 + level) / 2], axis=0)
    dates = pd.date_range(first, periods=months, freq="MS")
    return pd.DataFrame(
        {
            "candidate_id": np.repeat(picks["candidate_id"].to_numpy(), months),
            "month": np.tile(dates, len(picks)),
            "units": path.mean(axis=0).ravel(),
            "low": ends[0].ravel(),
            "high": ends[1].ravel(),
            "if_success": usual.ravel(),
        }
    )


def _season_and_growth(picks, seasons: pd.DataFrame, growth: pd.Series, month: int, months: int) -> np.ndarray:
    """Factor of season and growth, picks x months, 1 where a market and category is not known."""
    calendar = (month - 1 + np.arange(months)) % 12 + 1
    keys = list(zip(picks["market"], picks["category"], strict=True))
    known = [key if key in seasons.columns else None for key in keys]
    rows = [seasons[key].loc[calendar].to_numpy() if key else np.ones(months) for key in known]
    factor = np.array(rows, dtype=float).reshape(len(rows), months)
    rise = np.array([float(growth.get(key, 0.0)) for key in keys])
    return factor * (1 + rise[:, None]) ** ((np.arange(months) + 0.5) / 12)


def entry_month(seasons: pd.DataFrame, ramp_weeks: float = 10.0, months: int = 12) -> pd.DataFrame:
    """Best and worst calendar month to begin, by the sales of the first year while they climb; gain of best over worst.

    One row a series (market, category).
    """
    age = np.arange(months)
    ramp = np.clip((age + 0.5) * 4.345 / ramp_weeks, 0, 1)
    order = (np.arange(12)[:, None] + age) % 12
    total = np.einsum("a,sak->sk", ramp, seasons.to_numpy()[order])
    best, worst = total.argmax(axis=0), total.argmin(axis=0)
    at = np.arange(total.shape[1])
    return seasons.columns.to_frame(index=False).assign(
        best_month=best + 1, worst_month=worst + 1, gain=total[best, at] / total[worst, at] - 1
    )
