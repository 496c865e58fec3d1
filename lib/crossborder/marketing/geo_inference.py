"""What all regional tests share: checked outcomes, the result, and p value and interval by one permutation test."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = ["GeoEffect", "conformal", "effect", "ready"]


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


def ready(outcomes: pd.DataFrame, treated: Sequence[str], start: object) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outcomes as an array, which columns are treated, and which rows lie at or after the start.

    Raises InputError for unknown regions and holes, Refusal without a period before the start or a region as control.
    """
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


def effect(
    method: str,
    estimate: float,
    ends: tuple[float, float],
    p: float,
    level: float,
    *,
    actual: np.ndarray,
    expected: np.ndarray,
    post: np.ndarray,
    weights: np.ndarray,
    outcomes: pd.DataFrame,
    controls: np.ndarray,
) -> GeoEffect:
    """The result, with the path of the treated regions and the controls' weights by name."""
    path = pd.DataFrame({"actual": actual, "expected": expected, "treated": post}, index=outcomes.index)
    base = float(expected[post].mean())
    pre = float(np.sqrt(np.mean((actual - expected)[~post] ** 2)))
    relative = float(estimate) / base if base else np.nan
    named = pd.Series(weights, index=outcomes.columns[controls])
    return GeoEffect(method, float(estimate), float(ends[0]), float(ends[1]), p, level, relative, named, path, pre)


def conformal(
    fit: Callable[[np.ndarray], np.ndarray],
    target: np.ndarray,
    post: np.ndarray,
    gap: np.ndarray,
    *,
    level: float,
    permutation: str = "random",
    rng: np.random.Generator | None = None,
) -> tuple[float, float, float]:
    """Low end, high end and p value of a constant effect: those that permuted residuals do not reject.

    `fit` gives what the controls expect of a target over all periods; it is fitted again under each effect tried.
    `gap` is actual less expected by the fit before the start; its mean after the start is the estimate.
    `permutation`: `random` (residuals exchangeable, as GeoLift) or `cyclic` (shifts in time; allows for dependence, but
    needs many periods: p is at least 1 / periods).
    Source: Chernozhukov, Wuthrich and Zhu (2021), JASA 116, sections 2.2 and 2.4.
    """
    orders = _orders(post, permutation, rng or np.random.default_rng(0))

    def p_value(tried: float) -> float:
        adjusted = target - tried * post
        return _rank_p(np.abs(adjusted - fit(adjusted)), orders)

    estimate = float(gap[post].mean())
    rest = target - estimate * post
    # A close fit before the start leaves no gap to measure by; the fit over all periods does.
    spread = max(float(gap[~post].std()), float((rest - fit(rest)).std()))
    scale = max(spread, 1e-9 * max(float(np.abs(target).max()), 1.0))
    return *_invert(p_value, estimate, scale, 1 - level), p_value(0.0)


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
