"""Repeat buying without a contract: BG/NBD and MBG/NBD.

A customer buys at a gamma-distributed rate and may drop out after a purchase with a beta-distributed probability;
in MBG/NBD also right after the first one. Customers are given by x (repeat purchases), t_x (time of the last one,
from the first purchase) and T (time under observation), in one unit of time.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = [
    "BuyingModel",
    "chance_of_purchase",
    "check_history",
    "expected_purchases",
    "fit",
    "fit_by",
    "future_purchases",
    "probability_alive",
]


ALIKE_RIDGE = 1e-3
"""Penalty a customer where customers are too much alike for a fit without one."""


@dataclass(frozen=True)
class BuyingModel:
    """Parameters r, alpha, a, b of `kind` bg or mbg, with covariate effects and the covariance of their logs.

    `rate_effect` shifts log purchase rate, `dropout_effect` log of both dropout parameters, per unit of covariate.
    """

    kind: str
    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    customers: int
    covariance: np.ndarray
    rate_effect: np.ndarray = None
    dropout_effect: np.ndarray = None

    @property
    def parameters(self) -> pd.Series:
        """The four parameters."""
        return pd.Series({"r": self.r, "alpha": self.alpha, "a": self.a, "b": self.b})

    def draws(self, count: int, rng: np.random.Generator) -> list["BuyingModel"]:
        """Models drawn from the normal approximation of the log parameters."""
        root = _root(self.covariance)
        centre = np.log([self.r, self.alpha, self.a, self.b])
        made = centre + rng.standard_normal((count, len(root))) @ root[:, :4]
        return [
            BuyingModel(
                self.kind,
                *np.exp(row),
                self.log_likelihood,
                self.customers,
                self.covariance,
                self.rate_effect,
                self.dropout_effect,
            )
            for row in made
        ]


def fit(
    frequency: np.ndarray,
    recency: np.ndarray,
    age: np.ndarray,
    *,
    kind: str = "bg",
    covariates: np.ndarray | None = None,
    weight: np.ndarray | None = None,
    ridge: float = 0.0,
) -> BuyingModel:
    """Maximum likelihood of BG/NBD (`bg`) or MBG/NBD (`mbg`); identical customers are grouped, the gradient is exact.

    `covariates` (customers x columns) shift purchase rate and dropout on the log scale; `ridge` penalises squared log
    parameters per customer. Where customers hardly differ, so that the fit runs away, a small ridge holds it.
    Source: Fader, Hardie and Lee (2005), Marketing Science 24(2), equation 6; Batislam, Denizel and Filiztekin (2007),
    International Journal of Research in Marketing 24(3); covariates: Fader and Hardie (2007), note 019.
    """
    if kind not in ("bg", "mbg"):
        raise InputError.unknown("kind", kind, ["bg", "mbg"])
    x, tx, t = check_history(frequency, recency, age)
    if not (x > 0).any():
        raise Refusal.because("no customer bought twice", f"customers: {len(x)}", "observe longer, or pool segments")
    z = np.zeros((len(x), 0)) if covariates is None else np.asarray(covariates, dtype=float)
    x, tx, t, z, n = _grouped(x, tx, t, z, weight)
    scale = t.max()
    likelihood = _Likelihood(x, tx / scale, t / scale, z, n, kind, ridge)
    theta = likelihood.start()
    if len(x) > 50_000:
        # A sample of the groups brings the start so near, and the curvature too, that few steps on all are enough.
        some = slice(None, None, len(x) // 20_000)
        few = _Likelihood(x[some], tx[some] / scale, t[some] / scale, z[some], n[some], kind, ridge)
        theta, curvature = _newton(likelihood, _descend(few, theta), few)
    else:
        theta = _descend(likelihood, theta)
        curvature = _hessian(likelihood, theta)
    covariance = np.linalg.inv(curvature * n.sum() + 1e-8 * np.eye(len(theta)))
    r, alpha, a, b = np.exp(theta[:4])
    # Time was divided by `scale`; the density of x purchases then gains a factor scale^-x.
    fitted = -likelihood.plain(theta) * n.sum() - float((n * x).sum() * np.log(scale))
    k = z.shape[1]
    effects = theta[4 : 4 + k], theta[4 + k :]
    model = BuyingModel(kind, r, alpha * scale, a, b, fitted, int(n.sum()), covariance, *effects)
    if ridge == 0.0 and not np.isfinite(expected_purchases(model, float(scale))):
        # Customers who hardly differ drive the parameters to where the formulas have no numbers.
        return fit(x, tx, t, kind=kind, covariates=z if k else None, weight=n, ridge=ALIKE_RIDGE)
    return model


def fit_by(history: pd.DataFrame, by: str, *, kind: str = "bg", smallest: int = 300) -> pd.DataFrame:
    """One model a group (market, channel), with a first-year expectation; groups below `smallest` customers are pooled.

    Columns: customers, r, alpha, a, b, purchases_first_year, pooled.
    """
    sizes = history[by].value_counts()
    pooled = fit(history["frequency"], history["recency"], history["age"], kind=kind)
    rows = {}
    for name, size in sizes.items():
        own = history[history[by] == name]
        enough = size >= smallest and (own["frequency"] > 0).any()
        model = fit(own["frequency"], own["recency"], own["age"], kind=kind) if enough else pooled
        rows[name] = {
            "customers": size,
            **model.parameters,
            "purchases_first_year": float(expected_purchases(model, 365.0)),
            "pooled": not enough,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(by)


def expected_purchases(model: BuyingModel, t: float | np.ndarray) -> np.ndarray:
    """Repeat purchases that a new customer makes by time `t`."""
    t = np.asarray(t, dtype=float)
    return future_purchases(model, np.zeros_like(t), np.zeros_like(t), np.zeros_like(t), t)


def future_purchases(
    model: BuyingModel,
    frequency: np.ndarray,
    recency: np.ndarray,
    age: np.ndarray,
    t: float | np.ndarray,
    covariates: np.ndarray | None = None,
) -> np.ndarray:
    """Purchases expected in the next `t`, given a customer's history (equation 10 of Fader, Hardie and Lee 2005)."""
    from scipy.special import hyp2f1

    x, tx, age = check_history(frequency, recency, age)
    alpha, a, b = _shifted(model, covariates, len(x) if x.ndim else 1)
    a = np.where(np.abs(a - 1) < 1e-7, a + 2e-7, a)
    m = x + (model.kind == "mbg")
    power = model.r + x
    ahead = np.asarray(t, dtype=float)
    series = hyp2f1(power, b + m, a + b + m - 1, ahead / (alpha + age + ahead))
    bought = (a + b + m - 1) / (a - 1) * (1 - ((alpha + age) / (alpha + age + ahead)) ** power * series)
    return bought * _alive(model, x, tx, age, alpha, a, b)


