"""One mix model over many markets: shared carry-over, saturation and size, each market with its own tilt and controls.

A market's weeks alone leave most channels to their prior, and effects that are held positive then add up to too much.
Markets share what a channel does at their own mean spend; how far each departs from that is drawn in. The interval is
of importance draws around the fit, not of its normal approximation, which is too wide upward on logarithmic scales.
Source: Sun, Wang, Jin, Chan and Koehler (2017), Geo-level Bayesian hierarchical media mix modeling.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal
from crossborder.marketing.adstock import geometric_weights, saturate
from crossborder.marketing.mix_problem import MixPriors, Problem, start_values

__all__ = ["Added", "PanelFit", "added", "fit"]

SPREAD = 0.25
"""Standard deviation of the logarithm by which a market's effects depart from those of all."""
LIMITS = ((-6.0, 3.5), (-4.0, 4.0), (-14.0, 4.0))
TILT_LIMIT = 2.0
FREEDOM = 7.0
CHUNK = 250


@dataclass(frozen=True)
class PanelFit:
    """The fit at its most likely point: `theta` as in `MixFit`, shared, then the tilt of each market (logarithms)."""

    markets: tuple[str, ...]
    channels: tuple[str, ...]
    theta: np.ndarray
    covariance: np.ndarray
    problems: tuple[Problem, ...]
    centre: np.ndarray
    scale: np.ndarray


@dataclass(frozen=True)
class Added:
    """Share of all sales that the channels added, with interval; `channels` and `markets` have share, low and high.

    `worth` is how many independent draws the weighted ones are worth.
    """

    share: float
    low: float
    high: float
    level: float
    channels: pd.DataFrame
    markets: pd.DataFrame
    worth: float


def fit(
    spend: Mapping[str, pd.DataFrame],
    sales: Mapping[str, pd.Series],
    controls: Mapping[str, pd.DataFrame],
    *,
    experiments: Mapping[str, pd.DataFrame] | None = None,
    lags: int = 8,
    saturation: str = "michaelis_menten",
    priors: MixPriors = MixPriors(half_sd=0.8),
    spread: float = SPREAD,
) -> PanelFit:
    """The mix model of all markets together; frames by market as for `mix_model.fit`, with a trend in each.

    `experiments` by market: index channel, columns roi and standard_error. Raises Refusal with fewer weeks than three a
    parameter, or without spend.
    """
    channels = _channels(spend)
    data = {market: _design(spend[market], sales[market], controls[market], channels) for market in spend}
    weeks, wanted = (
        sum(len(y) for _, y, _ in data.values()),
        9 * len(channels) + sum(z.shape[1] for *_, z in data.values()),
    )
    if weeks < wanted:
        raise Refusal.because(
            "a mix model needs more weeks", f"weeks: {weeks}", f"at least {wanted} weeks of all markets"
        )
    tests = {market: _placed(table, channels) for market, table in (experiments or {}).items()}
    share = np.mean([x.sum(axis=0) / max(x.sum(), 1e-12) for x, _, _ in data.values()], axis=0)
    centre = np.concatenate([start_values(share, priors), np.zeros(len(data))])
    spreads = np.repeat([priors.decay_sd, priors.half_sd, priors.size_sd], len(channels)) / np.sqrt(priors.strength)
    scale = np.concatenate([spreads, np.full(len(data), spread)])
    noise = {market: (float(np.std(y)) / 3, 0.0) for market, (_, y, _) in data.items()}
    point, flat = centre, MixPriors(**{**priors.__dict__, "strength": 0.0})
    # Noise and autocorrelation are re-estimated between fits; the experiments join once the noise is known.
    for turn in range(4):
        known = tests if turn > 0 else {}
        problems = tuple(
            Problem(*data[market], lags, saturation, flat, known.get(market), *noise[market]) for market in data
        )
        point, inverse = _solve(problems, point, centre, scale)
        noise = {m: _noise(p, _local(point, place, len(channels)), data[m][2].shape[1]) for place, (m, p) in
                 enumerate(zip(data, problems, strict=True))}  # fmt: skip
    return PanelFit(tuple(data), tuple(channels), point, inverse, problems, centre, scale)


