"""Tails beyond the record: peaks over a threshold, Cornish and Fisher's quantile, and tails that go together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri, stdtr

from crossborder.errors import InputError, Refusal

__all__ = ["Peaks", "archimedean_tail", "cornish_fisher", "mean_excess", "peaks_over_threshold", "t_copula_tail"]

FEWEST_PEAKS = 30


@dataclass(frozen=True)
class Peaks:
    """A generalised Pareto tail above a threshold: shape and scale with their covariance, and how much lies above.

    Losses are positive. `value_at_risk` and `shortfall` follow McNeil, Frey and Embrechts, section 5.2.3.
    """

    threshold: float
    shape: float
    scale: float
    peaks: int
    observations: int
    covariance: np.ndarray

    @property
    def share_above(self) -> float:
        """Share of the observations above the threshold."""
        return self.peaks / self.observations

    def value_at_risk(self, level: ArrayLike) -> np.ndarray:
        """Loss that is passed with probability 1 - level; the level must lie above the threshold's."""
        level = np.asarray(level, float)
        if (level <= 1 - self.share_above).any() or (level >= 1).any():
            raise InputError.out_of_range("level", float(level.min()), f"{1 - self.share_above:.4f} to below 1", "")
        ratio = (1 - level) / self.share_above
        if abs(self.shape) < 1e-9:
            return self.threshold - self.scale * np.log(ratio)
        return self.threshold + self.scale / self.shape * (ratio**-self.shape - 1)

    def shortfall(self, level: ArrayLike) -> np.ndarray:
        """Mean loss beyond the value at risk; infinite for a shape of 1 or more."""
        var = self.value_at_risk(level)
        if self.shape >= 1:
            return np.full_like(var, np.inf)
        return (var + self.scale - self.shape * self.threshold) / (1 - self.shape)

    def interval(self, level: float, *, confidence: float = 0.9) -> tuple[float, float]:
        """Interval of the value at risk by the delta method on its logarithm above the threshold."""
        step = 1e-5
        here = float(self.value_at_risk(level)) - self.threshold
        moved = [
            float(self._with(shape, scale).value_at_risk(level)) - self.threshold
            for shape, scale in ((self.shape + step, self.scale), (self.shape, self.scale * (1 + step)))
        ]
        slope = np.array([(moved[0] - here) / step, (moved[1] - here) / (self.scale * step)]) / here
        spread = float(ndtri(0.5 + confidence / 2)) * float(np.sqrt(slope @ self.covariance @ slope))
        return self.threshold + here * float(np.exp(-spread)), self.threshold + here * float(np.exp(spread))

    def _with(self, shape: float, scale: float) -> "Peaks":
        return Peaks(self.threshold, shape, scale, self.peaks, self.observations, self.covariance)


def peaks_over_threshold(losses: ArrayLike, threshold: float | None = None, *, share: float = 0.1) -> Peaks:
    """Maximum-likelihood fit of the generalised Pareto distribution to the losses above a threshold.

    Without a threshold the largest `share` of the losses are the peaks. Standard errors are those of the theory
    (Smith, 1987), valid for a shape above -1/2. Refuses fewer than 30 peaks.
    """
    values = np.asarray(losses, float)
    if not np.isfinite(values).all():
        raise InputError.out_of_range("losses", "not finite", "finite numbers")
    level = float(np.quantile(values, 1 - share)) if threshold is None else float(threshold)
    peaks = values[values > level] - level
    if len(peaks) < FEWEST_PEAKS:
        raise Refusal.because(
            "no tail", f"{len(peaks)} losses above {level:g}", f"{FEWEST_PEAKS} are needed: lower the threshold"
        )
    shape, scale = _fitted(peaks)
    n = len(peaks)
    covariance = (1 + shape) / n * np.array([[1 + shape, -scale], [-scale, 2 * scale**2]])
    return Peaks(level, shape, scale, n, len(values), covariance)


