"""Growth that saturates: Bass, logistic, Gompertz and Richards curves, fitted by named estimators.

Bass (1969) in its three estimators gives three answers on the same data, so every result names its estimator.
A ceiling that the data do not identify is refused, not reported. Fans and headroom are in `growth_fans`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from crossborder.errors import InputError, Refusal

__all__ = ["CURVES", "ESTIMATORS", "Curve", "GrowthFit", "ceiling_interval", "cumulative", "density", "fit"]

ESTIMATORS = ("level", "difference", "density", "ols")
REACH = 20.0  # how far above the best ceiling its upper end is looked for


@dataclass(frozen=True)
class Curve:
    """A growth curve: names of its parameters (all positive except `midpoint`), its level and its start values."""

    name: str
    parameters: tuple[str, ...]
    level: Callable[..., np.ndarray]
    starts: Callable[[np.ndarray, np.ndarray], list[tuple[float, ...]]]


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


def _logistic(t: np.ndarray, ceiling: float, rate: float, midpoint: float) -> np.ndarray:
    return ceiling / (1 + np.exp(np.clip(-rate * (t - midpoint), -700, 700)))


def _gompertz(t: np.ndarray, ceiling: float, rate: float, midpoint: float) -> np.ndarray:
    return ceiling * np.exp(-np.exp(np.clip(-rate * (t - midpoint), -700, 700)))


def _richards(t: np.ndarray, ceiling: float, rate: float, shape: float, midpoint: float) -> np.ndarray:
    # In logs: a trial step of the solver may ask for a very large power.
    lag = np.logaddexp(0.0, np.clip(-np.minimum(rate, 1e6) * (t - midpoint), -700, 700)) / np.maximum(shape, 1e-6)
    return ceiling * np.exp(-np.minimum(lag, 700))


def _bass(t: np.ndarray, ceiling: float, p: float, q: float) -> np.ndarray:
    decay = np.exp(np.clip(-(p + q) * t, -700, 700))
    return ceiling * (1 - decay) / (1 + q / p * decay)


def _s_starts(t: np.ndarray, y: np.ndarray) -> list[tuple[float, ...]]:
    top, span = float(y.max()), float(t[-1] - t[0])
    middle = float(t[np.argmin(np.abs(y - top / 2))])
    grid = [(k, r, m) for k in (1.05, 1.5, 3.0) for r in (4, 10) for m in (middle, t[-1])]
    return [(top * k, r / span, float(m)) for k, r, m in grid]


def _richards_starts(t: np.ndarray, y: np.ndarray) -> list[tuple[float, ...]]:
    return [(c, r, shape, m) for c, r, m in _s_starts(t, y) for shape in (0.6, 1.5)]


def _bass_starts(t: np.ndarray, y: np.ndarray) -> list[tuple[float, ...]]:
    top, scale = float(y.max()), 10.0 / float(t[-1])
    grid = [(k, p, q) for k in (1.1, 2.0, 4.0) for p in (0.003, 0.03) for q in (0.2, 0.5)]
    return [(top * k, p * scale, q * scale) for k, p, q in grid]


CURVES = {
    "logistic": Curve("logistic", ("ceiling", "rate", "midpoint"), _logistic, _s_starts),
    "gompertz": Curve("gompertz", ("ceiling", "rate", "midpoint"), _gompertz, _s_starts),
    "richards": Curve("richards", ("ceiling", "rate", "shape", "midpoint"), _richards, _richards_starts),
    "bass": Curve("bass", ("ceiling", "p", "q"), _bass, _bass_starts),
}


def cumulative(curve: str, times: np.ndarray, parameters: pd.Series | dict[str, float]) -> np.ndarray:
    """The level of `curve` at `times` (Bass: adopters so far; times are periods since the start)."""
    shape = _curve(curve)
    return shape.level(np.asarray(times, dtype=float), *[parameters[name] for name in shape.parameters])


def density(curve: str, times: np.ndarray, parameters: pd.Series | dict[str, float]) -> np.ndarray:
    """The growth a period of `curve` at `times`: the derivative of its level, in closed form for Bass."""
    t = np.asarray(times, dtype=float)
    if curve == "bass":
        ceiling, p, q = (parameters[name] for name in ("ceiling", "p", "q"))
        decay = np.exp(np.clip(-(p + q) * t, -700, 700))
        return ceiling * (p + q) ** 2 / p * decay / (1 + q / p * decay) ** 2
    return (cumulative(curve, t + 1e-5, parameters) - cumulative(curve, t - 1e-5, parameters)) / 2e-5


def fit(
    curve: str,
    times: np.ndarray,
    values: np.ndarray,
    *,
    estimator: str = "level",
    errors: str = "absolute",
    priors: dict[str, tuple[float, float]] | None = None,
    carry: float = 0.0,
    level: float = 0.9,
    widest: float = 4.0,
    require_ceiling: bool = True,
) -> GrowthFit:
    """A growth curve through `values` at `times` (evenly spaced for all estimators but "level").

    `values` are levels for estimator "level" and growth a period for the others: "difference" (Srinivasan and Mason
    1986: level at the end less level at the start of each period), "density" (the derivative at the time), "ols"
    (Bass 1969, regression on the cumulated level and its square; Bass only). `errors`: "absolute" (least squares),
    "relative" (least squares in logs: rss and residual_sd are then log units). `priors`: parameter -> (median, log sd).
    `carry`: correlation of neighbouring errors (0 to below 1); it widens intervals and errors by
    sqrt((1 + carry) / (1 - carry)). With `require_ceiling`, a profile interval of the ceiling that has no upper end or
    whose ends lie more than a factor `widest` apart is a Refusal that says what would help.
    """
    shape, (t, y) = _curve(curve), _checked(times, values, estimator, curve)
    if errors not in ("absolute", "relative"):
        raise InputError.unknown("errors", errors, ("absolute", "relative"))
    if errors == "relative" and np.any(y == 0):
        raise InputError.out_of_range(
            "values", "a 0 among them", "above 0 for relative errors", "use errors='absolute'"
        )
    if not 0 <= carry < 1:
        raise InputError.out_of_range("carry", carry, "0 to below 1", "0 for independent errors")
    how, wider = (estimator, errors), (1 + carry) / (1 - carry)
    priors = dict(priors or {})
    unknown = set(priors) - set(shape.parameters)
    if unknown:
        raise InputError.unknown("prior", sorted(unknown)[0], shape.parameters)
    free = len(shape.parameters)
    if len(t) + len(priors) < free + 2:
        raise Refusal.because(
            f"a {curve} curve cannot be fitted to {len(t)} points",
            f"it has {free} parameters and needs at least {free + 2} points or priors",
            "give a longer history, or priors from comparable markets",
        )
    if estimator == "ols":
        return _ols(t, y, level)
    found = _least_squares(shape, t, y, how, priors)
    low, high, found = ceiling_interval(curve, t, y, found, how=how, priors=priors, level=level, wider=wider)
    result = _result(shape, t, y, how, priors, found, (low, high, level, widest, wider))
    if require_ceiling and not result.identified:
        raise Refusal.because(
            f"the ceiling of the {curve} curve is not identified",
            f"at {level:.0%} it may lie from {low:.4g} to {high:.4g} (best fit {result.parameters['ceiling']:.4g})",
            "give data beyond the turning point, or a prior for the ceiling",
        )
    return result


def ceiling_interval(
    curve: str,
    times: np.ndarray,
    values: np.ndarray,
    best: np.ndarray,
    *,
    how: tuple[str, str],
    priors: dict[str, tuple[float, float]],
    level: float,
    wider: float = 1.0,
) -> tuple[float, float, np.ndarray]:
    """The profile interval of the ceiling: where the best fit with it held stays within the F limit; and `best`.

    `how` is (estimator, errors); `wider` multiplies the limit's distance for errors that carry over. The upper end is
    infinite where it is not found within REACH times the best value. If the profile meets a better fit than `best` (in
    the free parameters), it starts again from there.
    """
    shape = _curve(curve)
    for _ in range(4):
        objective = _objective(shape, times, values, how, priors, best)
        degrees = max(1, len(times) + len(priors) - len(shape.parameters))
        least = float(np.sum(objective(best) ** 2))
        limit = least * (1 + wider * special.fdtri(1, degrees, level) / degrees)
        low, high, found, cost = _profile(objective, best, limit)
        if cost > least * (1 - 1e-4):
            break
        best = _solve(objective, found).x
    return low, high, best


def _profile(objective: Callable[[np.ndarray], np.ndarray], best: np.ndarray, limit: float) -> tuple:
    """Ends of the interval, and the best parameters met on the way with their sum of squares."""
    from scipy.optimize import brentq

    met = {0.0: (best[1:], float(np.sum(objective(best) ** 2)))}

    def excess(shift: float) -> float:
        if shift not in met:
            nearest = min(met, key=lambda known: abs(known - shift))
            free = _solve(lambda rest: objective(np.concatenate([[best[0] + shift], rest])), met[nearest][0])
            met[shift] = (free.x, 2 * float(free.cost))
        return met[shift][1] - limit

    ends = []
    for sign in (-1.0, 1.0):
        shift, inside = 0.02, 0.0
        while shift < np.log(REACH) and excess(sign * shift) < 0:
            inside, shift = shift, 1.6 * shift
        if shift >= np.log(REACH):
            ends.append(0.0 if sign < 0 else float("inf"))
        else:
            ends.append(float(np.exp(best[0] + brentq(excess, sign * inside, sign * shift, xtol=1e-4))))
    place = min(met, key=lambda known: met[known][1])
    return ends[0], ends[1], np.concatenate([[best[0] + place], met[place][0]]), met[place][1]


def _curve(name: str) -> Curve:
    if name not in CURVES:
        raise InputError.unknown("curve", name, CURVES)
    return CURVES[name]


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
    return np.array(
        [v if n == "midpoint" else np.exp(np.clip(v, -700, 700)) for n, v in zip(shape.parameters, free, strict=True)]
    )


def _predicted(shape: Curve, t: np.ndarray, estimator: str, natural: np.ndarray) -> np.ndarray:
    if estimator == "level":
        return shape.level(t, *natural)
    named = dict(zip(shape.parameters, natural, strict=True))
    if estimator == "density":
        return density(shape.name, t, named)
    step = t[1] - t[0]
    return shape.level(t, *natural) - shape.level(t - step, *natural)


def _residual(shape: Curve, t: np.ndarray, y: np.ndarray, how: tuple[str, str], natural: np.ndarray) -> np.ndarray:
    predicted = _predicted(shape, t, how[0], natural)
    # In units of the largest value, so that the solver's tolerances do not depend on the unit of the data.
    return (y - predicted) / y.max() if how[1] == "absolute" else np.log(y / np.maximum(predicted, 1e-300))


def _objective(shape, t, y, how, priors, best=None) -> Callable[[np.ndarray], np.ndarray]:
    """Residuals in the free (log) parameters; a prior is one more residual, on the scale of the best fit's noise."""
    noise = 1.0
    if priors and best is not None:
        rest = _residual(shape, t, y, how, _natural(shape, best))
        noise = max(np.sqrt(np.sum(rest**2) / max(1, len(t) - len(shape.parameters) + len(priors))), 1e-12)
    place = {name: i for i, name in enumerate(shape.parameters)}
    linear = [(place[n], (m if n == "midpoint" else np.log(m)), s) for n, (m, s) in priors.items()]

    def residuals(free: np.ndarray) -> np.ndarray:
        data = _residual(shape, t, y, how, _natural(shape, free))
        return np.concatenate([data, [noise * (free[i] - centre) / sd for i, centre, sd in linear]])

    return residuals


