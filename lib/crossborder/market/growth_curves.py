"""Growth that saturates: Bass, logistic, Gompertz and Richards curves, fitted by named estimators.

Bass (1969) in its three estimators gives three answers on the same data, so every result names its estimator.
A ceiling that the data do not identify is refused, not reported. Fans and headroom are in `growth_fans`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from crossborder.errors import InputError, Refusal
from crossborder.market import growth_search
from crossborder.market.growth_shapes import CURVES, Curve, cumulative, curve_named, density

__all__ = ["CURVES", "ESTIMATORS", "Curve", "GrowthFit", "cumulative", "density", "fit", "fit_all", "refit"]

ESTIMATORS = ("level", "difference", "density", "ols")
REACH = 20.0  # how far above the best ceiling its upper end is looked for
STARTS = 5  # the best of the start values from which a series is fitted


@dataclass(frozen=True)
class GrowthFit:
    """A fitted curve. `ceiling_low` to `ceiling_high` is the profile interval of the ceiling at `interval_level`.

    `identified` is False where the interval has no upper end or spans more than the allowed factor. `peak_time` is
    when growth is fastest, `peak_growth` the growth a period then (unit of the values).
    """

    curve: str
    estimator: str
    parameters: pd.Series
    standard_errors: pd.Series
    covariance: pd.DataFrame
    rss: float
    residual_sd: float
    degrees: int
    r_squared: float
    ceiling_low: float
    ceiling_high: float
    identified: bool
    interval_level: float
    peak_time: float
    peak_growth: float
    times: np.ndarray
    values: np.ndarray
    fitted: np.ndarray
    priors: dict[str, tuple[float, float]]
    errors: str = "absolute"


def fit(curve: str, times: np.ndarray, values: np.ndarray, **options) -> GrowthFit:
    """A growth curve through `values` at `times`; `options` and what is refused as in `fit_all`."""
    found = fit_all(curve, times, [values], **options)[0]
    if isinstance(found, Refusal):
        raise found
    return found


def fit_all(
    curve: str,
    times: np.ndarray,
    series: Sequence[np.ndarray],
    *,
    estimator: str = "level",
    errors: str = "absolute",
    priors: dict[str, tuple[float, float]] | None = None,
    carry: float = 0.0,
    level: float = 0.9,
    widest: float = 4.0,
    require_ceiling: bool = True,
) -> list[GrowthFit | Refusal]:
    """A growth curve through each of several `series` at `times` (evenly spaced for all estimators but "level").

    Values are levels for estimator "level" and growth a period for the others: "difference" (Srinivasan and Mason
    1986: level at the end less level at the start of each period), "density" (the derivative at the time), "ols"
    (Bass 1969, regression on the cumulated level and its square; Bass only). `errors`: "absolute" (least squares),
    "relative" (least squares in logs: rss and residual_sd are then log units). `priors`: parameter -> (median, log sd).
    `carry`: correlation of neighbouring errors (0 to below 1); it widens intervals and errors by
    sqrt((1 + carry) / (1 - carry)). With `require_ceiling`, a profile interval of the ceiling that has no upper end or
    whose ends lie more than a factor `widest` apart is a Refusal that says what would help. A series that is refused
    has its Refusal in its place; all others are fitted together.
    """
    shape, priors = curve_named(curve), dict(priors or {})
    _check_options(shape, errors, carry, priors)
    found: list = [_checked_or_refusal(shape, times, values, estimator, errors, priors) for values in series]
    good = [i for i, one in enumerate(found) if not isinstance(one, Refusal)]
    if not good:
        return found
    t, ys = found[good[0]][0], np.array([found[i][1] for i in good])
    if estimator == "ols":
        fits = [_ols_or_refusal(t, y, level) for y in ys]
    else:
        how, wider = (estimator, errors), (1 + carry) / (1 - carry)
        best = _search(shape, t, ys, how, priors, exact=True)
        low, high, best = _ceiling_intervals(shape, t, ys, best, how, priors, (level, wider))
        facts = [(a, b, level, widest, wider) for a, b in zip(low, high, strict=True)]
        fits = [_result(shape, t, y, how, priors, *rest) for y, *rest in zip(ys, best, facts, strict=True)]
        fits = [_unless_open(one) if require_ceiling else one for one in fits]
    for i, one in zip(good, fits, strict=True):
        found[i] = one
    return found


def refit(result: GrowthFit, samples: np.ndarray) -> pd.DataFrame:
    """Parameters of the curve, estimator and priors of `result` through other values at its times, a row a sample.

    A sample that cannot be fitted has a row of missing values.
    """
    shape, how = curve_named(result.curve), (result.estimator, result.errors)
    table = np.full((len(samples), len(shape.parameters)), np.nan)
    usable = np.flatnonzero((samples > 0).all(axis=1) if result.errors == "relative" else (samples > 0).any(axis=1))
    if result.estimator == "ols":
        for i in usable:
            one = _ols_or_refusal(result.times, samples[i], result.interval_level)
            table[i] = np.nan if isinstance(one, Refusal) else one.parameters
    elif len(usable):
        best = _search(shape, result.times, samples[usable], how, result.priors, exact=False)
        table[usable] = _natural(shape, best.T).T
    return pd.DataFrame(table, columns=shape.parameters)


def _check_options(shape: Curve, errors: str, carry: float, priors: dict) -> None:
    if errors not in ("absolute", "relative"):
        raise InputError.unknown("errors", errors, ("absolute", "relative"))
    if not 0 <= carry < 1:
        raise InputError.out_of_range("carry", carry, "0 to below 1", "0 for independent errors")
    unknown = set(priors) - set(shape.parameters)
    if unknown:
        raise InputError.unknown("prior", sorted(unknown)[0], shape.parameters)


def _checked_or_refusal(
    shape: Curve, times, values, estimator: str, errors: str, priors: dict
) -> tuple[np.ndarray, np.ndarray] | Refusal:
    try:
        t, y = _checked(times, values, estimator, shape.name)
    except Refusal as refusal:
        return refusal
    if errors == "relative" and np.any(y == 0):
        raise InputError.out_of_range(
            "values", "a 0 among them", "above 0 for relative errors", "use errors='absolute'"
        )
    free = len(shape.parameters)
    if len(t) + len(priors) < free + 2:
        return Refusal.because(
            f"a {shape.name} curve cannot be fitted to {len(t)} points",
            f"it has {free} parameters and needs at least {free + 2} points or priors",
            "give a longer history, or priors from comparable markets",
        )
    return t, y


def _unless_open(result: GrowthFit) -> GrowthFit | Refusal:
    if result.identified:
        return result
    low, high, best = result.ceiling_low, result.ceiling_high, result.parameters["ceiling"]
    return Refusal.because(
        f"the ceiling of the {result.curve} curve is not identified",
        f"at {result.interval_level:.0%} it may lie from {low:.4g} to {high:.4g} (best fit {best:.4g})",
        "give data beyond the turning point, or a prior for the ceiling",
    )


def _ceiling_intervals(shape, t, ys, best, how, priors, facts) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The profile intervals of the ceilings: where the best fit with it held stays within the F limit; and `best`.

    The upper end is infinite where it is not found within REACH times the best value. A series whose profile meets a
    better fit than `best` (free parameters) starts again from there. `facts`: level, and by how much the limit is
    wider for errors that carry over.
    """
    level, wider = facts
    degrees = max(1, len(t) + len(priors) - len(shape.parameters))
    factor = 1 + wider * special.fdtri(1, degrees, level) / degrees
    low, high, best, todo = np.zeros(len(ys)), np.zeros(len(ys)), best.copy(), np.arange(len(ys))
    for _ in range(4):
        objective, every = _residuals(shape, t, ys[todo], how, priors, best[todo]), np.arange(len(todo))
        cost = np.sum(objective(best[todo], every) ** 2, axis=1)
        found = growth_search.profile(
            objective, best[todo], cost, factor * cost, _widths(shape, t), reach=np.log(REACH)
        )
        low[todo], high[todo] = np.exp(found.low), np.exp(found.high)
        better = np.flatnonzero(found.cost < cost * (1 - 1e-4))
        if not len(better):
            break
        best[todo[better]], _ = growth_search.solve(objective, found.best[better], better, _widths(shape, t))
        todo = todo[better]
    return low, high, best