def probability_alive(
    model: BuyingModel,
    frequency: np.ndarray,
    recency: np.ndarray,
    age: np.ndarray,
    covariates: np.ndarray | None = None,
) -> np.ndarray:
    """Probability that a customer has not dropped out."""
    x, tx, age = check_history(frequency, recency, age)
    return _alive(model, x, tx, age, *_shifted(model, covariates, len(x) if x.ndim else 1))


def chance_of_purchase(
    model: BuyingModel,
    frequency: np.ndarray,
    recency: np.ndarray,
    age: np.ndarray,
    t: float | np.ndarray,
    covariates: np.ndarray | None = None,
) -> np.ndarray:
    """Chance of at least one purchase in the next `t`, given a customer's history.

    A customer who is still there buys at a rate gamma(r + x, alpha + T), and drops out after a purchase only: nothing
    comes with chance ((alpha + T) / (alpha + T + t))^(r + x) (Fader, Hardie and Lee 2005, appendix).
    """
    x, tx, age = check_history(frequency, recency, age)
    alpha, a, b = _shifted(model, covariates, len(x) if x.ndim else 1)
    ahead = np.asarray(t, dtype=float)
    if (ahead < 0).any():
        raise InputError.out_of_range("t", float(ahead.min()), "0 or more")
    nothing = np.exp((model.r + x) * (np.log(alpha + age) - np.log(alpha + age + ahead)))
    return (1 - nothing) * _alive(model, x, tx, age, alpha, a, b)


