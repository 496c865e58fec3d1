"""Buying in periods: BG/BB (a chance to buy each period) and sBG (a contract renewed or not)."""

from dataclasses import dataclass

import numpy as np

from crossborder.errors import InputError, Refusal

__all__ = ["BetaGeometric", "BetaGeometricBeta", "fit_bgbb", "fit_sbg"]


@dataclass(frozen=True)
class BetaGeometricBeta:
    """BG/BB: chance to buy beta(alpha, beta), chance to drop out each period beta(gamma, delta)."""

    alpha: float
    beta: float
    gamma: float
    delta: float
    log_likelihood: float
    customers: float

    def expected_purchases(self, periods: np.ndarray) -> np.ndarray:
        """Purchases of a new customer in the first `periods` chances (Fader, Hardie and Shang 2010, equation 8)."""
        from scipy.special import gammaln

        n = np.asarray(periods, dtype=float)
        g, d = _apart(self.gamma), self.delta
        left = np.exp(gammaln(g + d) - gammaln(g + d + n) + gammaln(1 + d + n) - gammaln(1 + d))
        return self.alpha / (self.alpha + self.beta) * d / (g - 1) * (1 - left)

    def future_purchases(
        self, frequency: np.ndarray, recency: np.ndarray, periods: np.ndarray, ahead: float
    ) -> np.ndarray:
        """Purchases expected in the next `ahead` chances, given x, the last at t_x of n (equation 13)."""
        from scipy.special import betaln, gammaln

        x, tx, n = (np.asarray(values, dtype=float) for values in (frequency, recency, periods))
        g, d = _apart(self.gamma), self.delta
        lead = betaln(self.alpha + x + 1, self.beta + n - x) - betaln(self.alpha, self.beta)
        # Logs of the gamma functions are added before the exponential: alone they leave the range of floats.
        base = gammaln(g + d) - gammaln(1 + d)
        now = np.exp(base + gammaln(1 + d + n) - gammaln(g + d + n))
        then = np.exp(base + gammaln(1 + d + n + ahead) - gammaln(g + d + n + ahead))
        return np.exp(lead - _bgbb_log(self._theta, x, tx, n)) * d / (g - 1) * (now - then)

    def probability_alive(self, frequency: np.ndarray, recency: np.ndarray, periods: np.ndarray) -> np.ndarray:
        """Probability that the customer is still there at chance n + 1 (equation 11)."""
        from scipy.special import betaln

        x, tx, n = (np.asarray(values, dtype=float) for values in (frequency, recency, periods))
        alive = betaln(self.alpha + x, self.beta + n - x) - betaln(self.alpha, self.beta)
        alive = alive + betaln(self.gamma, self.delta + n + 1) - betaln(self.gamma, self.delta)
        return np.exp(alive - _bgbb_log(self._theta, x, tx, n))

    @property
    def _theta(self) -> tuple[float, float, float, float]:
        return self.alpha, self.beta, self.gamma, self.delta


@dataclass(frozen=True)
class BetaGeometric:
    """sBG: chance not to renew beta(alpha, beta)."""

    alpha: float
    beta: float
    log_likelihood: float

    def survival(self, periods: np.ndarray) -> np.ndarray:
        """Share of a cohort left after the renewals (equation 6 of Fader and Hardie 2007)."""
        from scipy.special import betaln

        return np.exp(betaln(self.alpha, self.beta + np.asarray(periods, dtype=float)) - betaln(self.alpha, self.beta))

    def retention(self, period: np.ndarray) -> np.ndarray:
        """Share of those left who renew at renewal `period`, from 1; it rises with time."""
        t = np.asarray(period, dtype=float)
        return (self.beta + t - 1) / (self.alpha + self.beta + t - 1)

    def expected_lifetime(self, discount: float = 0.0, horizon: int = 1000) -> float:
        """Periods a new customer stays, the first included, discounted at `discount` a period."""
        periods = np.arange(horizon)
        return float((self.survival(periods) / (1 + discount) ** periods).sum())

    def residual_lifetime(self, renewals: int, discount: float) -> float:
        """Discounted expected residual lifetime after `renewals` (DERL).

        Source: Fader and Hardie (2010), Marketing Science 29(1), equation 6.
        """
        from scipy.special import hyp2f1

        n = renewals + 1
        return float(
            (self.beta + n - 1)
            / (self.alpha + self.beta + n - 1)
            * hyp2f1(1.0, self.beta + n, self.alpha + self.beta + n, 1 / (1 + discount))
        )