def _checked(times, values, estimator: str, curve: str) -> tuple[np.ndarray, np.ndarray]:
    if estimator not in ESTIMATORS:
        raise InputError.unknown("estimator", estimator, ESTIMATORS)
    if estimator == "ols" and curve != "bass":
        raise InputError.out_of_range("estimator", "ols", "curve 'bass'", "use 'level' or 'difference'")
    t, y = np.asarray(times, dtype=float), np.asarray(values, dtype=float)
    if t.shape != y.shape or t.ndim != 1:
        raise InputError.out_of_range(
            "times and values", f"shapes {t.shape} and {y.shape}", "two lists of one length", ""
        )
    if not (np.all(np.isfinite(t)) and np.all(np.isfinite(y))) or np.any(y < 0):
        raise InputError.out_of_range("values", "missing or below 0", "finite numbers from 0", "drop or fill the gaps")
    steps = np.diff(t)
    if np.any(steps < 0) or (estimator != "level" and np.any(steps == 0)) or (len(t) > 1 and t[0] == t[-1]):
        raise InputError.out_of_range(
            "times", t.tolist(), "ascending; repeats only for estimator 'level'", "sort by time"
        )
    if estimator != "level" and len(t) > 1 and not np.allclose(np.diff(t), t[1] - t[0]):
        raise InputError.out_of_range("times", t.tolist(), "evenly spaced", "fill the missing periods")
    if not np.any(y > 0):
        raise Refusal.because("growth has no curve", "all values are 0", "leave out a market without sales")
    return t, y


