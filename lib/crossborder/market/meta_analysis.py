"""Random-effects combination of estimates of one quantity: between-source variance, mean, prediction interval.

Used where nothing is known about why sources differ. Where scope is known, use `triangulation`.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import special

from crossborder.errors import InputError, Refusal

__all__ = [
    "INFERENCES",
    "PREDICTIONS",
    "TAU2_METHODS",
    "Pooled",
    "combine",
    "leave_one_out",
    "scenarios",
    "tau2_interval",
]

TAU2_METHODS = ("FE", "DL", "HE", "HS", "SJ", "PM", "EB", "ML", "REML")
INFERENCES = ("normal", "hksj", "mkh")
PREDICTIONS = ("t_k2", "t_k1", "normal")


@dataclass(frozen=True)
class Pooled:
    """A combined estimate: mean, interval, heterogeneity, prediction interval; all on the scale of the effects.

    `tau2` is the variance between sources, `q` Cochran's statistic with `q_p_value`, `i2` the share of variance
    due to heterogeneity (fraction), `h2` total over sampling variance. `coefficients` has one row a moderator.
    """

    method: str
    inference: str
    level: float
    k: int
    estimate: float
    standard_error: float
    low: float
    high: float
    tau2: float
    q: float
    q_p_value: float
    i2: float
    h2: float
    prediction_low: float
    prediction_high: float
    weights: np.ndarray
    coefficients: pd.DataFrame


def combine(
    effects: np.ndarray,
    variances: np.ndarray,
    *,
    method: str = "REML",
    inference: str = "mkh",
    prediction: str = "t_k2",
    level: float = 0.95,
    moderators: pd.DataFrame | None = None,
) -> Pooled:
    """The mean of `effects` under a random-effects model, on their own scale (logs for sizes).

    `method` estimates the variance between sources: FE (none), DL (DerSimonian and Laird 1986), HE (Hedges 1983),
    HS (Hunter and Schmidt 1990), SJ (Sidik and Jonkman 2005), PM (Paule and Mandel 1982; EB gives the same),
    ML, REML (Viechtbauer 2005). `inference`: normal; hksj (Hartung and Knapp 2001, t with k-p degrees);
    mkh (the same with its factor never below 1; Rover, Knapp and Friede 2015). `prediction`: t_k2 (Higgins,
    Thompson and Spiegelhalter 2009, normal-theory standard error, t with k-p-1 degrees), t_k1, normal.
    `moderators`: one numeric column each, an intercept is added. Fewer than three sources: Refusal.
    """
    y, v = _checked(effects, variances)
    _known("method", method, TAU2_METHODS)
    _known("inference", inference, INFERENCES)
    _known("prediction", prediction, PREDICTIONS)
    x, names = _design(len(y), moderators)
    if len(y) < max(3, x.shape[1] + 2):
        raise Refusal.because(
            f"an interval from {len(y)} sources cannot be given",
            f"the spread between sources needs at least {max(3, x.shape[1] + 2)} of them",
            "show the values as scenarios (`meta_analysis.scenarios`) or add sources",
        )
    tau2 = _tau2(y, v, x, method)
    beta, covariance, scale = _weighted_fit(y, v, x, tau2, inference)
    return _pooled(y, v, x, names, tau2, beta, covariance, scale, (method, inference, prediction, level))


def leave_one_out(
    effects: np.ndarray, variances: np.ndarray, labels: list[str] | None = None, **options
) -> pd.DataFrame:
    """The combined estimate without each source in turn: `without`, `estimate`, `low`, `high`, `tau2`, `shift`."""
    y, v = _checked(effects, variances)
    whole = combine(y, v, **options).estimate
    fits = [combine(np.delete(y, i), np.delete(v, i), **options) for i in range(len(y))]
    frame = pd.DataFrame({name: [getattr(f, name) for f in fits] for name in ("estimate", "low", "high", "tau2")})
    frame.insert(0, "without", labels if labels is not None else [str(i) for i in range(len(y))])
    return frame.assign(shift=frame["estimate"] - whole)


def scenarios(values: np.ndarray, labels: list[str]) -> pd.DataFrame:
    """One or two values as named scenarios, sorted, with their ratio to the smallest; no interval is implied."""
    values = np.asarray(values, dtype=float)
    if len(values) == 0 or not np.all(np.isfinite(values)):
        raise InputError.out_of_range("values", values.tolist(), "at least one finite number", "drop empty sources")
    frame = pd.DataFrame({"scenario": list(labels), "value": values}).sort_values("value", ignore_index=True)
    return frame.assign(ratio_to_smallest=frame["value"] / frame["value"].iloc[0])


def tau2_interval(
    effects: np.ndarray, variances: np.ndarray, *, level: float = 0.95, moderators: pd.DataFrame | None = None
) -> tuple[float, float]:
    """The interval of the variance between sources by the Q-profile method (Viechtbauer 2007)."""
    y, v = _checked(effects, variances)
    x, _ = _design(len(y), moderators)
    degrees = len(y) - x.shape[1]
    if degrees < 1:
        raise Refusal.because(
            "no interval for the spread", f"{len(y)} sources leave no degrees of freedom", "add sources"
        )
    upper, lower = special.chdtri(degrees, [(1 + level) / 2, (1 - level) / 2])
    return _profile_root(y, v, x, lower), _profile_root(y, v, x, upper)


def _checked(effects: np.ndarray, variances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    y, v = np.asarray(effects, dtype=float), np.asarray(variances, dtype=float)
    if y.shape != v.shape or y.ndim != 1:
        raise InputError.out_of_range(
            "effects and variances", f"shapes {y.shape} and {v.shape}", "two lists of equal length", "pair them up"
        )
    if not np.all(np.isfinite(y)):
        raise InputError.out_of_range("effects", y.tolist(), "finite numbers", "drop sources without a value")
    if not np.all(np.isfinite(v)) or np.any(v <= 0):
        raise InputError.out_of_range("variances", v.tolist(), "finite numbers above 0", "give each source an error")
    return y, v


def _known(name: str, got: str, known: tuple[str, ...]) -> None:
    if got not in known:
        raise InputError.unknown(name, got, known)


def _design(k: int, moderators: pd.DataFrame | None) -> tuple[np.ndarray, list[str]]:
    if moderators is None:
        return np.ones((k, 1)), ["intercept"]
    columns = np.asarray(moderators, dtype=float)
    if len(columns) != k or not np.all(np.isfinite(columns)):
        raise InputError.out_of_range(
            "moderators", f"{columns.shape}", f"{k} rows of finite numbers", "one row a source"
        )
    x = np.column_stack([np.ones(k), columns])
    if np.linalg.matrix_rank(x) < x.shape[1]:
        raise InputError.out_of_range(
            "moderators",
            list(moderators.columns),
            "columns that differ between sources",
            "drop a constant or twin column",
        )
    return x, ["intercept", *map(str, moderators.columns)]


def _projection(v: np.ndarray, x: np.ndarray, tau2: float) -> np.ndarray:
    w = 1 / (v + tau2)
    wx = x * w[:, None]
    return np.diag(w) - wx @ np.linalg.solve(x.T @ wx, wx.T)


def _quadratic(y: np.ndarray, v: np.ndarray, x: np.ndarray, tau2: float) -> float:
    w = 1 / (v + tau2)
    wx = x * w[:, None]
    residual = y - x @ np.linalg.solve(x.T @ wx, wx.T @ y)
    return float(np.sum(w * residual**2))


def _tau2(y: np.ndarray, v: np.ndarray, x: np.ndarray, method: str) -> float:
    k, p = x.shape
    if method == "FE":
        return 0.0
    if method in ("PM", "EB"):
        return _profile_root(y, v, x, k - p)
    if method in ("ML", "REML"):
        return _likelihood_root(y, v, x, method)
    if method == "HE":
        hat = np.eye(k) - x @ np.linalg.solve(x.T @ x, x.T)
        return max(0.0, float((y @ hat @ y - np.sum(np.diag(hat) * v)) / (k - p)))
    if method == "SJ":
        start = float(np.var(y))
        return _quadratic(y, v / start, x, 1.0) / (k - p) if start > 0 else 0.0
    q, w = _quadratic(y, v, x, 0.0), 1 / v
    if method == "HS":
        return max(0.0, float((q - k) / w.sum()))
    return max(0.0, float((q - (k - p)) / np.trace(_projection(v, x, 0.0))))


def _profile_root(y: np.ndarray, v: np.ndarray, x: np.ndarray, target: float) -> float:
    """The variance between sources at which the generalised Q equals `target`; 0 if it is below already."""
    from scipy.optimize import brentq

    if _quadratic(y, v, x, 0.0) <= target:
        return 0.0
    top = max(float(np.var(y)), float(v.max()))
    while _quadratic(y, v, x, top) > target:
        top *= 2
    return float(brentq(lambda t: _quadratic(y, v, x, t) - target, 0.0, top, xtol=1e-14, rtol=1e-13))


def _likelihood_root(y: np.ndarray, v: np.ndarray, x: np.ndarray, method: str) -> float:
    """ML and REML: the best of a grid, then Fisher scoring; 0 where the likelihood falls from there."""
    top = 10 * max(float(np.var(y)), float(v.max()))
    grid = np.concatenate([[0.0], np.geomspace(1e-6 * top, top, 80)])
    values = [_deviance(y, v, x, t, method) for t in grid]
    place = int(np.argmin(values))
    if place == 0:
        return 0.0
    low, high, tau2 = grid[place - 1], grid[min(place + 1, len(grid) - 1)], grid[place]
    for _ in range(200):
        projection, w = _projection(v, x, tau2), 1 / (v + tau2)
        reml = method == "REML"
        expected = np.trace(projection) if reml else w.sum()
        information = np.sum(projection**2) if reml else np.sum(w**2)
        step = float((np.sum((projection @ y) ** 2) - expected) / information)
        # The bracket shrinks with the sign of the score, so that a step never leaves it.
        low, high = (tau2, high) if step > 0 else (low, tau2)
        new = tau2 + step if low < tau2 + step < high else 0.5 * (low + high)
        if abs(new - tau2) < 1e-12 * top:
            break
        tau2 = new
    return float(tau2) if _deviance(y, v, x, tau2, method) <= values[0] else 0.0


def _deviance(y: np.ndarray, v: np.ndarray, x: np.ndarray, tau2: float, method: str) -> float:
    value = float(np.sum(np.log(v + tau2))) + _quadratic(y, v, x, tau2)
    if method == "REML":
        value += float(np.linalg.slogdet(x.T @ (x / (v + tau2)[:, None]))[1])
    return value


def _weighted_fit(
    y: np.ndarray, v: np.ndarray, x: np.ndarray, tau2: float, inference: str
) -> tuple[np.ndarray, np.ndarray, float]:
    w = 1 / (v + tau2)
    wx = x * w[:, None]
    covariance = np.linalg.inv(x.T @ wx)
    beta = covariance @ (wx.T @ y)
    scale = 1.0
    if inference != "normal":
        scale = float(np.sum(w * (y - x @ beta) ** 2) / (len(y) - x.shape[1]))
        scale = max(1.0, scale) if inference == "mkh" else scale
    return beta, covariance, scale


def _pooled(y, v, x, names, tau2, beta, covariance, scale, choice) -> Pooled:
    method, inference, prediction, level = choice
    k, p = x.shape
    tail = (1 + level) / 2
    critical = special.ndtri(tail) if inference == "normal" else special.stdtrit(k - p, tail)
    errors = np.sqrt(scale * np.diag(covariance))
    coefficients = pd.DataFrame({"estimate": beta, "standard_error": errors}, index=pd.Index(names, name="term"))
    coefficients = coefficients.assign(low=beta - critical * errors, high=beta + critical * errors)
    q = _quadratic(y, v, x, 0.0)
    typical = (k - p) / np.trace(_projection(v, x, 0.0))
    # The prediction interval keeps the normal-theory standard error of the mean, as its source does.
    spread = np.sqrt(covariance[0, 0] + tau2)
    degrees = {"t_k2": k - p - 1, "t_k1": k - p, "normal": np.inf}[prediction]
    reach = special.stdtrit(degrees, tail) * spread
    pooled = Pooled(
        method, inference, level, k, float(beta[0]), float(errors[0]),
        float(beta[0] - critical * errors[0]), float(beta[0] + critical * errors[0]), tau2,
        q, float(special.chdtrc(k - p, q)), float(tau2 / (tau2 + typical)), float(tau2 / typical + 1),
        float(beta[0] - reach), float(beta[0] + reach), 1 / (v + tau2) / np.sum(1 / (v + tau2)), coefficients,
    )  # fmt: skip
    return pooled if p == 1 else replace(pooled, prediction_low=float("-inf"), prediction_high=float("inf"))