def added(model: PanelFit, *, draws: int = 3000, level: float = 0.9, rng: np.random.Generator) -> Added:
    """Share of sales that the channels added over the period, from importance draws.

    Three rounds: each draws from where the one before has found the mass, weighted by how likely the draws are.
    """
    middle, spread = model.theta, model.covariance
    for _ in range(3):
        points, weights, value = _weighted(model, middle, spread, draws, rng)
        middle = weights @ points
        gap = points - middle
        # A part of the first covariance keeps directions that few draws have seen.
        spread = 0.8 * (gap.T * weights) @ gap + 0.2 * model.covariance
    sold = np.array([problem.level * len(problem.y) for problem in model.problems])
    total = _quantiles(value.sum(axis=(1, 2))[:, None] / sold.sum(), weights, level)[0]
    by_channel = _quantiles(value.sum(axis=1) / sold.sum(), weights, level)
    by_market = _quantiles(value.sum(axis=2) / sold, weights, level)
    frames = [
        pd.DataFrame(part, columns=["share", "low", "high"], index=pd.Index(names, name=name)).reset_index()
        for part, names, name in ((by_channel, model.channels, "channel"), (by_market, model.markets, "market"))
    ]
    return Added(*total.tolist(), level, *frames, float(1 / (weights**2).sum()))