def _to_free(shape: Curve, parameters: np.ndarray) -> np.ndarray:
    return np.array([v if n == "midpoint" else np.log(v) for n, v in zip(shape.parameters, parameters, strict=True)])


def _natural(shape: Curve, free: np.ndarray) -> np.ndarray:
    """Natural parameters from free ones; the first axis is the parameter."""
    return np.array(
        [v if n == "midpoint" else np.exp(np.clip(v, -700, 700)) for n, v in zip(shape.parameters, free, strict=True)]
    )


def _predicted(shape: Curve, t: np.ndarray, estimator: str, natural: np.ndarray) -> np.ndarray:
    if estimator == "level":
        return shape.level(t, *natural)
    if estimator == "density":
        return shape.slope(t, *natural)
    return shape.level(t, *natural) - shape.level(t - (t[1] - t[0]), *natural)


def _gaps(shape, t, ys, how, free: np.ndarray, which: np.ndarray) -> np.ndarray:
    """Values less curve, a row for each row of `free`: the parameters of series `which`."""
    predicted = _predicted(shape, t, how[0], _natural(shape, free.T)[:, :, None])
    y = ys[which]
    # In units of the largest value, so that the solver's tolerances do not depend on the unit of the data.
    if how[1] == "absolute":
        return (y - predicted) / y.max(axis=1, keepdims=True)
    return np.log(y / np.maximum(predicted, 1e-300))


