"""Marketing mix model: sales a week from adstocked, saturated spend, season, trend, price and controls.

Effects of media are not negative; decay, half-saturation and size have weak priors; the rest is projected out.
The fit is the posterior mode, intervals are draws of its normal approximation on the log scales.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal
from crossborder.marketing.adstock import geometric_weights, saturate
from crossborder.marketing.mix_problem import MixPriors, Problem, lagged, start_values

__all__ = [
    "MixFit",
    "MixPriors",
    "conflicts",
    "contributions",
    "draw",
    "fit",
    "fourier",
    "roi",
    "total_shares",
    "validate",
]


@dataclass(frozen=True)
class MixFit:
    """A fitted mix model; `theta` holds logit decay, log half-saturation and log size a channel, in this order.

    `fitted` and `base` are in the units of sales; `covariance` is that of `theta`. `begun` is what the first
    round, which knows no experiments, found: theta, noise and its autocorrelation.
    """

    channels: tuple[str, ...]
    theta: np.ndarray
    covariance: np.ndarray
    spend: np.ndarray
    sales: np.ndarray
    controls: np.ndarray
    control_names: tuple[str, ...]
    coefficient: np.ndarray
    sigma: float
    autocorrelation: float
    lags: int
    saturation: str
    calibrated: tuple[str, ...]
    priors: MixPriors
    begun: tuple[np.ndarray, float, float]

    @property
    def decay(self) -> np.ndarray:
        """Share of the effect that remains after a week, a channel."""
        return 1 / (1 + np.exp(-self.theta[: len(self.channels)]))

    @property
    def half_saturation(self) -> np.ndarray:
        """Adstocked weekly spend at which half of the possible effect is reached, a channel."""
        n = len(self.channels)
        return np.exp(self.theta[n : 2 * n]) * self.spend.mean(axis=0)

    @property
    def size(self) -> np.ndarray:
        """Largest weekly sales a channel could add, in units of sales."""
        return np.exp(self.theta[2 * len(self.channels) :]) * self.sales.mean()

    @property
    def fitted(self) -> np.ndarray:
        """Expected sales a week."""
        return self.controls @ self.coefficient + contributions(self).to_numpy().sum(axis=1)

    @property
    def r_squared(self) -> float:
        """Share of the variance of sales that the model explains."""
        return float(1 - np.var(self.sales - self.fitted) / np.var(self.sales))


def fourier(dates: pd.DatetimeIndex, pairs: int = 2, period_days: float = 365.25) -> pd.DataFrame:
    """Sine and cosine pairs of a yearly season at the dates."""
    if pairs < 0:
        raise InputError.out_of_range("pairs", pairs, "0 or more")
    angle = 2 * np.pi * dates.day_of_year.to_numpy()[:, None] * np.arange(1, pairs + 1) / period_days
    names = [f"{wave}_{k}" for wave in ("sine", "cosine") for k in range(1, pairs + 1)]
    return pd.DataFrame(np.hstack([np.sin(angle), np.cos(angle)]), index=dates, columns=names)


def fit(
    spend: pd.DataFrame,
    sales: pd.Series,
    controls: pd.DataFrame | None = None,
    *,
    lags: int = 8,
    saturation: str = "michaelis_menten",
    trend: bool = True,
    priors: MixPriors = MixPriors(),
    experiments: pd.DataFrame | None = None,
    autocorrelated: bool = True,
    held: tuple[str, str, float] | None = None,
    after: MixFit | None = None,
) -> MixFit:
    """The mix model of weekly `sales` on weekly `spend` (one column a channel) and `controls`.

    `experiments`: index channel, columns roi (sales per unit of spend) and standard_error, from tests in the same
    market; they enter as observations of the model's own ROI. `held`: a channel, `decay` or `half_saturation` (over
    mean spend), and the value at which it is kept. `after`: the fit of the same weeks and settings with other
    experiments or none, whose first round is taken over. Raises Refusal with fewer weeks than 3 a parameter.
    """
    x, y, z, names = _design(spend, sales, controls, trend)
    n = x.shape[1]
    if len(y) < 3 * n + z.shape[1] + 10:
        raise Refusal.because(
            "a mix model needs more weeks",
            f"weeks: {len(y)}, channels: {n}, controls: {z.shape[1]}",
            f"at least {3 * n + z.shape[1] + 10} weeks, or fewer channels",
        )
    tested, kept = _tests(experiments, spend.columns), _held(held, spend.columns)
    freedom = max(len(y) - z.shape[1] - 2 * n, len(y) // 2)
    start = (start_values(x.sum(axis=0) / x.sum(), priors), float(np.std(y)) / 3, 0.0)
    theta, sigma, rho = begun = start if after is None else after.begun
    # Noise and autocorrelation are re-estimated between fits; the experiments join once the noise is known.
    for turn in range(0 if after is None else 1, 3):
        tests = tested if turn > 0 else None
        problem = Problem(x, y, z, lags, saturation, priors, tests, sigma, rho)
        theta = problem.solve(theta, starts=2 if turn == 0 else 1, held=kept)
        sigma, rho = _noise(problem.residual_of_sales(theta), freedom, autocorrelated)
        begun = (theta, sigma, rho) if turn == 0 else begun
    problem = Problem(x, y, z, lags, saturation, priors, tests, sigma, rho)
    theta = problem.solve(theta, held=kept)
    return MixFit(
        tuple(map(str, spend.columns)),
        theta,
        problem.covariance(theta),
        x,
        y,
        z,
        names,
        problem.coefficient(theta),
        sigma,
        rho,
        lags,
        saturation,
        tuple(tested.index) if tested is not None else (),
        priors,
        begun,
    )


def _noise(residual: np.ndarray, freedom: int, autocorrelated: bool) -> tuple[float, float]:
    """Spread of the noise of a week without the part that last week's foretells, and that autocorrelation."""
    rho = float(np.clip(residual[1:] @ residual[:-1] / (residual @ residual), 0.0, 0.8)) if autocorrelated else 0.0
    white = residual[1:] - rho * residual[:-1]
    return float(np.sqrt(white @ white / freedom)), rho


