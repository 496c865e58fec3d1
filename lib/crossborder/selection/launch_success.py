"""Probability that a launch succeeds, learned from past launches and judged only on later ones.

Features are those known on the day of the decision; a model for a cohort learns only from outcomes known before the
cohort's first decision. Ridge logistic regression; the ridge is set by the evidence of the training data.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError, Refusal

__all__ = [
    "FEATURES",
    "SuccessModel",
    "calibrator",
    "fit",
    "known_by",
    "moderated",
    "out_of_time",
    "score",
    "signal_weights",
]

LOGGED = ("search_volume", "category_sales_usd", "price_usd")
FEATURES = (
    "search_volume", "search_growth", "category_sales_usd", "category_growth", "growth_change", "price_usd",
    "price_percentile", "margin_share", "competition_hhi", "homogeneity", "rating_gap", "content_fit", "logistics_fit",
    "climate_fit", "supplier_readiness", "policy_risk", "brand_fit",
)  # fmt: skip
PRIOR_SDS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.7)
LEAST_ROWS, LEAST_OF_EACH = 40, 10


@dataclass(frozen=True)
class SuccessModel:
    """Coefficients a standard deviation of each feature with their covariance (Laplace), and how to prepare features.

    `slope` and `shift` are the calibrator's (1 and 0: none was better). `prior_sd` is the ridge: the standard deviation
    that coefficients are expected to have.
    """

    coefficients: pd.Series
    covariance: np.ndarray
    centre: pd.Series
    spread: pd.Series
    prior_sd: float
    rows: int
    base_rate: float
    slope: float = 1.0
    shift: float = 0.0
    features: tuple[str, ...] = field(default=FEATURES)

    def design(self, ideas: pd.DataFrame) -> np.ndarray:
        """Features in standard deviations, missing ones at the centre, with the constant in front."""
        x = (_raw(ideas, self.features) - self.centre.to_numpy()) / self.spread.to_numpy()
        return np.column_stack([np.ones(len(x)), np.where(np.isnan(x), 0.0, x)])

    def log_odds(self, ideas: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Log-odds of success and their standard deviation."""
        x = self.design(ideas)
        sd = np.sqrt(np.einsum("ij,jk,ik->i", x, self.covariance, x))
        return self.shift + self.slope * (x @ self.coefficients.to_numpy()), abs(self.slope) * sd


def _raw(ideas: pd.DataFrame, features: tuple[str, ...]) -> np.ndarray:
    missing = set(features) - set(ideas.columns)
    if missing:
        raise InputError.missing_columns("launches", missing, ideas.columns)
    x = ideas[list(features)].astype("float64").to_numpy(copy=True)
    logged = [features.index(name) for name in LOGGED if name in features]
    with np.errstate(divide="ignore", invalid="ignore"):
        x[:, logged] = np.where(x[:, logged] > 0, np.log(x[:, logged]), np.nan)
    return x


def _logistic(x: ArrayLike) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(x, -35, 35)))