def _residuals(shape, t, ys, how, priors, best: np.ndarray | None = None) -> growth_search.Residuals:
    """Residuals in the free (log) parameters; a prior is one more residual, on the scale of the best fit's noise."""
    noise = np.ones(len(ys))
    if priors and best is not None:
        squares = np.sum(_gaps(shape, t, ys, how, best, np.arange(len(ys))) ** 2, axis=1)
        noise = np.maximum(np.sqrt(squares / max(1, len(t) - len(shape.parameters) + len(priors))), 1e-12)
    told = [(shape.parameters.index(n), (m if n == "midpoint" else np.log(m)), sd) for n, (m, sd) in priors.items()]

    def residuals(free: np.ndarray, which: np.ndarray) -> np.ndarray:
        data = _gaps(shape, t, ys, how, free, which)
        return np.column_stack([data, *(noise[which] * (free[:, i] - centre) / sd for i, centre, sd in told)])

    return residuals


def _widths(shape: Curve, t: np.ndarray) -> np.ndarray:
    """Half the difference over which slopes are taken: logs of the parameters, and time for the midpoint."""
    span = float(t[-1] - t[0])
    return np.array([1e-5 * span if name == "midpoint" else 1e-5 for name in shape.parameters])


def _search(shape, t, ys, how, priors, *, exact: bool) -> np.ndarray:
    """The best free parameters of each series (rows of `ys`), from several starts."""
    plain, widths, every = _residuals(shape, t, ys, how, {}), _widths(shape, t), np.arange(len(ys))
    starts, which = _starts(shape, t, ys, how, plain)
    best = _least(plain, starts, which, widths)
    if not priors:
        return np.array([_exact(shape, t, y, how, b) for y, b in zip(ys, best, strict=True)]) if exact else best
    # The noise that weighs the priors against the data is not known: start from several places and iterate.
    told = best.copy()
    for name, (median, _) in priors.items():
        told[:, shape.parameters.index(name)] = median if name == "midpoint" else np.log(median)
    objective = _residuals(shape, t, ys, how, priors, best)
    places = np.concatenate([best, told, starts])
    best = _least(objective, places, np.concatenate([every, every, which]), widths)
    for _ in range(4):
        best, _ = growth_search.solve(_residuals(shape, t, ys, how, priors, best), best, every, widths)
    return best


def _starts(shape, t, ys, how, plain: growth_search.Residuals) -> tuple[np.ndarray, np.ndarray]:
    """The best few start values of each series in free parameters, and the series of each."""
    levels = ys if how[0] == "level" else np.cumsum(ys, axis=1)
    kept = []
    for i, level in enumerate(levels):
        starts = np.array([_to_free(shape, np.array(s)) for s in shape.starts(t, level)])
        cost = np.sum(plain(starts, np.full(len(starts), i)) ** 2, axis=1)
        kept.append(starts[np.argsort(cost, kind="stable")[:STARTS]])
    return np.concatenate(kept), np.repeat(np.arange(len(ys)), [len(k) for k in kept])


def _least(objective: growth_search.Residuals, starts, which, widths) -> np.ndarray:
    """The best of the fits from all starts, by series."""
    found, cost = growth_search.solve(objective, starts, which, widths)
    order = np.lexsort((cost, which))
    _, first = np.unique(which[order], return_index=True)
    return found[order[first]]


def _exact(shape, t, y, how, best: np.ndarray) -> np.ndarray:
    """The fit polished to the last digits, as certified values ask for."""
    from scipy.optimize import least_squares

    one = np.zeros(1, dtype=int)
    return least_squares(
        lambda free: _gaps(shape, t, y[None, :], how, free[None, :], one)[0], best, method="trf", x_scale="jac",
        jac="3-point", xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=600,
    ).x  # fmt: skip