def _weighted(
    model: PanelFit, middle: np.ndarray, spread: np.ndarray, draws: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draws of Student's t around a point, their weights (sum one), and what was added [draw, market, channel]."""
    size = len(middle)
    root = np.linalg.cholesky(spread + 1e-12 * np.eye(size))
    steps = rng.standard_normal((draws, size)) * np.sqrt(FREEDOM / rng.chisquare(FREEDOM, draws))[:, None]
    points = middle + steps @ root.T
    likely, value = np.empty(draws), np.empty((draws, len(model.markets), len(model.channels)))
    for start in range(0, draws, CHUNK):
        part = slice(start, start + CHUNK)
        likely[part], value[part] = _likelihood(model, points[part])
    drawn = -0.5 * (FREEDOM + size) * np.log1p((steps**2).sum(axis=1) / FREEDOM)
    weights = np.exp(likely - drawn - (likely - drawn).max())
    return points, weights / weights.sum(), value


def _likelihood(model: PanelFit, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Log density (up to a constant) of each row of parameters, and what was added [row, market, channel]."""
    n = len(model.channels)
    likely = -0.5 * (((points - model.centre) / model.scale) ** 2).sum(axis=1)
    value = np.empty((len(points), len(model.markets), n))
    half, size = (np.exp(points[:, part * n : (part + 1) * n]).T[:, None, :] for part in (1, 2))
    weights = geometric_weights(1 / (1 + np.exp(-points[:, :n])), model.problems[0].lags).transpose(1, 2, 0)
    for place, problem in enumerate(model.problems):
        # Channel by week by draw, so that the carry-over is one product of matrices a channel.
        stocked = np.matmul(problem.lagged.transpose(1, 0, 2), weights)
        media = size * saturate(stocked, half, problem.saturation) * np.exp(points[:, 3 * n + place])
        gap = problem._projected(problem.white_y[:, None] - problem._whiten(media.sum(axis=0))) / problem.sigma
        likely -= 0.5 * (gap**2).sum(axis=0)
        value[:, place] = media.sum(axis=1).T * problem.level
        if problem.tests is not None:
            at = problem.tests["place"].to_numpy()
            found = value[:, place, at] / problem.spent[at]
            off = (found - problem.tests["roi"].to_numpy()) / problem.tests["standard_error"].to_numpy()
            likely -= 0.5 * (off**2).sum(axis=1)
    low, high = _limits(n, len(model.markets))
    likely[((points < low) | (points > high)).any(axis=1)] = -np.inf
    return likely, value


def _quantiles(values: np.ndarray, weights: np.ndarray, level: float) -> np.ndarray:
    """Weighted median, low and high end of each column."""
    order = np.argsort(values, axis=0, kind="stable")
    reached = np.cumsum(weights[order], axis=0)
    asked = [0.5, (1 - level) / 2, (1 + level) / 2]
    place = np.array([(reached < share).sum(axis=0) for share in asked]).clip(max=len(values) - 1)
    return np.take_along_axis(values, np.take_along_axis(order, place, axis=0), axis=0).T


def _solve(
    problems: tuple[Problem, ...], start: np.ndarray, centre: np.ndarray, scale: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The most likely point and the inverse of the Gauss-Newton Hessian there."""
    from scipy.optimize import least_squares

    n = problems[0].channels
    low, high = _limits(n, len(problems))

    def rows(point: np.ndarray) -> np.ndarray:
        parts = [_data_rows(p, p.residuals(_local(point, place, n))) for place, p in enumerate(problems)]
        return np.concatenate([*parts, (point - centre) / scale])

    def slopes(point: np.ndarray) -> np.ndarray:
        parts = []
        for place, problem in enumerate(problems):
            own = _data_rows(problem, problem.jacobian(_local(point, place, n)))
            tilts = np.zeros((len(own), len(problems)))
            tilts[:, place] = own[:, 2 * n :].sum(axis=1)
            parts.append(np.hstack([own, tilts]))
        return np.vstack([*parts, np.diag(1 / scale)])

    begin = np.clip(start, low + 1e-6, high - 1e-6)
    found = least_squares(rows, begin, slopes, bounds=(low, high), x_scale="jac", ftol=1e-6, xtol=1e-6, max_nfev=60).x
    jacobian = slopes(found)
    return found, np.linalg.inv(jacobian.T @ jacobian)


def _limits(channels: int, markets: int) -> tuple[np.ndarray, np.ndarray]:
    low, high = (np.repeat([pair[side] for pair in LIMITS], channels) for side in (0, 1))
    tilt = np.full(markets, TILT_LIMIT)
    return np.concatenate([low, -tilt]), np.concatenate([high, tilt])


def _local(point: np.ndarray, place: int, n: int) -> np.ndarray:
    """A market's own parameters: the shared ones, with its tilt on every size."""
    theta = point[: 3 * n].copy()
    theta[2 * n :] += point[3 * n + place]
    return theta


def _data_rows(problem: Problem, rows: np.ndarray) -> np.ndarray:
    """Weeks and experiments of a market; its prior rows are left out, the shared prior stands once."""
    weeks, n = len(problem.y), problem.channels
    return np.concatenate([rows[:weeks], rows[weeks + 3 * n :]])


def _noise(problem: Problem, theta: np.ndarray, controls: int) -> tuple[float, float]:
    """Standard error and autocorrelation of a market's residuals, in units of sales."""
    gap = problem.residual_of_sales(theta)
    rho = float(np.clip(gap[1:] @ gap[:-1] / (gap @ gap), 0.0, 0.8))
    white = gap[1:] - rho * gap[:-1]
    return float(np.sqrt(white @ white / max(len(gap) - controls - problem.channels, len(gap) // 2))), rho


def _channels(spend: Mapping[str, pd.DataFrame]) -> list[str]:
    """Channels with spend anywhere, in the order of the first market that has them."""
    names = list(dict.fromkeys(str(name) for frame in spend.values() for name in frame.columns[frame.sum() > 0]))
    if not names:
        raise Refusal.because("no effect can be found", "spend: 0 in all weeks and markets", "give the spend")
    return names


def _design(
    spend: pd.DataFrame, sales: pd.Series, controls: pd.DataFrame, channels: list[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    x, y = spend.reindex(columns=channels).fillna(0.0).to_numpy(float), sales.to_numpy(float)
    if len(x) != len(y) or len(controls) != len(y):
        raise InputError.out_of_range("rows of spend and sales", (len(x), len(y)), "the same weeks in all")
    if (x < 0).any() or not np.isfinite(y).all() or y.sum() <= 0:
        raise InputError.out_of_range("spend and sales", "negative or missing", "numbers; spend 0 or more, some sales")
    trend = (np.arange(len(y)) / len(y) - 0.5)[:, None]
    return x, y, np.hstack([np.ones((len(y), 1)), trend, controls.to_numpy(float)])


def _placed(table: pd.DataFrame, channels: list[str]) -> pd.DataFrame | None:
    missing = {"roi", "standard_error"} - set(table.columns)
    if missing:
        raise InputError.missing_columns("experiments", missing, table.columns)
    known = table[[name in channels for name in table.index]]
    return known.assign(place=[channels.index(name) for name in known.index]) if len(known) else None
