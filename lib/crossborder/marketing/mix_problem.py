"""The least-squares problem behind the mix model: media by decay, half-saturation and size, the rest projected out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.marketing.adstock import SATURATIONS, geometric_weights, saturation_curve

__all__ = ["MixPriors", "Problem", "lagged", "start_values"]


@dataclass(frozen=True)
class MixPriors:
    """Weak priors of each channel: logit of the decay, log of the half-saturation over the mean adstock, size.

    `strength` multiplies all of them (0 is least squares). All channels together are expected to bring `media_share` of
    sales, in proportion to their spend (the same return for all); `size_sd` is the spread of the log effect around it.
    `half_common_sd` is the spread that all half-saturations share: how bent the curves are is learned from all channels
    and their tests together, each departing from that by `half_sd`. What the weeks never saw, spend near nothing, is
    read off the curve: `beyond_sd` is the error of that, on the log of all effects together; it widens the
    intervals of channels that no test has measured.
    """

    decay_mean: float = 0.35
    decay_sd: float = 1.0
    half_mean: float = 1.5
    half_sd: float = 0.5
    half_common_sd: float = 1.0
    media_share: float = 0.25
    size_sd: float = 1.3
    beyond_sd: float = 0.1
    strength: float = 1.0


@dataclass(frozen=True)
class _Curves:
    """What the parameters `theta` mean, channel by channel, and the media a week that follow."""

    theta: np.ndarray
    decay: np.ndarray
    half: np.ndarray
    size: np.ndarray
    weights: np.ndarray
    stocked: np.ndarray
    media: np.ndarray


class Problem:
    """Least squares of whitened sales on media, controls projected out, with priors and experiments as rows."""

    def __init__(
        self,
        x: np.ndarray,
        y: np.ndarray,
        z: np.ndarray,
        lags: int,
        saturation: str,
        priors: MixPriors,
        experiments: pd.DataFrame | None,
        sigma: float,
        rho: float,
    ) -> None:
        self.level, self.mean = float(y.mean()), np.maximum(x.mean(axis=0), 1e-12)
        self.lagged = lagged(x / self.mean, lags)
        self.y, self.z, self.saturation, self.priors = y / self.level, z, saturation, priors
        self.lags, self.sigma, self.rho = lags, sigma / self.level, rho
        self.white_z = self._whiten(z)
        self.projector = np.linalg.pinv(self.white_z)
        self.white_y = self._whiten(self.y)
        self.channels = x.shape[1]
        self.spent, self.tests = x.sum(axis=0), experiments
        self.prior_rows = _prior_rows(priors, self.channels)
        self.centre = start_values(self.spent / self.spent.sum(), priors)
        saturation_curve(1.0, saturation)  # an unknown family is refused here, not in each step
        self.last: _Curves | None = None
        if experiments is not None:
            self.at, self.tested_roi, self.tested_error = (
                experiments[name].to_numpy() for name in ("place", "roi", "standard_error")
            )
            self.test_columns = self.at + self.channels * np.arange(3)[:, None]

    def _whiten(self, rows: np.ndarray) -> np.ndarray:
        white = np.empty_like(rows, dtype=float)
        np.subtract(rows[1:], self.rho * rows[:-1], out=white[1:])
        white[0] = rows[0] * np.sqrt(1 - self.rho**2)
        return white

    def media(self, theta: np.ndarray) -> np.ndarray:
        """Contribution a week and channel, as shares of mean sales."""
        return self._curves(theta).media

    def _curves(self, theta: np.ndarray) -> "_Curves":
        """Carry-over, curves and media at some parameters; residuals and derivatives are asked for the same ones."""
        if self.last is not None and np.array_equal(self.last.theta, theta):
            return self.last
        n = self.channels
        decay, half, size = 1 / (1 + np.exp(-theta[:n])), np.exp(theta[n : 2 * n]), np.exp(theta[2 * n :])
        weights = geometric_weights(decay, self.lags)
        stocked = np.einsum("tcl,cl->tc", self.lagged, weights)
        curve = SATURATIONS[self.saturation]
        self.last = _Curves(theta.copy(), decay, half, size, weights, stocked, size * curve(stocked, half))
        return self.last

    def residuals(self, theta: np.ndarray) -> np.ndarray:
        media = self.media(theta)
        parts = [self._projected(self.white_y - self._whiten(media.sum(axis=1))) / self.sigma, self._prior(theta)]
        if self.tests is not None:
            found = media.sum(axis=0)[self.at] * self.level / self.spent[self.at]
            parts.append((found - self.tested_roi) / self.tested_error)
        return np.concatenate(parts)

    def jacobian(self, theta: np.ndarray) -> np.ndarray:
        """Exact derivatives of `residuals`, parameter by parameter."""
        by_theta = self._media_slopes(theta)
        moved = -self._projected(self._whiten(by_theta)) / self.sigma
        if self.tests is None:
            return np.vstack([moved, self.prior_rows])
        gain = by_theta.sum(axis=0)[self.test_columns] * self.level / self.spent[self.at] / self.tested_error
        picked = np.zeros((len(self.at), by_theta.shape[1]))
        picked[np.arange(len(self.at)), self.test_columns] = gain
        return np.vstack([moved, self.prior_rows, picked])

    def _projected(self, rows: np.ndarray) -> np.ndarray:
        return rows - self.white_z @ (self.projector @ rows)

    def _media_slopes(self, theta: np.ndarray) -> np.ndarray:
        """Derivative of each channel's media by its own decay, half-saturation and size (weeks x parameters)."""
        at = self._curves(theta)
        lag, weights, half, stocked = np.arange(self.lags), at.weights, at.half, at.stocked
        by_logit = weights * (lag - (weights * lag).sum(axis=1, keepdims=True)) * (1 - at.decay)[:, None]
        step = 1e-6 * half
        curve = SATURATIONS[self.saturation]
        slope = (curve(stocked + step, half) - curve(np.maximum(stocked - step, 0.0), half)) / (
            step + np.minimum(step, stocked)
        )
        by_decay = at.size * slope * np.einsum("tcl,cl->tc", self.lagged, by_logit)
        return np.hstack([by_decay, -at.size * slope * stocked, at.media])

    def _prior(self, theta: np.ndarray) -> np.ndarray:
        return self.prior_rows @ (theta - self.centre)

    def solve(self, theta: np.ndarray, starts: int = 1, held: tuple[int, float] | None = None) -> np.ndarray:
        """The most likely parameters; `held` keeps one of them (its place) at a value."""
        from scipy.optimize import least_squares

        n = self.channels
        low = np.repeat([-6.0, -4.0, -14.0], n)
        high = np.repeat([3.5, 4.0, 4.0], n)
        free: slice | np.ndarray = slice(None)
        fixed = np.array(theta, dtype=float)
        if held is not None:
            free, fixed[held[0]] = np.arange(3 * n) != held[0], held[1]

        def whole(part: np.ndarray) -> np.ndarray:
            made = fixed.copy()
            made[free] = part
            return made

        best = None
        for start in range(starts):
            begin = np.clip(fixed + 0.7 * start * np.repeat([1.0, 1.0, -1.0], n), low + 1e-6, high - 1e-6)[free]
            found = least_squares(
                lambda part: self.residuals(whole(part)),
                begin,
                lambda part: np.asfortranarray(self.jacobian(whole(part))[:, free]),  # the solver works by columns
                bounds=(low[free], high[free]),
                x_scale="jac",
                max_nfev=200,
            )
            best = found if best is None or found.cost < best.cost else best
        return whole(best.x)

    def covariance(self, theta: np.ndarray) -> np.ndarray:
        """Inverse of the Gauss-Newton Hessian; a floor keeps directions without information finite."""
        jacobian = self.jacobian(theta)
        made = np.linalg.inv(jacobian.T @ jacobian + 0.05 * np.eye(len(theta)))
        beyond = np.full(self.channels, self.priors.beyond_sd)
        if self.tests is not None:
            # A hold-out measures the effect down to nothing: the better it does, the less is read off the curve.
            at = self.tests["place"].to_numpy()
            error = (self.tests["standard_error"] / self.tests["roi"].clip(lower=1e-9)).to_numpy()
            beyond[at] *= error**2 / (error**2 + beyond[at] ** 2 + 1e-12)
        made[2 * self.channels :, 2 * self.channels :] += np.outer(beyond, beyond)
        return made

    def coefficient(self, theta: np.ndarray) -> np.ndarray:
        gap = self.white_y - self._whiten(self.media(theta).sum(axis=1))
        return self.projector @ gap * self.level

    def residual_of_sales(self, theta: np.ndarray) -> np.ndarray:
        fitted = self.z @ self.coefficient(theta) + self.media(theta).sum(axis=1) * self.level
        return self.y * self.level - fitted