def fit_bgbb(
    frequency: np.ndarray, recency: np.ndarray, periods: np.ndarray, weight: np.ndarray | None = None
) -> BetaGeometricBeta:
    """Maximum likelihood of BG/BB; `weight` counts customers with the same history.

    Source: Fader, Hardie and Shang (2010), Marketing Science 29(6), equation 5.
    """
    from scipy.optimize import minimize

    x, tx, n = (np.asarray(values, dtype=float) for values in (frequency, recency, periods))
    w = np.ones(len(x)) if weight is None else np.asarray(weight, dtype=float)
    if ((x < 0) | (tx > n) | (x > tx)).any():
        raise InputError.out_of_range("frequency, recency, periods", "a row out of order", "x <= t_x <= n")
    if not (w * x).sum() > 0:
        raise Refusal.because("no customer bought again", f"customers: {w.sum():.0f}", "observe longer")

    def loss(theta: np.ndarray) -> float:
        return -float(w @ _bgbb_log(tuple(np.exp(theta)), x, tx, n)) / w.sum()

    found = minimize(loss, np.zeros(4), method="L-BFGS-B", bounds=[(-7, 7)] * 4, options={"ftol": 1e-14, "gtol": 1e-8})
    return BetaGeometricBeta(*np.exp(found.x), -found.fun * w.sum(), float(w.sum()))


def fit_sbg(lost: np.ndarray, left: float) -> BetaGeometric:
    """Maximum likelihood of sBG from the customers lost at each renewal and those `left` at the end.

    Source: Fader and Hardie (2007), Journal of Interactive Marketing 21(1), appendix B.
    """
    from scipy.optimize import minimize
    from scipy.special import betaln

    lost = np.asarray(lost, dtype=float)
    if (lost < 0).any() or left < 0 or lost.sum() <= 0:
        raise InputError.out_of_range("lost and left", (lost.tolist(), left), "0 or more, with someone lost")
    t = np.arange(1, len(lost) + 1)

    def loss(theta: np.ndarray) -> float:
        a, b = np.exp(theta)
        gone = betaln(a + 1, b + t - 1) - betaln(a, b)
        return -float(lost @ gone + left * (betaln(a, b + len(lost)) - betaln(a, b)))

    found = minimize(loss, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-10, "maxiter": 4000})
    return BetaGeometric(*np.exp(found.x), -float(found.fun))


def _apart(gamma: float) -> float:
    return gamma if abs(gamma - 1) > 1e-7 else gamma + 2e-7


def _bgbb_log(theta: tuple, x: np.ndarray, tx: np.ndarray, n: np.ndarray) -> np.ndarray:
    from scipy.special import betaln, logsumexp

    alpha, beta, gamma, delta = theta
    base = betaln(alpha, beta) + betaln(gamma, delta)
    alive = betaln(alpha + x, beta + n - x) + betaln(gamma, delta + n) - base
    steps = np.arange(int((n - tx).max()) if len(np.atleast_1d(x)) else 0)
    if len(steps) == 0:
        return alive
    x1, tx1, n1 = (np.atleast_1d(values)[:, None] for values in (x, tx, n))
    later = betaln(alpha + x1, beta + tx1 - x1 + steps) + betaln(gamma + 1, delta + tx1 + steps) - base
    terms = np.where(steps < n1 - tx1, later, -np.inf)
    made = logsumexp(np.column_stack([np.broadcast_to(np.atleast_1d(alive), (len(terms),)), terms]), axis=1)
    return made if np.ndim(x) else made[0]
