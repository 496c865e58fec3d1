"""What a fitted growth curve says about the future: fan, headroom, time to a share of the ceiling."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy import special

from crossborder.errors import InputError, Refusal
from crossborder.market.growth_curves import CURVES, GrowthFit, cumulative, density, fit_all, refit

__all__ = [
    "bootstrap",
    "ceiling_table",
    "fan",
    "fans_ahead",
    "fit_many",
    "growth_at",
    "headroom",
    "parameter_draws",
    "time_to_share",
]


def parameter_draws(result: GrowthFit, *, rng: np.random.Generator, draws: int = 1000) -> pd.DataFrame:
    """Draws of the curve's parameters around the fit: Student t in logs (`midpoint` as it is), fitted covariance."""
    if not np.all(np.isfinite(result.covariance.to_numpy())):
        raise Refusal.because(
            "the parameters have no interval",
            f"estimator {result.estimator!r} gives none",
            "use 'level' or 'difference'",
        )
    natural = result.parameters.to_numpy()
    scale = np.array([1.0 if name == "midpoint" else value for name, value in result.parameters.items()])
    centre = np.array([v if n == "midpoint" else np.log(v) for n, v in result.parameters.items()])
    covariance = result.covariance.to_numpy() / np.outer(scale, scale)
    values, vectors = np.linalg.eigh(covariance)
    factor = vectors * np.sqrt(np.maximum(values, 0.0))
    noise = rng.standard_normal((draws, len(natural))) / np.sqrt(
        rng.chisquare(result.degrees, (draws, 1)) / result.degrees
    )
    free = centre + noise @ factor.T
    columns = [free[:, i] if n == "midpoint" else np.exp(free[:, i]) for i, n in enumerate(result.parameters.index)]
    return pd.DataFrame(np.column_stack(columns), columns=result.parameters.index)


def fan(result: GrowthFit, times: np.ndarray, *, level: float = 0.9, noise: bool = True) -> pd.DataFrame:
    """The curve at `times` with its interval, in the unit of the values (delta method; logs for relative errors).

    `noise` adds the scatter of single years, for comparing with actuals. Columns `time`, `low`, `median`, `high`.
    """
    t = np.asarray(times, dtype=float)
    relative = result.errors == "relative"
    value, sd = _delta(result, lambda parameters: _at(result, t, parameters), logs=relative)
    sd = np.sqrt(sd**2 + (result.residual_sd**2 if noise else 0.0))
    reach = special.stdtrit(result.degrees, (1 + level) / 2) * sd
    low, high = (value * np.exp(-reach), value * np.exp(reach)) if relative else (value - reach, value + reach)
    return pd.DataFrame({"time": t, "low": np.maximum(low, 0.0), "median": value, "high": high})