def _newton(x: np.ndarray, y: np.ndarray, precision: np.ndarray, start: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Maximum of the penalised likelihood and its Hessian."""
    beta = start
    for _ in range(40):
        p = _logistic(x @ beta)
        hessian = (x * (p * (1 - p))[:, None]).T @ x + np.diag(precision)
        step = np.linalg.solve(hessian, x.T @ (y - p) - precision * beta)
        beta = beta + step
        if np.abs(step).max() < 1e-9:
            break
    p = _logistic(x @ beta)
    return beta, (x * (p * (1 - p))[:, None]).T @ x + np.diag(precision)


def _evidence(x: np.ndarray, y: np.ndarray, sd: float, start: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Laplace evidence of a prior sd, with the coefficients and Hessian (MacKay 1992)."""
    precision = np.full(x.shape[1], 1 / sd**2)
    precision[0] = 0.01  # the constant is free
    beta, hessian = _newton(x, y, precision, start)
    eta = x @ beta
    fitted = (y * eta - np.logaddexp(0, eta)).sum() - 0.5 * precision @ beta**2
    return fitted + 0.5 * np.log(precision).sum() - 0.5 * np.linalg.slogdet(hessian)[1], beta, hessian


def fit(launches: pd.DataFrame, features: tuple[str, ...] = FEATURES, prior_sd: float | None = None) -> SuccessModel:
    """Ridge logistic regression of `success` on features in standard deviations.

    `prior_sd` is taken from the evidence unless given. Rows without an outcome are left out. Fewer than 40 outcomes or
    10 of either kind: Refusal.
    """
    known = launches[launches["success"].notna()]
    y = known["success"].astype(float).to_numpy()
    if len(y) < LEAST_ROWS or min(y.sum(), (1 - y).sum()) < LEAST_OF_EACH:
        raise Refusal.because(
            "no success model",
            f"{len(y)} outcomes, {int(y.sum())} of them successes",
            f"needs {LEAST_ROWS} outcomes and {LEAST_OF_EACH} of either kind; until then use the gates and the ranking",
        )
    raw = _raw(known, features)
    if np.isnan(raw).all(axis=0).any():
        empty = [name for name, gap in zip(features, np.isnan(raw).all(axis=0), strict=True) if gap]
        raise InputError.out_of_range("features without any value", empty, "at least one value each")
    centre, spread = np.nanmean(raw, axis=0), np.nanstd(raw, axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    x = (raw - centre) / spread
    x = np.column_stack([np.ones(len(x)), np.where(np.isnan(x), 0.0, x)])
    start = np.zeros(x.shape[1])
    tried = [(*_evidence(x, y, sd, start), sd) for sd in (PRIOR_SDS if prior_sd is None else (prior_sd,))]
    _, beta, hessian, sd = max(tried, key=lambda row: row[0])
    names = ["constant", *features]
    series = [pd.Series(v, index=list(features)) for v in (centre, spread)]
    return SuccessModel(
        pd.Series(beta, index=names), np.linalg.inv(hessian), *series, sd, len(y), float(y.mean()), features=features
    )


def known_by(launches: pd.DataFrame, day: str | pd.Timestamp) -> pd.DataFrame:
    """The launches with every outcome that had not matured by `day` taken out (missing)."""
    outcomes = ["success", "units_90_days", "contribution_90_days_usd", "social_share_90_days"]
    held = [name for name in outcomes if name in launches]
    if "matured_on" not in launches:
        raise InputError.missing_columns("launches", {"matured_on"}, launches.columns)
    early = (launches["matured_on"] <= pd.Timestamp(day)).to_numpy()
    return launches.assign(**{name: launches[name].where(early) for name in held})


def out_of_time(launches: pd.DataFrame, first: int = 60, features: tuple[str, ...] = FEATURES) -> pd.DataFrame:
    """Predictions for every cohort from outcomes that had matured before its first decision.

    Columns: launch_id, cohort, market, category, probability, base_rate (of the training rows), old_rule_score,
    decided_on, matured_on, launched, success, trained_on. Cohorts before `first` matured outcomes are not predicted.
    """
    needed = {"launch_id", "cohort", "decided_on", "matured_on", "launched", "success"}
    if missing := needed - set(launches.columns):
        raise InputError.missing_columns("launches", missing, launches.columns)
    parts = []
    for cohort, rows in launches.groupby("cohort", sort=True):
        past = launches[(launches["matured_on"] < rows["decided_on"].min()) & launches["success"].notna()]
        if len(past) < first:
            continue
        model = fit(past, features)
        eta = moderated(*model.log_odds(rows))
        keep = [c for c in ("market", "category", "old_rule_score") if c in rows]
        part = rows[["launch_id", *keep, "decided_on", "matured_on", "launched", "success"]].assign(
            cohort=cohort, log_odds=eta
        )
        parts.append(part.assign(probability=_logistic(eta), base_rate=model.base_rate, trained_on=model.rows))
    if not parts:
        raise Refusal.because(
            "no out-of-time test", f"no cohort had {first} matured outcomes before it", "wait, or lower `first`"
        )
    return pd.concat(parts, ignore_index=True)


def moderated(log_odds: ArrayLike, sd: ArrayLike) -> np.ndarray:
    """Log-odds of the mean probability when the log-odds are normal with `sd` (MacKay 1992): nearer to 0."""
    return np.asarray(log_odds) / np.sqrt(1 + np.pi * np.asarray(sd) ** 2 / 8)


def calibrator(log_odds: ArrayLike, success: ArrayLike, ridge: float = 20.0) -> tuple[float, float]:
    """Slope and shift of Platt's calibrator with a ridge that pulls it to the identity (1 and 0)."""
    x, y = np.asarray(log_odds, dtype=float), np.asarray(success, dtype=float)
    design = np.column_stack([x, np.ones(len(x))])
    identity, precision = np.array([1.0, 0.0]), np.array([ridge, ridge])
    beta = identity.copy()
    for _ in range(40):
        p = _logistic(design @ beta)
        hessian = (design * (p * (1 - p))[:, None]).T @ design + np.diag(precision)
        step = np.linalg.solve(hessian, design.T @ (y - p) - precision * (beta - identity))
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            break
    return float(beta[0]), float(beta[1])


def score(ideas: pd.DataFrame, model: SuccessModel, level: float = 0.9) -> pd.DataFrame:
    """Probability of success of each idea with its interval from the coefficients' uncertainty."""
    from scipy.special import ndtri

    eta, sd = model.log_odds(ideas)
    z = ndtri(0.5 + level / 2)
    mean = _logistic(moderated(eta, sd))
    low, high = _logistic(eta - z * sd), _logistic(eta + z * sd)
    return pd.DataFrame(
        {"probability": mean, "low": low, "high": high, "log_odds": eta, "log_odds_sd": sd}, index=ideas.index
    )


def signal_weights(model: SuccessModel, groups: dict[str, tuple]) -> pd.Series:
    """What the model gives to each signal: sum of coefficients of its columns in their stated direction.

    `groups` is `signals.TWELVE`: signal -> (columns, logged, directions, ...).
    """
    gains = {
        name: sum(model.coefficients[c] * s for c, s in zip(columns, signs, strict=True))
        for name, (columns, _, signs, *_) in groups.items()
    }
    return pd.Series(gains)