def contributions(model: MixFit, theta: np.ndarray | None = None, spend: np.ndarray | None = None) -> pd.DataFrame:
    """Sales a week (row) that each channel (column) added, in units of sales."""
    chosen = model if theta is None else replace(model, theta=theta)
    x = model.spend if spend is None else np.asarray(spend, dtype=float)
    weights = geometric_weights(chosen.decay, model.lags)
    stocked = np.einsum("tcl,cl->tc", lagged(x, model.lags), weights)
    return pd.DataFrame(
        chosen.size * saturate(stocked, chosen.half_saturation, model.saturation), columns=model.channels
    )


def draw(model: MixFit, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Draws of the parameters (draws x parameters) from the normal approximation."""
    root = np.linalg.cholesky(model.covariance + 1e-12 * np.eye(len(model.theta)))
    return model.theta + rng.standard_normal((draws, len(model.theta))) @ root.T


def roi(model: MixFit, *, draws: int = 400, level: float = 0.9, rng: np.random.Generator) -> pd.DataFrame:
    """Sales per unit of spend over the period, a channel, with intervals.

    Columns: spend, contribution, contribution_low, contribution_high, roi, roi_low, roi_high, share_of_sales.
    """
    tail = (1 - level) / 2
    totals = _totals(model, draw(model, draws, rng))
    point = contributions(model).sum().to_numpy()
    low, high = np.quantile(totals, [tail, 1 - tail], axis=0)
    spent = np.maximum(model.spend.sum(axis=0), 1e-300)
    return pd.DataFrame(
        {
            "spend": model.spend.sum(axis=0),
            "contribution": point,
            "contribution_low": low,
            "contribution_high": high,
            "roi": point / spent,
            "roi_low": low / spent,
            "roi_high": high / spent,
            "share_of_sales": point / model.sales.sum(),
        },
        index=pd.Index(model.channels, name="channel"),
    )


def total_shares(model: MixFit, thetas: np.ndarray) -> np.ndarray:
    """Share of all sales that the channels together added, a value a draw."""
    return _totals(model, thetas).sum(axis=1) / model.sales.sum()


def _totals(model: MixFit, thetas: np.ndarray) -> np.ndarray:
    """Contribution of each channel over the period, a row a draw."""
    n, mean = len(model.channels), model.spend.mean(axis=0)
    weights = geometric_weights(1 / (1 + np.exp(-thetas[:, :n])), model.lags)
    stocked = np.einsum("tcl,dcl->tdc", lagged(model.spend, model.lags), weights)
    curve = saturate(stocked, np.exp(thetas[:, n : 2 * n]) * mean, model.saturation)
    return np.exp(thetas[:, 2 * n :]) * model.sales.mean() * curve.sum(axis=0)


def validate(
    spend: pd.DataFrame,
    sales: pd.Series,
    controls: pd.DataFrame | None = None,
    *,
    holdout: int = 13,
    **settings: object,
) -> pd.Series:
    """Error on the last `holdout` weeks of a fit without them, beside the naive forecast (last year or last week).

    Mean absolute errors as a share of mean sales.
    """
    if holdout < 1 or holdout > len(sales) // 2:
        raise InputError.out_of_range("holdout", holdout, f"1 to {len(sales) // 2} weeks")
    early = slice(None, -holdout)
    model = fit(spend[early], sales[early], None if controls is None else controls[early], **settings)
    x, y, z, _ = _design(spend, sales, controls, settings.get("trend", True), scale=len(sales) - holdout)
    predicted = (z @ model.coefficient + contributions(model, spend=x).to_numpy().sum(axis=1))[-holdout:]
    season = 52 if len(y) - holdout >= 52 else 1
    naive = y[-holdout - season : -season][:holdout] if season >= holdout else np.full(holdout, y[-holdout - 1])
    actual = y[-holdout:]
    return pd.Series(
        {
            "error": np.abs(predicted - actual).mean() / actual.mean(),
            "naive_error": np.abs(naive - actual).mean() / actual.mean(),
            "bias": (predicted - actual).mean() / actual.mean(),
            "weeks": holdout,
        }
    )


def conflicts(
    model: MixFit, experiments: pd.DataFrame, *, level: float = 0.9, rng: np.random.Generator
) -> pd.DataFrame:
    """Where an uncalibrated model and an experiment disagree: both ROIs, their gap in standard errors, conflict.

    `experiments`: index channel, columns roi and standard_error.
    """
    from scipy.special import ndtri

    found = roi(model, level=level, rng=rng)
    z = float(ndtri(0.5 + level / 2))
    tested = _tests(experiments, model.channels)
    own = found.loc[tested.index]
    model_error = (own["roi_high"] - own["roi_low"]) / (2 * z)
    gap = (own["roi"] - tested["roi"]) / np.sqrt(model_error**2 + tested["standard_error"] ** 2)
    return pd.DataFrame(
        {
            "model_roi": own["roi"],
            "model_low": own["roi_low"],
            "model_high": own["roi_high"],
            "experiment_roi": tested["roi"],
            "experiment_error": tested["standard_error"],
            "gap_in_errors": gap,
            "conflict": gap.abs() > z,
        }
    )


def _design(
    spend: pd.DataFrame, sales: pd.Series, controls: pd.DataFrame | None, trend: bool, scale: int | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[str, ...]]:
    if len(spend) != len(sales) or (controls is not None and len(controls) != len(sales)):
        raise InputError.out_of_range("rows of spend and sales", (len(spend), len(sales)), "the same weeks in all")
    x, y = spend.to_numpy(dtype=float), sales.to_numpy(dtype=float)
    if (x < 0).any() or not np.isfinite(x).all() or not np.isfinite(y).all():
        raise InputError.out_of_range("spend and sales", "negative or missing", "numbers; spend 0 or more")
    silent = [str(name) for name, total in spend.sum().items() if total <= 0]
    if silent:
        raise Refusal.because(f"no effect can be found for {silent}", "spend: 0 in all weeks", "leave the channel out")
    parts, names = [np.ones((len(y), 1))], ["constant"]
    if trend:
        parts.append((np.arange(len(y)) / (scale or len(y)) - 0.5)[:, None])
        names.append("trend")
    if controls is not None and controls.shape[1]:
        parts.append(controls.to_numpy(dtype=float))
        names += list(map(str, controls.columns))
    return x, y, np.hstack(parts), tuple(names)


def _tests(experiments: pd.DataFrame | None, channels: Sequence[str]) -> pd.DataFrame | None:
    if experiments is None or experiments.empty:
        return None
    missing = {"roi", "standard_error"} - set(experiments.columns)
    if missing:
        raise InputError.missing_columns("experiments", missing, experiments.columns)
    unknown = [name for name in experiments.index if name not in list(channels)]
    if unknown:
        raise InputError.unknown("channel", str(unknown[0]), map(str, channels))
    if (experiments["standard_error"] <= 0).any():
        raise InputError.out_of_range("standard_error", float(experiments["standard_error"].min()), "above 0")
    return experiments.assign(place=[list(channels).index(name) for name in experiments.index])


def _held(held: tuple[str, str, float] | None, channels: Sequence[str]) -> tuple[int, float] | None:
    """Place and value, on the scale of the fit, of the parameter that is kept."""
    if held is None:
        return None
    channel, parameter, value = held
    if channel not in list(channels):
        raise InputError.unknown("channel", channel, map(str, channels))
    if parameter not in ("decay", "half_saturation"):
        raise InputError.unknown("parameter", parameter, ["decay", "half_saturation"])
    if value <= 0 or (parameter == "decay" and value >= 1):
        raise InputError.out_of_range(parameter, value, "above 0, a decay below 1")
    place = list(channels).index(channel)
    if parameter == "decay":
        return place, float(np.log(value / (1 - value)))
    return len(channels) + place, float(np.log(value))
