"""Regional tests: what the treated regions would have sold without the treatment.

Outcomes are wide frames: one row a period, one column a region. p value and interval come from one inversion.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal
from crossborder.marketing.geo_inference import GeoEffect, conformal, effect, ready

__all__ = [
    "GeoEffect",
    "augmented_synthetic_control",
    "did_of_means",
    "difference_in_differences",
    "market_selection",
    "panel",
    "ridge_penalty",
    "simplex_fit",
    "synthetic_control",
    "synthetic_did",
]


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

    y, on, post = ready(outcomes, treated, start)
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
    half = float(stdtrit(freedom, 0.5 + level / 2)) * error
    p = float(2 * stdtr(freedom, -abs(gap) / error)) if error > 0 else float(gap == 0)
    actual = y[:, on].mean(axis=1)
    expected = y[:, ~on].mean(axis=1) + (y[~post][:, on].mean() - y[~post][:, ~on].mean())
    weights = np.full(count_off, 1 / count_off)
    made = {"actual": actual, "expected": expected, "post": post, "weights": weights}
    ends = gap - half, gap + half
    return effect("difference in differences", gap, ends, p, level, **made, outcomes=outcomes, controls=~on)


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
    Inference is conformal: effects that permutations of the residuals do not reject, refitted under each effect;
    `permutation` as in `geo_inference.conformal`.
    Source: Abadie, Diamond and Hainmueller (2010), JASA 105; Chernozhukov, Wuthrich and Zhu (2021), JASA 116.
    """
    y, on, post = ready(outcomes, treated, start)
    target, controls = y[:, on].mean(axis=1), y[:, ~on]
    weights, shift = simplex_fit(controls[~post], target[~post], ridge=ridge, intercept=intercept)
    expected = controls @ weights + shift

    def fit(wanted: np.ndarray) -> np.ndarray:
        mix, moved = simplex_fit(controls, wanted, ridge=ridge, intercept=intercept)
        return controls @ mix + moved

    gap = target - expected
    low, high, p = conformal(fit, target, post, gap, level=level, permutation=permutation, rng=rng)
    made = {"actual": target, "expected": expected, "post": post, "weights": weights}
    found = float(gap[post].mean())
    return effect("synthetic control", found, (low, high), p, level, **made, outcomes=outcomes, controls=~on)


def augmented_synthetic_control(
    outcomes: pd.DataFrame,
    treated: Sequence[str],
    start: object,
    *,
    intercept: bool = False,
    penalty: float | None = None,
    level: float = 0.9,
    permutation: str = "random",
    rng: np.random.Generator | None = None,
) -> GeoEffect:
    """Synthetic control whose remaining gap before the start is corrected by a ridge regression on that past.

    The weights still add to 1 but may be negative: the mix may leave the hull of the controls, the less so the larger
    the `penalty` (in squared units of the outcome; None: chosen by leaving out one period at a time). Without a gap
    left, and with a large penalty, it is the synthetic control. Inference as in `synthetic_control`.
    Source: Ben-Michael, Feller and Rothstein (2021), JASA 116(536), equations 6 and 10, section 5.3.
    """
    y, on, post = ready(outcomes, treated, start)
    target, controls = y[:, on].mean(axis=1), y[:, ~on]
    if penalty is None:
        penalty = ridge_penalty(controls[~post], target[~post], intercept=intercept)
    if penalty <= 0:
        raise InputError.out_of_range("penalty", penalty, "above 0")
    weights, shift = _augmented_fit(controls[~post], target[~post], penalty, intercept)
    expected = controls @ weights + shift

    def fit(wanted: np.ndarray) -> np.ndarray:
        mix, moved = _augmented_fit(controls, wanted, penalty, intercept)
        return controls @ mix + moved

    gap = target - expected
    low, high, p = conformal(fit, target, post, gap, level=level, permutation=permutation, rng=rng)
    made = {"actual": target, "expected": expected, "post": post, "weights": weights}
    found = float(gap[post].mean())
    return effect("augmented synthetic control", found, (low, high), p, level, **made, outcomes=outcomes, controls=~on)


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

    y, on, post = ready(outcomes, treated, start)
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
    p = float(2 * ndtr(-abs(estimate) / error)) if error > 0 else float(estimate == 0)
    actual = y[:, on].mean(axis=1)
    mixed = y[:, ~on] @ region
    expected = mixed + period @ (actual - mixed)[~post]
    made = {"actual": actual, "expected": expected, "post": post, "weights": region}
    ends = estimate - z * error, estimate + z * error
    return effect("synthetic DiD", estimate, ends, p, level, **made, outcomes=outcomes, controls=~on)