def check_history(frequency: object, recency: object, age: object) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The three columns as floats; raises InputError where they cannot be a customer's history."""
    x, tx, t = (np.asarray(values, dtype=float) for values in (frequency, recency, age))
    if x.size == 0:
        raise Refusal.because("there are no customers", "rows: 0", "check the period")
    if not (np.isfinite(x).all() and np.isfinite(tx).all() and np.isfinite(t).all()):
        raise InputError.out_of_range("history", "missing values", "numbers in every row")
    broken = (x < 0) | (tx < 0) | (tx > t) | ((x == 0) & (tx > 0))
    if np.any(broken):
        at = int(np.flatnonzero(np.atleast_1d(broken))[0])
        row = tuple(float(np.atleast_1d(v)[min(at, np.size(v) - 1)]) for v in (x, tx, t))
        raise InputError.out_of_range(
            f"(frequency, recency, age) of row {at}", row, "0 <= recency <= age, recency 0 without repeat purchases"
        )
    return x, tx, t


def _alive(model, x, tx, t, alpha, a, b) -> np.ndarray:
    m = x + (model.kind == "mbg")
    odds = a / np.maximum(b + m - 1, 1e-12) * np.exp((model.r + x) * np.log((alpha + t) / (alpha + tx)))
    return 1 / (1 + np.where(m > 0, odds, 0.0))


def _shifted(model: BuyingModel, covariates: np.ndarray | None, rows: int) -> tuple:
    if covariates is None or model.rate_effect is None or not len(model.rate_effect):
        return model.alpha, model.a, model.b
    z = np.asarray(covariates, dtype=float).reshape(rows, -1)
    drop = np.exp(z @ model.dropout_effect)
    return model.alpha * np.exp(-z @ model.rate_effect), model.a * drop, model.b / drop