def _result(shape, t, y, how, priors, free, interval) -> GrowthFit:
    low, high, level, widest, wider = map(float, interval)
    natural = _natural(shape, free)
    fitted = _predicted(shape, t, how[0], natural)
    gap = y - fitted if how[1] == "absolute" else np.log(y / np.maximum(fitted, 1e-300))
    rss = float(np.sum(gap**2))
    degrees = len(t) + len(priors) - len(shape.parameters)
    sd = np.sqrt(rss / degrees)
    covariance = wider * _covariance(shape, t, how, natural, sd, priors)
    names = list(shape.parameters)
    parameters = pd.Series(natural, index=names)
    peak = _peak_time(shape.name, parameters)
    return GrowthFit(
        shape.name, how[0], parameters, pd.Series(np.sqrt(np.diag(covariance)), index=names),
        pd.DataFrame(covariance, index=names, columns=names), rss, float(sd), degrees,
        float(1 - np.sum((y - fitted) ** 2) / np.sum((y - y.mean()) ** 2)) if np.ptp(y) > 0 else 1.0, low, high,
        bool(np.isfinite(high) and low > 0 and high / low <= widest), level, peak,
        float(density(shape.name, np.array([peak]), parameters)[0]), t, y, fitted, priors, how[1],
    )  # fmt: skip


def _covariance(shape, t, how, natural, sd, priors) -> np.ndarray:
    step = 1e-6 * np.maximum(np.abs(natural), 1e-8)
    scale = 1.0 if how[1] == "absolute" else 1 / np.maximum(_predicted(shape, t, how[0], natural), 1e-300)
    jacobian = np.column_stack(
        [
            scale * (_predicted(shape, t, how[0], natural + d) - _predicted(shape, t, how[0], natural - d)) / (2 * s)
            for d, s in zip(np.diag(step), step, strict=True)
        ]
    )
    information = jacobian.T @ jacobian / sd**2 if sd > 0 else jacobian.T @ jacobian * 1e24
    for name, (_, spread) in priors.items():
        i = shape.parameters.index(name)
        information[i, i] += 1 / spread**2 if name == "midpoint" else 1 / (spread * natural[i]) ** 2
    return np.linalg.pinv(information, hermitian=True)


def _peak_time(curve: str, parameters: pd.Series) -> float:
    if curve == "bass":
        p, q = parameters["p"], parameters["q"]
        return float(max(0.0, np.log(q / p) / (p + q)))
    if curve == "richards":
        return float(parameters["midpoint"] - np.log(parameters["shape"]) / parameters["rate"])
    return float(parameters["midpoint"])


def _ols_or_refusal(t: np.ndarray, y: np.ndarray, level: float) -> GrowthFit | Refusal:
    try:
        return _ols(t, y, level)
    except Refusal as refusal:
        return refusal


def _ols(t: np.ndarray, y: np.ndarray, level: float) -> GrowthFit:
    before = np.concatenate([[0.0], np.cumsum(y)[:-1]])
    x = np.column_stack([np.ones(len(y)), before, before**2])
    scale = np.array([1.0, before.max(), before.max() ** 2])
    a, b, c = np.linalg.lstsq(x / scale, y, rcond=None)[0] / scale
    root = b**2 - 4 * a * c
    if root < 0 or c >= 0 or a <= 0:
        raise Refusal.because(
            "Bass's regression gives no ceiling",
            f"its coefficients are a={a:.4g}, b={b:.4g}, c={c:.4g}; it needs a > 0 and c < 0",
            "use estimator 'difference', or data beyond the peak",
        )
    ceiling = (-b - np.sqrt(root)) / (2 * c)
    names, parameters = ["ceiling", "p", "q"], np.array([ceiling, a / ceiling, -c * ceiling])
    fitted = x @ np.array([a, b, c])
    rss, none = float(np.sum((y - fitted) ** 2)), np.full(3, np.nan)
    series = pd.Series(parameters, index=names)
    peak = _peak_time("bass", series)
    # A regression on the cumulated level has no honest interval for the ceiling: it is left open.
    return GrowthFit(
        "bass", "ols", series, pd.Series(none, index=names), pd.DataFrame(np.full((3, 3), np.nan), names, names), rss,
        float(np.sqrt(rss / (len(y) - 3))), len(y) - 3, float(1 - rss / np.sum((y - y.mean()) ** 2)), 0.0, float("inf"),
        False, level, peak, float(density("bass", np.array([peak]), series)[0]), t, y, fitted, {},
    )  # fmt: skip