def mean_excess(losses: ArrayLike, thresholds: ArrayLike) -> np.ndarray:
    """Mean of the losses above each threshold less the threshold; a straight line means a Pareto tail."""
    values, levels = np.sort(np.asarray(losses, float)), np.asarray(thresholds, float)
    place = np.searchsorted(values, levels, side="right")
    above = len(values) - place
    total = np.concatenate([np.cumsum(values[::-1])[::-1], [0.0]])
    if (above < 1).any():
        raise InputError.out_of_range("thresholds", float(levels.max()), f"below the largest loss {values[-1]:g}", "")
    return total[place] / above - levels


def cornish_fisher(level: float, mean: float, spread: float, skewness: float, excess_kurtosis: float) -> float:
    """Value at risk (a loss, positive) of returns with skewness and excess kurtosis (Cornish and Fisher, 1937).

    Returns' quantile is mean + spread x z, z being the normal quantile with its third- and fourth-moment corrections.
    Refused where the corrected quantile would not rise with the level (Maillard, 2012).
    """
    if not 0.5 < level < 1 or spread < 0:
        raise InputError.out_of_range("level, spread", (level, spread), "0.5 to below 1; 0 or more")
    s, k = skewness, excess_kurtosis
    z = float(ndtri(1 - level))
    slope = 1 + s * z / 3 + k * (z**2 - 1) / 8 - s**2 * (6 * z**2 - 5) / 36
    if slope <= 0:
        raise Refusal.because(
            "no corrected quantile", f"skewness {s:g} and excess kurtosis {k:g}", "use the record's own quantile"
        )
    corrected = z + (z**2 - 1) * s / 6 + (z**3 - 3 * z) * k / 24 - (2 * z**3 - 5 * z) * s**2 / 36
    return -(mean + spread * corrected)


def t_copula_tail(correlation: ArrayLike, nu: ArrayLike) -> np.ndarray:
    """Tail dependence of a t copula, both tails: 2 t(nu+1)(-root((nu + 1)(1 - rho) / (1 + rho))).

    Source: McNeil, Frey and Embrechts, equation 7.39; a Gaussian copula (nu without bound) has none below rho 1.
    """
    rho, nu = np.asarray(correlation, float), np.asarray(nu, float)
    if (abs(rho) > 1).any() or (nu <= 0).any():
        raise InputError.out_of_range("correlation, nu", (rho.min(), nu.min()), "-1 to 1; above 0")
    with np.errstate(divide="ignore"):
        return 2 * stdtr(nu + 1, -np.sqrt((nu + 1) * (1 - rho) / (1 + rho)))


def archimedean_tail(family: str, theta: float) -> dict[str, float]:
    """Lower and upper tail dependence and Kendall's tau of the Clayton or Gumbel copula (the same, table 7.5)."""
    if family == "clayton" and theta > 0:
        return {"lower": 2 ** (-1 / theta), "upper": 0.0, "tau": theta / (theta + 2)}
    if family == "gumbel" and theta >= 1:
        return {"lower": 0.0, "upper": 2 - 2 ** (1 / theta), "tau": 1 - 1 / theta}
    if family not in ("clayton", "gumbel"):
        raise InputError.unknown("family", family, ("clayton", "gumbel"))
    raise InputError.out_of_range("theta", theta, "above 0 for clayton, 1 or more for gumbel")


def _fitted(peaks: np.ndarray) -> tuple[float, float]:
    """Shape and scale by the profile likelihood in their ratio (Grimshaw, 1993, on a grid, then refined)."""
    from scipy.optimize import minimize_scalar

    largest, mean = float(peaks.max()), float(peaks.mean())

    def loss(log_gap: float) -> float:
        # tau = shape / scale, kept above -1 / largest so that every peak is possible.
        tau = (np.exp(log_gap) - 1) / largest
        if abs(tau * mean) < 1e-9:
            return float(np.log(mean) + 1)
        shape = float(np.log1p(tau * peaks).mean())
        return float(np.log(shape / tau) + shape + 1)

    grid = np.linspace(-6, 8, 141)
    best = grid[int(np.argmin([loss(point) for point in grid]))]
    found = minimize_scalar(loss, bounds=(best - 0.1, best + 0.1), method="bounded", options={"xatol": 1e-10})
    tau = (np.exp(float(found.x)) - 1) / largest
    if abs(tau * mean) < 1e-9:
        return 0.0, mean
    shape = float(np.log1p(tau * peaks).mean())
    return shape, shape / tau
