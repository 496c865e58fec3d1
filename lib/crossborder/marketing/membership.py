"""What a programme, a campaign or a feature really changed: members against people who were like them before."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = [
    "CausalEffect",
    "balance",
    "design_matrix",
    "doubly_robust",
    "e_value",
    "identity_match",
    "matched",
    "naive",
    "tier_economics",
]


@dataclass(frozen=True)
class CausalEffect:
    """Mean effect with interval and p value; `population` says on whom (all, or the treated)."""

    method: str
    population: str
    estimate: float
    low: float
    high: float
    p_value: float
    standard_error: float
    treated: int
    control: int


def design_matrix(frame: pd.DataFrame, covariates: Sequence[str]) -> pd.DataFrame:
    """Covariates as numbers: logs of amounts that are skewed and not negative, one column a category but the first."""
    missing = [name for name in covariates if name not in frame.columns]
    if missing:
        raise InputError.missing_columns("customers", missing, frame.columns)
    parts = []
    for name in covariates:
        column = frame[name]
        if pd.api.types.is_numeric_dtype(column.dtype):
            values = column.astype(float)
            parts.append(pd.DataFrame({name: np.log1p(values) if values.min() >= 0 else values}))
            parts.append(pd.DataFrame({f"{name}_none": (values <= 0).astype(float)}))
        else:
            parts.append(pd.get_dummies(column.astype(str), prefix=name, drop_first=True, dtype=float))
    made = pd.concat(parts, axis=1)
    return made.loc[:, made.std() > 0]


def naive(outcome: np.ndarray, treated: np.ndarray, *, level: float = 0.9) -> CausalEffect:
    """Plain difference of means: the effect plus whatever made people join."""
    y, t = _ready(outcome, treated)
    on, off = y[t], y[~t]
    error = float(np.sqrt(on.var(ddof=1) / len(on) + off.var(ddof=1) / len(off)))
    return _effect("difference of means", "all", on.mean() - off.mean(), error, level, t)


def doubly_robust(
    outcome: np.ndarray,
    treated: np.ndarray,
    covariates: pd.DataFrame,
    *,
    population: str = "all",
    folds: int = 5,
    trim: float = 0.02,
    level: float = 0.9,
    rng: np.random.Generator,
) -> CausalEffect:
    """Augmented inverse-probability effect with cross-fitted logit and linear models.

    Right when either the model of joining or that of the outcome is right, and nothing else drives both.
    Source: Robins, Rotnitzky and Zhao (1994), JASA 89; Chernozhukov et al. (2018), Econometrics Journal 21(1).
    """
    if population not in ("all", "treated"):
        raise InputError.unknown("population", population, ["all", "treated"])
    y, t = _ready(outcome, treated)
    x = _standard(covariates.to_numpy(float))
    chance, on, off = np.empty(len(y)), np.empty(len(y)), np.empty(len(y))
    fold = rng.permutation(len(y)) % folds
    for number in range(folds):
        out, rest = fold == number, fold != number
        chance[out] = _logit_predict(x[rest], t[rest], x[out])
        on[out] = _linear_predict(x[rest & t], y[rest & t], x[out])
        off[out] = _linear_predict(x[rest & ~t], y[rest & ~t], x[out])
    chance = np.clip(chance, trim, 1 - trim)
    if population == "all":
        score = on - off + t * (y - on) / chance - ~t * (y - off) / (1 - chance)
        return _effect("doubly robust", population, score.mean(), score.std(ddof=1) / np.sqrt(len(y)), level, t)
    share = t.mean()
    score = (t * (y - off) - ~t * chance / (1 - chance) * (y - off)) / share
    error = np.std(score - t * score.mean() / share, ddof=1) / np.sqrt(len(y))
    return _effect("doubly robust", population, score.mean(), error, level, t)


def matched(
    outcome: np.ndarray, treated: np.ndarray, covariates: pd.DataFrame, *, caliper_sd: float = 0.2, level: float = 0.9
) -> CausalEffect:
    """Mean difference of each treated person and the nearest untreated one by propensity (with replacement), after a
    linear correction for what still differs.

    Pairs further apart than `caliper_sd` standard deviations of the logit are left out.
    Source: Rosenbaum and Rubin (1983), Biometrika 70; Abadie and Imbens (2006 and 2011) for variance and correction.
    """
    y, t = _ready(outcome, treated)
    x = _standard(covariates.to_numpy(float))
    chance = np.clip(_logit_predict(x, t, x), 1e-6, 1 - 1e-6)
    score = np.log(chance / (1 - chance))
    pool = np.flatnonzero(~t)
    pool = pool[np.argsort(score[pool], kind="stable")]
    people = np.flatnonzero(t)
    right = np.clip(np.searchsorted(score[pool], score[people]), 1, len(pool) - 1)
    left_closer = np.abs(score[people] - score[pool[right - 1]]) < np.abs(score[people] - score[pool[right]])
    partner = pool[right - left_closer]
    near = np.abs(score[people] - score[partner]) <= caliper_sd * score.std()
    if near.sum() < 2:
        raise Refusal.because(
            "no members have a partner", f"members: {len(people)}", "widen the caliper or the covariates"
        )
    people, partner = people[near], partner[near]
    used = np.unique(partner)
    correction = _linear_predict(x[used], y[used], x[people]) - _linear_predict(x[used], y[used], x[partner])
    gaps = y[people] - y[partner] - correction
    reuse = np.bincount(partner, minlength=len(y))
    spread = gaps.var(ddof=1) / len(gaps)
    repeated = float((reuse * (reuse - 1) * y[~t].var(ddof=1))[partner].sum() / max(len(gaps), 1) ** 2 / 2)
    return _effect("matched", "treated", gaps.mean(), float(np.sqrt(spread + repeated / max(len(gaps), 1))), level, t)


def balance(treated: np.ndarray, covariates: pd.DataFrame, weights: np.ndarray | None = None) -> pd.DataFrame:
    """Standardised difference of each covariate before and (with inverse-probability weights) after adjustment."""
    t = np.asarray(treated, dtype=bool)
    x = covariates.to_numpy(float)
    spread = np.sqrt((x[t].var(axis=0) + x[~t].var(axis=0)) / 2)
    spread = np.where(spread > 0, spread, 1.0)
    if weights is None:
        chance = np.clip(_logit_predict(_standard(x), t, _standard(x)), 0.02, 0.98)
        weights = np.where(t, 1 / chance, 1 / (1 - chance))
    before = (x[t].mean(axis=0) - x[~t].mean(axis=0)) / spread
    after = (np.average(x[t], axis=0, weights=weights[t]) - np.average(x[~t], axis=0, weights=weights[~t])) / spread
    return pd.DataFrame({"before": before, "after": after}, index=covariates.columns)


def e_value(ratio: float, limit: float | None = None) -> tuple[float, float]:
    """How strong an unseen cause must be to explain an effect away: for the estimate, and for its interval's near end.

    `ratio` is a risk or rate ratio, `limit` the end of its interval nearer to 1. The unseen cause would have to go with
    both joining and buying by at least this ratio each, beyond what was adjusted for. 1 where the interval holds 1.
    Source: VanderWeele and Ding (2017), Annals of Internal Medicine 167(4).

    >>> [round(value, 2) for value in e_value(3.9, 1.8)]
    [7.26, 3.0]
    """
    if ratio <= 0 or (limit is not None and limit <= 0):
        raise InputError.out_of_range("ratio and limit", (ratio, limit), "above 0")
    near = ratio if limit is None else limit
    crosses = (near <= 1) != (ratio <= 1)
    values = [value if value >= 1 else 1 / value for value in (ratio, 1.0 if crosses else near)]
    return tuple(float(value + np.sqrt(value * (value - 1))) for value in values)


def tier_economics(tiers: pd.DataFrame) -> pd.DataFrame:
    """Profit of each membership tier: members, extra contribution (with interval), cost of benefits.

    `tiers`: index tier, columns members, uplift_usd, uplift_low, uplift_high (contribution a member and year),
    benefit_cost_usd (a member and year), reward_cost_usd (sign-in and review rewards a member and year).
    Columns: profit_usd, profit_low, profit_high, break_even_uplift_usd.
    """
    cost = tiers["benefit_cost_usd"] + tiers["reward_cost_usd"]
    made = {"break_even_uplift_usd": cost}
    for name, column in (("usd", "uplift_usd"), ("low", "uplift_low"), ("high", "uplift_high")):
        made[f"profit_{name}"] = tiers["members"] * (tiers[column] - cost)
    return tiers.assign(**made)


def identity_match(customers: pd.Series | pd.Index, touches: pd.Series, *, value: pd.Series | None = None) -> pd.Series:
    """How much of the activity can be joined to known customers: share of touching identities that are customers, share
    of customers ever seen in touches, and share of their value."""
    known, seen = (pd.Index(ids).unique() for ids in (customers, touches))
    found = seen.get_indexer(known) >= 0  # a place is found in a fraction of the time of `isin` on text
    count, worth = int(found.sum()), float("nan")
    if value is not None and value.sum():
        place = known.get_indexer(value.index)
        worth = float(value[(place >= 0) & found[place]].sum() / value.sum())
    return pd.Series(
        {
            "identities": len(seen),
            "matched_share": count / max(len(seen), 1),
            "customers_seen_share": count / max(len(known), 1),
            "value_seen_share": worth,
        }
    )


def _ready(outcome: np.ndarray, treated: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    y, t = np.asarray(outcome, dtype=float), np.asarray(treated, dtype=bool)
    if not np.isfinite(y).all():
        raise InputError.out_of_range("outcome", "missing values", "a number for everybody", "drop rows without one")
    if min(t.sum(), (~t).sum()) < 10:
        raise Refusal.because(
            "an effect needs people with and without",
            f"with: {int(t.sum())}, without: {int((~t).sum())}",
            "at least 10 each",
        )
    return y, t


def _effect(method: str, population: str, estimate: float, error: float, level: float, t: np.ndarray) -> CausalEffect:
    from scipy.special import ndtr, ndtri

    z = float(ndtri(0.5 + level / 2))
    p = float(2 * ndtr(-abs(estimate) / error)) if error > 0 else 1.0
    return CausalEffect(
        method,
        population,
        float(estimate),
        float(estimate - z * error),
        float(estimate + z * error),
        p,
        float(error),
        int(t.sum()),
        int((~t).sum()),
    )


def _standard(x: np.ndarray) -> np.ndarray:
    spread = x.std(axis=0)
    return (x - x.mean(axis=0)) / np.where(spread > 0, spread, 1.0)


def _logit_predict(x: np.ndarray, t: np.ndarray, at: np.ndarray) -> np.ndarray:
    from crossborder.marketing.data_driven import newton_logit

    design = np.column_stack([np.ones(len(x)), x])
    coefficient = newton_logit(design, t.astype(float), np.ones(len(t)), 1.0)[0]
    return 1 / (1 + np.exp(-(np.column_stack([np.ones(len(at)), at]) @ coefficient)))


def _linear_predict(x: np.ndarray, y: np.ndarray, at: np.ndarray) -> np.ndarray:
    design = np.column_stack([np.ones(len(x)), x])
    ridge = 1e-3 * len(x) * np.eye(design.shape[1])
    ridge[0, 0] = 0.0
    coefficient = np.linalg.solve(design.T @ design + ridge + 1e-9 * np.eye(len(ridge)), design.T @ y)
    return np.column_stack([np.ones(len(at)), at]) @ coefficient
