"""Regional tests: what the treated regions would have sold without the treatment.

Outcomes are wide frames: one row a period, one column a region. p value and interval come from one inversion.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = [
    "GeoEffect",
    "did_of_means",
    "difference_in_differences",
    "market_selection",
    "panel",
    "simplex_fit",
    "synthetic_control",
    "synthetic_did",
]


@dataclass(frozen=True)
class GeoEffect:
    """Mean effect a region and period of the treatment, with interval and p value from the same test.

    `path` has one row a period: actual and expected mean of the treated regions. `weights` are the controls' weights.
    """

    method: str
    estimate: float
    low: float
    high: float
    p_value: float
    level: float
    relative: float
    weights: pd.Series
    path: pd.DataFrame
    pre_error: float

    @property
    def relative_interval(self) -> tuple[float, float]:
        """The interval as fractions of the expected level."""
        base = self.estimate / self.relative if self.relative else np.nan
        return self.low / base, self.high / base


def panel(cells: pd.DataFrame, value: str = "revenue_usd") -> tuple[pd.DataFrame, list[str], pd.Timestamp]:
    """Wide outcomes, treated regions and first treated day from the rows of one geo experiment.

    `cells` has columns geo, date, treated and `value`.
    """
    missing = {"geo", "date", "treated", value} - set(cells.columns)
    if missing:
        raise InputError.missing_columns("experiments", missing, cells.columns)
    wide = cells.pivot_table(index="date", columns="geo", values=value, aggfunc="sum")
    on = cells[cells["treated"].astype(bool)]
    if on.empty:
        raise Refusal.because("no region is treated", f"regions: {wide.shape[1]}", "mark the treated cells")
    return wide, sorted(on["geo"].unique()), on["date"].min()


def did_of_means(
    before: tuple[float, float], after: tuple[float, float], errors: Sequence[float] | None = None
) -> pd.Series:
    """Difference in differences from group means; pairs are (treated, control).

    `errors` are standard errors of the four means (treated before, control before, treated after, control after).

    >>> did_of_means((20.44, 23.33), (21.03, 21.17))["estimate"].round(2).item()
    2.75
    """
    estimate = (after[0] - before[0]) - (after[1] - before[1])
    error = float(np.sqrt(np.square(errors).sum())) if errors is not None else np.nan
    return pd.Series({"estimate": estimate, "standard_error": error})


def difference_in_differences(
    outcomes: pd.DataFrame, treated: Sequence[str], start: object, *, level: float = 0.9
) -> GeoEffect:
    """Change of the treated regions less the change of the others; regions are the units (Welch t).

    Source: Card and Krueger (1994), American Economic Review 84(4); Bertrand, Duflo and Mullainathan (2004) for the
    collapse to one change a region.
    """
    from scipy.special import stdtr, stdtrit

    y, on, post = _ready(outcomes, treated, start)
    change = y[post].mean(axis=0) - y[~post].mean(axis=0)
    gap = change[on].mean() - change[~on].mean()
    count_on, count_off = int(on.sum()), int((~on).sum())
    if count_off < 2:
        raise Refusal.because(
            "difference in differences needs two control regions", f"controls: {count_off}", "add regions"
        )
    spread_off = change[~on].var(ddof=1)
    # A single treated region cannot show its own spread; it is taken to be that of the controls.
    spread_on = change[on].var(ddof=1) if count_on > 1 else spread_off
    parts = spread_on / count_on, spread_off / count_off
    error = float(np.sqrt(sum(parts)))
    freedom = count_off - 1.0
    if count_on > 1:
        freedom = sum(parts) ** 2 / (parts[0] ** 2 / (count_on - 1) + parts[1] ** 2 / (count_off - 1))
    t = float(stdtrit(freedom, 0.5 + level / 2))
    p = float(2 * stdtr(freedom, -abs(gap) / error)) if error > 0 else 0.0
    actual = y[:, on].mean(axis=1)
    expected = y[:, ~on].mean(axis=1) + (y[~post][:, on].mean() - y[~post][:, ~on].mean())
    weights = pd.Series(1 / count_off, index=outcomes.columns[~on])
    return _result("difference in differences", gap, t * error, p, level, actual, expected, post, weights, outcomes)


def synthetic_control(
    outcomes: pd.DataFrame,
    treated: Sequence[str],
    start: object,
    *,
    intercept: bool = False,
    ridge: float = 0.0,
    level: float = 0.9,
    permutation: str = "random",
    rng: np.random.Generator | None = None,
) -> GeoEffect:
    """Actual less a convex mix of control regions that follows the treated mean before the start.

    `intercept` lets the mix lie at another level (demeaned fit); `ridge` penalises uneven weights.
    Inference is conformal: effects that permutations of the residuals do not reject, refitted under each effect.
    `permutation`: `random` (residuals exchangeable, as GeoLift) or `cyclic` (shifts in time; allows for dependence, but
    needs many periods: p is at least 1 / periods).
    Source: Abadie, Diamond and Hainmueller (2010), JASA 105; Chernozhukov, Wuthrich and Zhu (2021), JASA 116.
    """
    y, on, post = _ready(outcomes, treated, start)
    target, controls = y[:, on].mean(axis=1), y[:, ~on]
    weights, shift = simplex_fit(controls[~post], target[~post], ridge=ridge, intercept=intercept)
    expected = controls @ weights + shift
    gap = target - expected
    estimate = float(gap[post].mean())
    orders = _orders(post, permutation, rng or np.random.default_rng(0))

    def p_value(effect: float) -> float:
        adjusted = target - effect * post
        mix, level_shift = simplex_fit(controls, adjusted, ridge=ridge, intercept=intercept)
        return _rank_p(np.abs(adjusted - controls @ mix - level_shift), orders)

    low, high = _invert(p_value, estimate, max(float(gap[~post].std()), 1e-9 * max(abs(target).max(), 1)), 1 - level)
    series = pd.Series(weights, index=outcomes.columns[~on])
    base = _result("synthetic control", estimate, 0.0, p_value(0.0), level, target, expected, post, series, outcomes)
    return GeoEffect(**{**base.__dict__, "low": low, "high": high})


def synthetic_did(
    outcomes: pd.DataFrame,
    treated: Sequence[str],
    start: object,
    *,
    level: float = 0.9,
    placebos: int = 100,
    rng: np.random.Generator | None = None,
) -> GeoEffect:
    """Difference in differences with weights for regions and for periods.

    Ridge zeta = (treated regions x periods)^(1/4) times the spread of the controls' first differences. The standard
    error is that of placebo treatments on controls (all of them, or `placebos` random ones with `rng`).
    Source: Arkhangelsky, Athey, Hirshberg, Imbens and Wager (2021), American Economic Review 111(12), algorithms 1, 4.
    """
    from scipy.special import ndtr, ndtri

    y, on, post = _ready(outcomes, treated, start)
    estimate, region, period = _sdid(y, on, post)
    count_on, off = int(on.sum()), np.flatnonzero(~on)
    if len(off) <= count_on:
        raise Refusal.because(
            "placebo inference needs more control than treated regions",
            f"treated: {count_on}, controls: {len(off)}",
            "use synthetic_control, whose inference runs over time",
        )
    if count_on == 1:
        groups = [[i] for i in range(len(off))]
    else:
        rng = rng or np.random.default_rng(0)
        groups = [rng.choice(len(off), count_on, replace=False) for _ in range(placebos)]
    draws = np.array([_sdid(y[:, off], np.isin(np.arange(len(off)), group), post)[0] for group in groups])
    error = float(np.sqrt(np.mean((draws - draws.mean()) ** 2)))
    z = float(ndtri(0.5 + level / 2))
    p = float(2 * ndtr(-abs(estimate) / error)) if error > 0 else 0.0
    actual = y[:, on].mean(axis=1)
    mixed = y[:, ~on] @ region
    expected = mixed + period @ (actual - mixed)[~post]
    weights = pd.Series(region, index=outcomes.columns[~on])
    return _result("synthetic DiD", estimate, z * error, p, level, actual, expected, post, weights, outcomes)


def simplex_fit(
    controls: np.ndarray, target: np.ndarray, *, ridge: float = 0.0, intercept: bool = False
) -> tuple[np.ndarray, float]:
    """Weights from 0 to 1 that add to 1 and minimise |target - controls w - c|^2 + ridge |w|^2, and c.

    Solved as non-negative least squares with the sum as a heavy row.
    """
    from scipy.optimize import nnls

    a, b = np.asarray(controls, dtype=float), np.asarray(target, dtype=float)
    centre = a.mean(axis=0) if intercept else np.zeros(a.shape[1])
    middle = b.mean() if intercept else 0.0
    scale = max(np.abs(a - centre).max(), np.abs(b - middle).max(), 1e-12)
    left, right = (a - centre) / scale, (b - middle) / scale
    heavy = 1e4
    rows = [left, heavy * np.ones((1, a.shape[1]))]
    if ridge > 0:
        rows.insert(1, np.sqrt(ridge) / scale * np.eye(a.shape[1]))
    goal = np.concatenate([right, np.zeros(a.shape[1] if ridge > 0 else 0), [heavy]])
    weights = nnls(np.vstack(rows), goal, maxiter=50 * a.shape[1])[0]
    weights = weights / weights.sum()
    return weights, float(middle - centre @ weights)


def market_selection(
    history: pd.DataFrame,
    *,
    sizes: Sequence[int] = (1, 2, 3),
    test_periods: int = 4,
    sets: int = 40,
    effect: float = 0.1,
    alpha: float = 0.1,
    power: float = 0.8,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Groups of regions ranked by the smallest relative effect they would find, from placebo tests on history.

    Each group is tested at several past windows where nothing happened; the spread of those estimates gives the power.
    Columns: regions, count, share_of_sales, placebo_error, minimum_effect, power.
    """
    from scipy.special import ndtr, ndtri

    y = history.to_numpy(dtype=float)
    periods, regions = y.shape
    if periods < 3 * test_periods or regions < 4:
        raise Refusal.because(
            "market selection needs history and regions",
            f"periods: {periods}, regions: {regions}",
            f"at least {3 * test_periods} periods and 4 regions",
        )
    ends = np.linspace(2 * test_periods, periods, 8, dtype=int)
    rows = []
    for group in _groups(regions, sizes, sets, rng):
        on = np.isin(np.arange(regions), group)
        errors = []
        for end in ends:
            pre = slice(0, end - test_periods)
            weights, shift = simplex_fit(y[pre][:, ~on], y[pre][:, on].mean(axis=1), intercept=True)
            window = slice(end - test_periods, end)
            expected = (y[window][:, ~on] @ weights + shift).mean()
            errors.append(y[window][:, on].mean() / expected - 1)
        spread = float(np.sqrt(np.mean(np.square(errors)))) * np.sqrt(1 + 1 / len(ends))
        rows.append((tuple(history.columns[on]), len(group), y[:, on].sum() / y.sum(), spread))
    frame = pd.DataFrame(rows, columns=["regions", "count", "share_of_sales", "placebo_error"])
    z = ndtri(1 - alpha / 2)
    ratio = effect / frame["placebo_error"]
    frame["minimum_effect"] = (z + ndtri(power)) * frame["placebo_error"]
    frame["power"] = ndtr(ratio - z) + ndtr(-ratio - z)
    return frame.sort_values("minimum_effect", ignore_index=True)