def _at(result: GrowthFit, t: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    """What the estimator looked at, level or growth a period, at times `t`."""
    shape = CURVES[result.curve]
    if result.estimator == "level":
        return shape.level(t, *parameters)
    if result.estimator == "density":
        return density(result.curve, t, dict(zip(shape.parameters, parameters, strict=True)))
    step = result.times[1] - result.times[0]
    return shape.level(t, *parameters) - shape.level(t - step, *parameters)


def _delta(result: GrowthFit, of: Callable[[np.ndarray], np.ndarray], *, logs: bool) -> tuple[np.ndarray, np.ndarray]:
    """A function of the parameters and its standard error, in logs if asked, by central differences."""
    covariance = result.covariance.to_numpy()
    if not np.all(np.isfinite(covariance)):
        raise Refusal.because(
            "the curve has no interval", f"estimator {result.estimator!r} gives none", "use 'level' or 'difference'"
        )
    centre = result.parameters.to_numpy()
    steps = np.diag(1e-5 * np.maximum(np.abs(centre), 1e-8))
    turn = (lambda v: np.log(np.maximum(v, 1e-300))) if logs else (lambda v: v)
    slopes = [(turn(of(centre + d)) - turn(of(centre - d))) / (2 * d.sum()) for d in steps]
    gradient = np.stack(slopes)
    return of(centre), np.sqrt(np.einsum("it,ij,jt->t", gradient, covariance, gradient))


def headroom(result: GrowthFit) -> dict[str, float]:
    """How far the last fitted level is from the ceiling: `reached` (fraction), with low and high, and `headroom`.

    The interval is that of the ceiling (profile); an unidentified ceiling is refused.
    """
    if not result.identified:
        raise Refusal.because(
            "the headroom has no value",
            "the ceiling is not identified",
            "give data beyond the turning point, or a prior",
        )
    last = float(cumulative(result.curve, result.times[-1:], result.parameters)[0])
    reached = last / result.parameters["ceiling"]
    return {
        "reached": reached,
        "reached_low": min(1.0, last / result.ceiling_high),
        "reached_high": min(1.0, last / result.ceiling_low),
        "headroom": float(result.parameters["ceiling"] - last),
        "headroom_low": max(0.0, result.ceiling_low - last),
        "headroom_high": result.ceiling_high - last,
    }


def time_to_share(result: GrowthFit, share: float) -> float:
    """The time at which the level reaches `share` (fraction, 0 to 1) of the ceiling, in the unit of the times."""
    if not 0 < share < 1:
        raise InputError.out_of_range("share", share, "a fraction between 0 and 1", "90 % is 0.9")
    from scipy.optimize import brentq

    ceiling = result.parameters["ceiling"]
    span = float(result.times[-1] - result.times[0]) or 1.0
    low, high = float(result.times[0]) - 50 * span, float(result.times[-1]) + 50 * span
    low = 0.0 if result.curve == "bass" else low

    def gap(t: float) -> float:
        return float(cumulative(result.curve, np.array([t]), result.parameters)[0]) / ceiling - share

    if gap(low) > 0 or gap(high) < 0:
        raise Refusal.because(
            f"{share:.0%} of the ceiling is out of sight", "more than 50 histories away", "lower share"
        )
    return float(brentq(gap, low, high))


def bootstrap(result: GrowthFit, *, rng: np.random.Generator, draws: int = 100, level: float = 0.9) -> pd.DataFrame:
    """Parameters refitted to the fitted curve plus resampled residuals: `low`, `median`, `high`, `failed` draws.

    Residuals are inflated by sqrt(n / degrees) so that their spread is not too small. Draws without a fit are counted.
    """
    n = len(result.values)
    relative = result.errors == "relative"
    residual = np.log(result.values / result.fitted) if relative else result.values - result.fitted
    residual = (residual - residual.mean()) * np.sqrt(n / result.degrees)
    noise = residual[rng.integers(0, n, (draws, n))]
    samples = result.fitted * np.exp(noise) if relative else np.maximum(result.fitted + noise, 0.0)
    kept = refit(result, samples).dropna()
    if len(kept) < draws / 2:
        raise Refusal.because(
            "the bootstrap gives no interval", f"{draws - len(kept)} of {draws} refits failed", "use priors"
        )
    frame = kept.quantile([(1 - level) / 2, 0.5, (1 + level) / 2]).T
    frame.columns = ["low", "median", "high"]
    return frame.assign(failed=draws - len(kept))


# A weak prior on the shape of Richards' curve around the logistic (1): it lets the turn lie off the middle.
RICHARDS_PRIOR = {"shape": (1.0, 0.6)}


def fit_many(
    series: pd.DataFrame, curve: str = "logistic", *, priors: dict[str, tuple[float, float]] | None = None, **options
) -> tuple[dict[str, GrowthFit], pd.Series]:
    """A curve for each column of `series` (index: times), and the refusals in words by column.

    Richards' curve gets a weak prior on its shape unless `priors` says otherwise. Every column is either fitted or
    named with the reason why not; nothing is left out in silence.
    """
    priors = RICHARDS_PRIOR if priors is None and curve == "richards" else priors
    times = series.index.to_numpy(dtype=float)
    found = fit_all(curve, times, [series[name].to_numpy() for name in series.columns], priors=priors, **options)
    pairs = list(zip(series.columns, found, strict=True))
    fits = {name: one for name, one in pairs if not isinstance(one, Refusal)}
    refused = {name: " ".join(str(one).split("\n")[:2]) for name, one in pairs if isinstance(one, Refusal)}
    return fits, pd.Series(refused, dtype="str", name="refused")


def ceiling_table(fits: dict[str, GrowthFit]) -> pd.DataFrame:
    """Ceiling with interval, share reached with interval and time at which 90 % is reached, by series."""
    rows = {}
    for name, result in fits.items():
        room = headroom(result)
        rows[name] = {
            "ceiling": result.parameters["ceiling"],
            "ceiling_low": result.ceiling_low,
            "ceiling_high": result.ceiling_high,
            **{k: room[k] for k in ("reached", "reached_low", "reached_high")},
            "fastest_at": result.peak_time,
            "ninety_percent_at": time_to_share(result, 0.9),
        }
    columns = ["ceiling", "ceiling_low", "ceiling_high", "reached", "reached_low", "reached_high", "fastest_at"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=[*columns, "ninety_percent_at"]).astype(float)


def fans_ahead(fits: dict[str, GrowthFit], years: int, *, level: float) -> dict[str, pd.DataFrame]:
    """The fan of each curve from its first time to `years` beyond the last."""
    return {
        name: fan(f, np.arange(f.times[0], f.times[-1] + years + 1), level=level, noise=False)
        for name, f in fits.items()
    }


def growth_at(result: GrowthFit, time: float, *, level: float = 0.9) -> tuple[float, float, float]:
    """Relative growth a period of the level around `time` (fraction): value, low, high."""
    shape, ends = CURVES[result.curve], np.array([time - 0.5, time + 0.5])

    def ratio(parameters: np.ndarray) -> np.ndarray:
        before, after = shape.level(ends, *parameters)
        return np.array([after / before])

    value, sd = _delta(result, ratio, logs=True)
    reach = special.stdtrit(result.degrees, (1 + level) / 2) * sd[0]
    return tuple(float(value[0] * np.exp(side * reach) - 1) for side in (0, -1, 1))
