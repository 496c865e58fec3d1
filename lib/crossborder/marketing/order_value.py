"""What a customer spends an order: the gamma-gamma model.

Source: Fader, Hardie and Lee (2005), Journal of Marketing Research 42; Fader and Hardie (2013), note 025.
"""

from dataclasses import dataclass

import numpy as np

from crossborder.errors import InputError, Refusal

__all__ = ["GammaGamma", "fit", "independence"]


@dataclass(frozen=True)
class GammaGamma:
    """Order values gamma(p, v_i), with v_i gamma(q, v) over customers; `covariance` is that of the logs."""

    p: float
    q: float
    v: float
    log_likelihood: float
    customers: int
    covariance: np.ndarray

    @property
    def mean(self) -> float:
        """Mean order value of the population; without bound when q is 1 or less."""
        return self.p * self.v / (self.q - 1) if self.q > 1 else np.inf

    def expected_value(self, orders: np.ndarray, mean_value: np.ndarray) -> np.ndarray:
        """Expected order value given `orders` with the mean `mean_value`: between the own and the population's mean."""
        x, m = np.asarray(orders, dtype=float), np.asarray(mean_value, dtype=float)
        return self.p * (self.v + x * m) / (self.p * x + self.q - 1)

    def draws(self, count: int, rng: np.random.Generator) -> list["GammaGamma"]:
        """Models drawn from the normal approximation of the log parameters."""
        root = np.linalg.cholesky(self.covariance + 1e-12 * np.eye(3))
        made = np.exp(np.log([self.p, self.q, self.v]) + rng.standard_normal((count, 3)) @ root.T)
        made[:, 1] = np.maximum(made[:, 1], 1.01)
        return [GammaGamma(*row, self.log_likelihood, self.customers, self.covariance) for row in made]


def fit(orders: np.ndarray, mean_value: np.ndarray, weight: np.ndarray | None = None) -> GammaGamma:
    """Maximum likelihood from customers with at least one order: their number of orders and mean order value.

    With histories from `buying_models` give the repeat purchases and their mean value, repeaters only.
    """
    from scipy.optimize import minimize

    x, m = np.asarray(orders, dtype=float), np.asarray(mean_value, dtype=float)
    if len(x) == 0:
        raise Refusal.because("no customer has an order value", "customers: 0", "give customers with orders")
    if (x < 1).any() or (m <= 0).any() or not np.isfinite(m).all():
        raise InputError.out_of_range(
            "orders and mean_value", "a row below 1 order or without value", "1 or more, above 0"
        )
    w = np.ones(len(x)) if weight is None else np.asarray(weight, dtype=float)
    scale = float(np.average(m, weights=w))
    likelihood = _Likelihood(x, m / scale, w)
    found = minimize(
        likelihood,
        np.log([2.0, 3.0, 1.5]),
        jac=True,
        method="L-BFGS-B",
        bounds=[(-6, 9)] * 3,
        options={"ftol": 1e-14, "gtol": 1e-8, "maxiter": 2000},
    )
    theta = found.x
    total = w.sum()
    covariance = np.linalg.inv(_hessian(likelihood, theta) * total + 1e-8 * np.eye(3))
    log_likelihood = -float(found.fun) * total - float(total * np.log(scale))
    return GammaGamma(*np.exp(theta[:2]), float(np.exp(theta[2])) * scale, log_likelihood, int(total), covariance)


def independence(orders: np.ndarray, mean_value: np.ndarray) -> float:
    """Correlation of number and value of orders; the model assumes none (say so above about 0.1)."""
    return float(np.corrcoef(np.asarray(orders, dtype=float), np.asarray(mean_value, dtype=float))[0, 1])


class _Likelihood:
    """Mean negative log likelihood and its gradient in (log p, log q, log v)."""

    def __init__(self, x: np.ndarray, m: np.ndarray, w: np.ndarray) -> None:
        self.unique, self.place = np.unique(x, return_inverse=True)
        self.by_x = np.bincount(self.place, w)
        self.x, self.m, self.w = x, m, w
        self.sum_log = float(w @ (-np.log(m)))
        self.sum_x_log = float(w @ (x * np.log(x * m)))
        self.spent = x * m

    def __call__(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        from scipy.special import digamma, gammaln

        p, q, v = np.exp(theta)
        k = self.unique
        log_total = np.log(self.spent + v)
        special = gammaln(p * k + q) - gammaln(p * k) - gammaln(q)
        value = self.by_x @ special + self.w.sum() * q * np.log(v) + self.sum_log + p * self.sum_x_log
        value -= self.w @ ((p * self.x + q) * log_total)
        psi = digamma(p * k + q)
        by_p = self.by_x @ (k * (psi - digamma(p * k))) + self.sum_x_log - self.w @ (self.x * log_total)
        by_q = self.by_x @ (psi - digamma(q)) + self.w.sum() * np.log(v) - self.w @ log_total
        by_v = self.w.sum() * q / v - self.w @ ((p * self.x + q) / (self.spent + v))
        return -value / self.w.sum(), -np.array([p * by_p, q * by_q, v * by_v]) / self.w.sum()


def _hessian(function: _Likelihood, theta: np.ndarray) -> np.ndarray:
    step = 1e-4
    rows = [(function(theta + step * e)[1] - function(theta - step * e)[1]) / (2 * step) for e in np.eye(len(theta))]
    matrix = np.array(rows)
    return (matrix + matrix.T) / 2
