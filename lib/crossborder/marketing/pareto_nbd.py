"""Repeat buying with dropout at any moment: Pareto/NBD.

Source: Schmittlein, Morrison and Colombo (1987), Management Science 33(1); likelihood after Fader and Hardie (2005),
A note on deriving the Pareto/NBD model, equation 22.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import Refusal
from crossborder.marketing.buying_models import check_history

__all__ = ["ParetoNBD", "discounted_purchases", "expected_purchases", "fit", "future_purchases", "probability_alive"]


@dataclass(frozen=True)
class ParetoNBD:
    """Purchase rate gamma(r, alpha), dropout rate gamma(s, beta)."""

    r: float
    alpha: float
    s: float
    beta: float
    log_likelihood: float
    customers: int


def fit(frequency: np.ndarray, recency: np.ndarray, age: np.ndarray, *, starts: int = 2) -> ParetoNBD:
    """Maximum likelihood on grouped customers."""
    from scipy.optimize import minimize

    x, tx, t = check_history(frequency, recency, age)
    if not (x > 0).any():
        raise Refusal.because("no customer bought twice", f"customers: {len(x)}", "observe longer, or pool segments")
    scale = t.max()
    grouped = (
        pd.DataFrame({"x": x, "tx": tx / scale, "t": t / scale}).groupby(["x", "tx", "t"]).size().reset_index(name="n")
    )
    columns = [grouped[name].to_numpy(float) for name in ("x", "tx", "t")]
    n = grouped["n"].to_numpy(float)
    pairs = [_distinct(columns[0], times) for times in columns[1:]]

    def loss(theta: np.ndarray) -> float:
        # In a corner of the bounds 2F1 leaves the range of floats: such a step is made to lose, without a warning.
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            value = -float(n @ _parts(np.exp(theta), *columns, pairs)[0]) / n.sum()
        return (value if np.isfinite(value) else 1e6) + 1e-9 * float(theta @ theta)

    best = None
    for start in range(starts):
        begin = np.log([0.6, 0.3, 0.6, 0.3 + 0.5 * start])
        found = minimize(loss, begin, method="L-BFGS-B", bounds=[(-8, 8)] * 4, options={"ftol": 1e-14, "gtol": 1e-8})
        best = found if best is None or found.fun < best.fun else best
    r, alpha, s, beta = np.exp(best.x)
    log_likelihood = float(n @ _parts(np.exp(best.x), *columns, pairs)[0]) - float(
        (n * columns[0]).sum() * np.log(scale)
    )
    return ParetoNBD(r, alpha * scale, s, beta * scale, log_likelihood, int(n.sum()))


def expected_purchases(model: ParetoNBD, t: np.ndarray) -> np.ndarray:
    """Repeat purchases that a new customer makes by time `t`."""
    t = np.asarray(t, dtype=float)
    s = model.s if abs(model.s - 1) > 1e-7 else model.s + 2e-7
    return model.r * model.beta / (model.alpha * (s - 1)) * (1 - (model.beta / (model.beta + t)) ** (s - 1))


def probability_alive(model: ParetoNBD, frequency: np.ndarray, recency: np.ndarray, age: np.ndarray) -> np.ndarray:
    """Probability that a customer has not dropped out."""
    x, tx, t = check_history(frequency, recency, age)
    both, alive = _parts((model.r, model.alpha, model.s, model.beta), x, tx, t)
    return np.exp(alive - both)


def future_purchases(
    model: ParetoNBD, frequency: np.ndarray, recency: np.ndarray, age: np.ndarray, t: float | np.ndarray
) -> np.ndarray:
    """Purchases expected in the next `t`, given a customer's history."""
    x, _, age_now = check_history(frequency, recency, age)
    s = model.s if abs(model.s - 1) > 1e-7 else model.s + 2e-7
    rate = (model.r + x) * (model.beta + age_now) / ((model.alpha + age_now) * (s - 1))
    ahead = 1 - ((model.beta + age_now) / (model.beta + age_now + np.asarray(t, dtype=float))) ** (s - 1)
    return rate * ahead * probability_alive(model, frequency, recency, age)


def discounted_purchases(
    model: ParetoNBD, frequency: np.ndarray, recency: np.ndarray, age: np.ndarray, rate: float
) -> np.ndarray:
    """Discounted expected residual purchases (DERT) without end, at a continuous discount `rate` per unit of time.

    Source: Fader, Hardie and Lee (2005), Journal of Marketing Research 42, equation 3.
    """
    from scipy.special import hyperu

    x, _, age_now = check_history(frequency, recency, age)
    span = model.beta + age_now
    factor = rate ** (model.s - 1) * span**model.s * hyperu(model.s, model.s, rate * span)
    alive = probability_alive(model, frequency, recency, age)
    return alive * (model.r + x) / (model.alpha + age_now) * factor


def _distinct(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The distinct pairs of two columns, and the place of each row among them."""
    pairs, place = np.unique(np.column_stack([x, y]), axis=0, return_inverse=True)
    return *pairs.T, place.ravel()


def _parts(
    theta: tuple, x: np.ndarray, tx: np.ndarray, t: np.ndarray, pairs: list[tuple] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Log likelihood of each customer, and its part in which the customer is still alive.

    `pairs`: the distinct pairs of x with tx and with t, for many calls.
    """
    from scipy.special import gammaln

    r, alpha, s, beta = theta
    lead = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    alive = lead - (r + x) * np.log(alpha + t) - s * np.log(beta + t)
    if pairs is None:
        first, second = _log_term(theta, x, tx), _log_term(theta, x, t)
    else:
        first, second = (_log_term(theta, *values)[place] for *values, place in pairs)
    gone = lead + np.log(s / (r + s + x)) + first + np.log1p(-np.exp(np.minimum(second - first, -1e-15)))
    return np.logaddexp(alive, gone), alive


def _log_term(theta: tuple, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """log of 2F1(r+s+x, c; r+s+x+1; |alpha - beta| / (larger + y)) / (larger + y)^(r+s+x)."""
    from scipy.special import hyp2f1

    r, alpha, s, beta = theta
    total = r + s + x
    larger = max(alpha, beta)
    other = s + 1 if alpha >= beta else r + x
    z = abs(alpha - beta) / (larger + y)
    return (
        (1 - other) * np.log1p(-z) + np.log(hyp2f1(1.0, total + 1 - other, total + 1, z)) - total * np.log(larger + y)
    )