def _prior_rows(priors: MixPriors, channels: int) -> np.ndarray:
    """Matrix that turns distances from the prior centre into standard normals, parameter block by block."""
    even = np.full((channels, channels), 1 / channels)
    made = np.zeros((3 * channels, 3 * channels))
    spreads = ((priors.decay_sd, 0.0), (priors.half_sd, priors.half_common_sd), (priors.size_sd, 0.0))
    for block, (own, common) in enumerate(spreads):
        at = slice(block * channels, (block + 1) * channels)
        together = np.sqrt(own**2 + channels * common**2)
        made[at, at] = (np.eye(channels) - even) / own + even / together
    return np.sqrt(priors.strength) * made


def start_values(spend_share: np.ndarray, priors: MixPriors) -> np.ndarray:
    """Prior centre of logit decay, log half-saturation and log size, channel by channel."""
    ones = np.ones(len(spend_share))
    size = np.log(np.maximum(spend_share, 1e-6) * priors.media_share * (1 + priors.half_mean))
    return np.concatenate(
        [ones * np.log(priors.decay_mean / (1 - priors.decay_mean)), ones * np.log(priors.half_mean), size]
    )


def lagged(x: np.ndarray, lags: int) -> np.ndarray:
    """Values of each channel 0, 1, ... periods ago; periods before the first count as 0."""
    padded = np.vstack([np.zeros((lags - 1, x.shape[1])), x])
    return np.lib.stride_tricks.sliding_window_view(padded, lags, axis=0)[:, :, ::-1]