def _groups(regions: int, sizes: Sequence[int], sets: int, rng: np.random.Generator) -> list[tuple[int, ...]]:
    found = {(i,) for i in range(regions)} if 1 in sizes else set()
    for size in sizes:
        if 1 < size < regions - 1:
            found |= {tuple(sorted(rng.choice(regions, size, replace=False).tolist())) for _ in range(sets)}
    return sorted(found)


def _ready(outcomes: pd.DataFrame, treated: Sequence[str], start: object) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    unknown = [name for name in treated if name not in outcomes.columns]
    if unknown or not len(treated):
        raise InputError.unknown("treated region", str(unknown[:1]), map(str, outcomes.columns))
    if outcomes.isna().to_numpy().any():
        holes = outcomes.columns[outcomes.isna().any()].tolist()
        raise InputError.out_of_range("outcomes", f"holes in {holes[:3]}", "a value for every region and period")
    y = outcomes.to_numpy(dtype=float)
    on = outcomes.columns.isin(list(treated))
    index = outcomes.index
    post = np.asarray(index >= (pd.Timestamp(start) if isinstance(index, pd.DatetimeIndex) else start))
    if post.all() or not post.any() or (~post).sum() < 2:
        raise Refusal.because(
            "a regional test needs periods before and after its start",
            f"before: {int((~post).sum())}, after: {int(post.sum())}",
            "add at least 2 periods before the start",
        )
    if on.all():
        raise Refusal.because("no region is left as control", f"treated: {int(on.sum())}", "leave regions untreated")
    return y, on, post