def ridge_penalty(
    controls: np.ndarray, target: np.ndarray, *, intercept: bool = False, count: int = 20, folds: int = 40
) -> float:
    """Penalty of the augmented fit by leaving out one period at a time (at most `folds`, evenly spaced).

    The largest of `count` candidates whose error lies within one standard error of the smallest; candidates fall from
    the largest squared singular value of the controls' past by a factor of 1e-8 in all.
    Source: Ben-Michael, Feller and Rothstein (2021), section 5.3.
    """
    centred = controls - controls.mean(axis=1, keepdims=True)
    top = float(np.linalg.norm(centred, 2)) ** 2
    if top <= 0:
        raise Refusal.because("the control regions do not differ", f"controls: {controls.shape[1]}", "add regions")
    candidates = top * np.geomspace(1.0, 1e-8, count)
    left_out = np.unique(np.linspace(0, len(target) - 1, min(folds, len(target))).astype(int))
    errors = np.empty((len(left_out), count))
    for row, period in enumerate(left_out):
        kept = np.arange(len(target)) != period
        weights, shift = simplex_fit(controls[kept], target[kept], intercept=intercept)
        levels = controls[kept].mean(axis=0) if intercept else np.zeros(controls.shape[1])
        past = controls[kept] - levels
        apart = past - past.mean(axis=1, keepdims=True)
        # One decomposition serves all candidates: the correction is linear in what the mix missed.
        value, vector = np.linalg.eigh(apart @ apart.T)
        missed = vector.T @ (target[kept] - controls[kept] @ weights - shift)
        reach = (controls[period] - levels) @ apart.T @ vector
        added = (reach * missed) @ (1 / (np.maximum(value, 0.0)[:, None] + candidates))
        errors[row] = (target[period] - controls[period] @ weights - shift - added) ** 2
    mean = errors.mean(axis=0)
    best = int(mean.argmin())
    within = mean <= mean[best] + errors[:, best].std(ddof=1) / np.sqrt(len(left_out))
    return float(candidates[int(np.argmax(within))])


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


def _augmented_fit(
    controls: np.ndarray, target: np.ndarray, penalty: float, intercept: bool
) -> tuple[np.ndarray, float]:
    """Weights of the convex mix plus the ridge correction of what it misses, and the shift in level.

    Periods are centred at the controls' mean, so that the correction adds to 0 over the controls.
    """
    weights, shift = simplex_fit(controls, target, intercept=intercept)
    levels = controls.mean(axis=0) if intercept else np.zeros(controls.shape[1])
    past = controls - levels
    centred = past - past.mean(axis=1, keepdims=True)
    missed = target - controls @ weights - shift
    inner = centred @ centred.T + penalty * np.eye(len(target))
    added = centred.T @ np.linalg.solve(inner, missed)
    return weights + added, float(shift - levels @ added)


def _sdid(y: np.ndarray, on: np.ndarray, post: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    controls, target = y[:, ~on], y[:, on].mean(axis=1)
    noise = float(np.diff(controls[~post], axis=0).std(ddof=1))
    zeta = (on.sum() * post.sum()) ** 0.25 * noise
    region = simplex_fit(controls[~post], target[~post], ridge=zeta**2 * (~post).sum(), intercept=True)[0]
    tiny = (1e-6 * noise) ** 2 * controls.shape[1]
    period = simplex_fit(controls[~post].T, controls[post].mean(axis=0), ridge=tiny, intercept=True)[0]
    gap = target - controls @ region
    return float(gap[post].mean() - period @ gap[~post]), region, period