class _Likelihood:
    """Mean negative log likelihood and gradient in (log r, log alpha, log a, log b, covariate effects).

    Special functions are evaluated once a distinct number of purchases and row of covariates, then spread.
    """

    def __init__(self, x, tx, t, z, n, kind, ridge):
        self.x, self.tx, self.t, self.z, self.n, self.ridge = x, tx, t, z, n, ridge
        self.m = x + (kind == "mbg")
        self.can_be_gone = self.m > 0
        self.unique, self.place = np.unique(x, return_inverse=True)
        self.ages, self.age_place = np.unique(t, return_inverse=True)
        self.lasts, self.last_place = np.unique(tx, return_inverse=True)
        if z.shape[1]:
            group, first = _alike(z.T)
            self.rows, row = np.unique(z[first], axis=0, return_inverse=True)
            self.row_place = row.ravel()[group]
            pairs, self.pair_place = np.unique(self.row_place * len(self.unique) + self.place, return_inverse=True)
            self.pair_row, purchases = pairs // len(self.unique), self.unique[pairs % len(self.unique)]
        else:
            self.pair_place, purchases = self.place, self.unique
        self.pair_size = purchases + (kind == "mbg")
        self.total = n.sum()

    def start(self) -> np.ndarray:
        rate = (self.n * self.x).sum() / (self.n * self.t).sum()
        return np.concatenate([np.log([1.0, 1.0 / max(rate, 1e-6), 0.8, 2.0]), np.zeros(2 * self.z.shape[1])])

    def plain(self, theta: np.ndarray) -> float:
        return self(theta)[0] - self.ridge * float(theta @ theta)

    def __call__(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        from scipy.special import digamma, gammaln

        r, alpha0, a0, b0 = np.exp(theta[:4])
        k = self.z.shape[1]
        drop = np.exp(self.rows @ theta[4 + k :])[self.pair_row] if k else 1.0
        alpha = (alpha0 * np.exp(-self.rows @ theta[4 : 4 + k]))[self.row_place] if k else alpha0
        a, b, size = a0 * drop, b0 / drop, self.pair_size
        one = self.unique
        gamma_r, psi_r = (gammaln(r + one) - gammaln(r))[self.place], (digamma(r + one) - digamma(r))[self.place]
        beta = gammaln(a + b) - gammaln(a + b + size) + gammaln(b + size) - gammaln(b)
        psi_a = digamma(a + b) - digamma(a + b + size)
        psi_b = digamma(b + size) - digamma(b) + psi_a
        rest = np.maximum(b + size - 1, 1e-300)
        log_gone = np.log(a) - np.log(rest)
        beta, psi_a, psi_b, rest, log_gone = (v[self.pair_place] for v in (beta, psi_a, psi_b, rest, log_gone))
        if k:
            a, b = a[self.pair_place], b[self.pair_place]
        late, early, late_slope, early_slope = self._times(alpha)
        power = r + self.x
        gone = np.where(self.can_be_gone, log_gone + power * (late - early), -700.0)
        small = np.exp(-np.abs(gone))
        share = np.where(gone > 0, 1.0, small) / (1 + small)
        value = gamma_r + r * np.log(alpha) + beta - power * late + np.maximum(gone, 0.0) + np.log1p(small)
        by_r = psi_r + np.log(alpha) - late + share * (late - early)
        by_alpha = r / alpha - power * late_slope + share * power * (late_slope - early_slope)
        by_a = psi_a + share / a
        by_b = psi_b - share * self.can_be_gone / rest
        parts = [
            r * (self.n @ by_r),
            (self.n * alpha) @ by_alpha if k else alpha * (self.n @ by_alpha),
            self.n @ (a * by_a),
            self.n @ (b * by_b),
        ]
        if k:
            for slope in (-self.n * alpha * by_alpha, self.n * (a * by_a - b * by_b)):
                parts += list(self.rows.T @ np.bincount(self.row_place, slope, len(self.rows)))
        gradient = -np.array(parts) / self.total + 2 * self.ridge * theta
        return -float(self.n @ value) / self.total + self.ridge * float(theta @ theta), gradient

    def _times(self, alpha: float | np.ndarray) -> tuple[np.ndarray, ...]:
        """log(alpha + t) at the end and at the last purchase, and their derivatives; once a distinct time."""
        if self.z.shape[1]:
            late, early = alpha + self.t, alpha + self.tx
            return np.log(late), np.log(early), 1 / late, 1 / early
        ends, lasts = alpha + self.ages, alpha + self.lasts
        return (
            np.log(ends)[self.age_place],
            np.log(lasts)[self.last_place],
            (1 / ends)[self.age_place],
            (1 / lasts)[self.last_place],
        )


def _grouped(x: np.ndarray, tx: np.ndarray, t: np.ndarray, z: np.ndarray, weight: np.ndarray | None) -> tuple:
    """Distinct histories and how many customers share each."""
    group, first = _alike([x, tx, t, *z.T])
    return x[first], tx[first], t[first], z[first], np.bincount(group, weight).astype(float)


def _alike(columns: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """The number of each row among the distinct ones, and the first place of each of these."""
    key = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        codes, values = pd.factorize(column)
        key = key * len(values) + codes
        if key.max() > 2**52:
            key = pd.factorize(key)[0]
    group, distinct = pd.factorize(key)
    first = np.empty(len(distinct), dtype=np.int64)
    first[group[::-1]] = np.arange(len(key))[::-1]
    return group, first


def _descend(function: _Likelihood, theta: np.ndarray) -> np.ndarray:
    from scipy.optimize import minimize

    options = {"maxiter": 500, "ftol": 1e-14, "gtol": 2e-7}
    return minimize(function, theta, jac=True, method="L-BFGS-B", bounds=[(-15, 15)] * len(theta), options=options).x


def _newton(function: _Likelihood, theta: np.ndarray, few: _Likelihood) -> tuple[np.ndarray, np.ndarray]:
    """Steps with the curvature of the sample `few`, or a plain descent where they do not settle."""
    curvature = _hessian(few, theta)
    for _ in range(8):
        step = np.linalg.solve(curvature, function(theta)[1])
        if np.abs(step).max() > 0.5:
            break
        theta = theta - step
        if np.abs(step).max() < 1e-6:
            return theta, curvature
    theta = _descend(function, theta)
    return theta, _hessian(function, theta)


def _root(covariance: np.ndarray) -> np.ndarray:
    """A root of the covariance; directions that the data leave open are held at a spread of 1 on the log scale."""
    value, vector = np.linalg.eigh((covariance + covariance.T) / 2)
    spread = np.sqrt(np.clip(np.where(value > 0, value, 1.0), 0.0, 1.0))
    return (vector * spread) @ vector.T


def _hessian(function: _Likelihood, theta: np.ndarray) -> np.ndarray:
    step = 1e-4
    shifts = step * np.eye(len(theta))
    matrix = np.array([(function(theta + shift)[1] - function(theta - shift)[1]) / (2 * step) for shift in shifts])
    return (matrix + matrix.T) / 2