def _result(
    method: str,
    estimate: float,
    half: float,
    p: float,
    level: float,
    actual: np.ndarray,
    expected: np.ndarray,
    post: np.ndarray,
    weights: pd.Series,
    outcomes: pd.DataFrame,
) -> GeoEffect:
    path = pd.DataFrame({"actual": actual, "expected": expected, "treated": post}, index=outcomes.index)
    base = float(expected[post].mean())
    pre = float(np.sqrt(np.mean((actual - expected)[~post] ** 2)))
    relative = float(estimate) / base if base else np.nan
    return GeoEffect(
        method, float(estimate), float(estimate - half), float(estimate + half), p, level, relative, weights, path, pre
    )


def _sdid(y: np.ndarray, on: np.ndarray, post: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    controls, target = y[:, ~on], y[:, on].mean(axis=1)
    noise = float(np.diff(controls[~post], axis=0).std(ddof=1))
    zeta = (on.sum() * post.sum()) ** 0.25 * noise
    region = simplex_fit(controls[~post], target[~post], ridge=zeta**2 * (~post).sum(), intercept=True)[0]
    tiny = (1e-6 * noise) ** 2 * controls.shape[1]
    period = simplex_fit(controls[~post].T, controls[post].mean(axis=0), ridge=tiny, intercept=True)[0]
    gap = target - controls @ region
    return float(gap[post].mean() - period @ gap[~post]), region, period


def _orders(post: np.ndarray, permutation: str, rng: np.random.Generator) -> np.ndarray:
    """Positions that stand in for the treated periods, one row a permutation; the first row is what happened."""
    size, treated = len(post), np.flatnonzero(post)
    if permutation == "cyclic":
        return (treated + np.arange(size)[:, None]) % size
    if permutation != "random":
        raise InputError.unknown("permutation", permutation, ["random", "cyclic"])
    drawn = rng.permuted(np.tile(np.arange(size), (1999, 1)), axis=1)[:, : len(treated)]
    return np.vstack([treated, drawn])


def _rank_p(residual: np.ndarray, orders: np.ndarray) -> float:
    """Share of permutations whose residuals in the treated periods are at least as large as those seen."""
    statistic = residual[orders].mean(axis=1)
    return float(np.mean(statistic >= statistic[0] - 1e-9 * max(statistic[0], 1e-12)))


def _invert(p_value: Callable[[float], float], estimate: float, scale: float, alpha: float) -> tuple[float, float]:
    """Ends of the effects with p above alpha, by widening then bisection on each side."""
    ends = []
    for side in (-1.0, 1.0):
        step = scale / 4
        inside = estimate
        outside = estimate + side * step
        while p_value(outside) > alpha and step < 1e4 * scale:
            inside, step = outside, step * 1.7
            outside = estimate + side * step
        if step >= 1e4 * scale:
            ends.append(side * np.inf)
            continue
        for _ in range(18):
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if p_value(middle) > alpha else (inside, middle)
        ends.append(outside)
    return float(ends[0]), float(ends[1])