def _solve(objective: Callable[[np.ndarray], np.ndarray], start: np.ndarray, exact: bool = False):
    from scipy.optimize import least_squares

    tolerance = 1e-15 if exact else 1e-9
    return least_squares(
        objective, start, method="trf", x_scale="jac", jac="3-point" if exact else "2-point",
        xtol=tolerance, ftol=tolerance, gtol=tolerance, max_nfev=600 if exact else 120,
    )  # fmt: skip


def _least_squares(shape, t, y, how, priors) -> np.ndarray:
    level = y if how[0] == "level" else np.cumsum(y)
    starts = [_to_free(shape, np.array(s)) for s in shape.starts(t, level)]
    first = _objective(shape, t, y, how, {})
    starts = sorted(starts, key=lambda s: np.sum(first(s) ** 2))[:5]
    best = min((_solve(first, s) for s in starts), key=lambda r: r.cost).x
    if not priors:
        return _solve(first, best, exact=True).x
    # The noise that weighs the priors against the data is not known: start from several places and iterate.
    place = {name: i for i, name in enumerate(shape.parameters)}
    told = np.array(best)
    for name, (median, _) in priors.items():
        told[place[name]] = median if name == "midpoint" else np.log(median)
    objective = _objective(shape, t, y, how, priors, best)
    best = min((_solve(objective, start) for start in (best, told, *starts)), key=lambda r: r.cost).x
    for _ in range(4):
        best = _solve(_objective(shape, t, y, how, priors, best), best).x
    return best


def _result(shape, t, y, how, priors, free, interval) -> GrowthFit:
    low, high, level, widest, wider = interval
    natural = _natural(shape, free)
    fitted = _predicted(shape, t, how[0], natural)
    unit = y.max() if how[1] == "absolute" else 1.0
    rss = float(np.sum((unit * _residual(shape, t, y, how, natural)) ** 2))
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
