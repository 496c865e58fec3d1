"""How good the probabilities were: skill, calibration, lift by cohort, the bias of seeing only what was launched."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError, Refusal
from crossborder.selection.launch_success import SuccessModel, calibrator

__all__ = [
    "brier_parts",
    "calibration",
    "case_review",
    "industry_effect",
    "keep_calibrator",
    "precision_at",
    "precision_by_cohort",
    "precision_interval",
    "recalibrated",
    "reliability",
    "scorecard",
    "selection_bounds",
    "skill",
    "slope_noise",
    "wilson",
]


def wilson(hits: np.ndarray, count: np.ndarray, level: float = 0.9) -> tuple[np.ndarray, np.ndarray]:
    """Interval of a share (Wilson 1927); 0 to 1 where nothing was counted."""
    from scipy.special import ndtri

    z = ndtri(0.5 + level / 2)
    hits, count = np.asarray(hits, dtype=float), np.asarray(count, dtype=float)
    n = np.maximum(count, 1e-12)
    share = hits / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(np.maximum(share * (1 - share) / n + z**2 / (4 * n**2), 0))
    return np.where(count > 0, middle - half, 0.0).clip(0, 1), np.where(count > 0, middle + half, 1.0).clip(0, 1)


def _known(predictions: pd.DataFrame) -> pd.DataFrame:
    rows = predictions[predictions["success"].notna()]
    if len(rows) < 20:
        raise Refusal.because("no test of the predictions", f"{len(rows)} outcomes", "needs 20 or more")
    return rows.assign(success=rows["success"].astype(float))


def skill(predictions: pd.DataFrame, rng: np.random.Generator, level: float = 0.9, draws: int = 1000) -> pd.DataFrame:
    """Log loss and Brier score against the base rate, area under the curve, each with a bootstrap over launches.

    Rows: brier_skill (1 is perfect, 0 the base rate known at the time), log_loss_gain (nats), auc, calibration_slope,
    calibration_intercept. Columns: value, low, high.
    """
    rows = _known(predictions)
    y, p = rows["success"].to_numpy(), rows["probability"].to_numpy()
    base, eta = rows["base_rate"].to_numpy(), rows["log_odds"].to_numpy()
    terms = np.column_stack([(y - p) ** 2, (y - base) ** 2, _loss(y, base) - _loss(y, p)])
    pick = rng.multinomial(len(y), np.full(len(y), 1 / len(y)), draws)
    sums = pick @ terms / len(y)
    auc_terms = (p[:, None] > p) + 0.5 * (p[:, None] == p)
    pairs = np.outer(y, 1 - y)
    drawn_auc = np.einsum("di,ij,dj->d", pick, pairs * auc_terms, pick, optimize=True) / np.einsum(
        "di,ij,dj->d", pick, pairs, pick, optimize=True
    )
    slopes = np.array([calibrator(np.repeat(eta, n), np.repeat(y, n), 1e-6) for n in pick[:200]])
    slope = calibrator(eta, y, 1e-6)
    table = {
        "brier_skill": (1 - terms[:, 0].sum() / terms[:, 1].sum(), 1 - sums[:, 0] / sums[:, 1]),
        "log_loss_gain": (terms[:, 2].mean(), sums[:, 2]),
        "auc": ((pairs * auc_terms).sum() / pairs.sum(), drawn_auc),
        "calibration_slope": (slope[0], slopes[:, 0]),
        "calibration_intercept": (slope[1], slopes[:, 1]),
    }
    ends = [(1 - level) / 2, (1 + level) / 2]
    return pd.DataFrame(
        {name: [value, *np.quantile(drawn, ends)] for name, (value, drawn) in table.items()},
        index=["value", "low", "high"],
    ).T.rename_axis("measure")


def brier_parts(probability: ArrayLike, success: ArrayLike, bins: int = 0) -> dict[str, float]:
    """Brier score as reliability - resolution + uncertainty + within (Murphy 1973; Stephenson et al. 2008), all exact.

    Groups are the distinct probabilities (`within` is then 0), or `bins` groups of equal size. Low reliability and
    high resolution are good; uncertainty is that of the base rate alone; `within` is what groups hide.
    """
    p, y = np.asarray(probability, dtype=float), np.asarray(success, dtype=float)
    if len(p) != len(y) or not len(p) or not ((p >= 0) & (p <= 1) & np.isin(y, (0, 1))).all():
        raise InputError.out_of_range("probability and success", (len(p), len(y)), "as many shares as outcomes 0 or 1")
    place = np.argsort(np.argsort(p, kind="stable"))
    group = place * bins // len(p) if bins else np.unique(p, return_inverse=True)[1]
    frame = pd.DataFrame({"p": p, "y": y}).groupby(group)
    share, mean = frame["y"].transform("mean").to_numpy(), frame["p"].transform("mean").to_numpy()
    base = y.mean()
    return {
        "brier": float(((p - y) ** 2).mean()),
        "reliability": float(((mean - share) ** 2).mean()),
        "resolution": float(((share - base) ** 2).mean()),
        "uncertainty": float(base * (1 - base)),
        "within": float(((p - mean) ** 2).mean() - 2 * ((p - mean) * (y - share)).mean()),
    }


def _loss(y: np.ndarray, p: np.ndarray) -> np.ndarray:
    q = np.clip(p, 1e-9, 1 - 1e-9)
    return -(y * np.log(q) + (1 - y) * np.log1p(-q))


def calibration(predictions: pd.DataFrame) -> tuple[float, float]:
    """Slope and intercept of the outcomes on the predicted log-odds (1 and 0 are right)."""
    rows = _known(predictions)
    return calibrator(rows["log_odds"], rows["success"], 1e-6)


def slope_noise(
    predictions: pd.DataFrame, band: tuple[float, float] = (0.8, 1.2), level: float = 0.9
) -> dict[str, float]:
    """What slope a perfectly calibrated model would show with these outcomes: sd, low, high, chance inside `band`.

    The slope of few outcomes scatters around 1 by the inverse of the logistic model's information at slope 1. Beside
    it: expected and seen (numbers of successes).
    """
    from scipy.special import ndtr, ndtri

    rows = _known(predictions)
    eta = rows["log_odds"].to_numpy()
    chance = 1 / (1 + np.exp(-eta))
    design = np.column_stack([eta, np.ones(len(eta))])
    sd = float(np.sqrt(np.linalg.inv((design * (chance * (1 - chance))[:, None]).T @ design)[0, 0]))
    reach, ends = float(ndtri(0.5 + level / 2)) * sd, (np.asarray(band) - 1) / sd
    inside = float(ndtr(ends[1]) - ndtr(ends[0]))
    known = {"expected": float(rows["probability"].sum()), "seen": float(rows["success"].sum())}
    return {"sd": sd, "low": 1 - reach, "high": 1 + reach, "inside": inside, **known}


def keep_calibrator(predictions: pd.DataFrame, model: SuccessModel, first: int = 40) -> tuple[SuccessModel, pd.Series]:
    """The model with Platt's calibrator if that lowered the log loss out of time, else unchanged; and the comparison.

    Compared are the cohorts that `recalibrated` could change. Series: raw, calibrated (log loss), kept.
    """
    from dataclasses import replace

    rows, new = _known(predictions), recalibrated(predictions, first)
    told = _known(new)[_known(new)["calibrated"]]
    if told.empty:
        return model, pd.Series({"raw": np.nan, "calibrated": np.nan, "kept": False})
    y = told["success"].to_numpy()
    raw = _loss(y, rows.loc[told.index, "probability"].to_numpy())
    losses = float(raw.mean()), float(_loss(y, told["probability"].to_numpy()).mean())
    kept = losses[1] < losses[0]
    found = pd.Series({"raw": losses[0], "calibrated": losses[1], "kept": kept})
    if not kept:
        return model, found
    slope, shift = calibrator(rows["log_odds"], rows["success"])
    return replace(model, slope=slope, shift=shift), found


def recalibrated(predictions: pd.DataFrame, first: int = 40) -> pd.DataFrame:
    """The predictions with each cohort calibrated (Platt 1999, drawn to the identity) from the cohorts before it.

    Only outcomes that had matured before a cohort's first decision count; cohorts with fewer than `first` of them stay
    as they are, and `calibrated` marks the others.
    """
    if missing := {"decided_on", "matured_on"} - set(predictions.columns):
        raise InputError.missing_columns("predictions", missing, predictions.columns)
    rows = _known(predictions)
    parts = []
    for _, part in predictions.groupby("cohort", sort=True):
        before = rows[rows["matured_on"] < part["decided_on"].min()]
        enough = len(before) >= first
        slope, shift = calibrator(before["log_odds"], before["success"]) if enough else (1.0, 0.0)
        eta = slope * part["log_odds"] + shift
        chance = 1 / (1 + np.exp(-eta)) if enough else part["probability"]
        parts.append(part.assign(log_odds=eta, probability=chance, calibrated=enough))
    return pd.concat(parts).loc[predictions.index]


def reliability(predictions: pd.DataFrame, bins: int = 6, level: float = 0.9) -> pd.DataFrame:
    """Predicted against observed share of successes in groups of equal size, with Wilson intervals and counts."""
    rows = _known(predictions).sort_values("probability")
    group = np.minimum(np.arange(len(rows)) * bins // len(rows), bins - 1)
    table = rows.groupby(group).agg(
        predicted=("probability", "mean"), observed=("success", "mean"), count=("success", "size")
    )
    table["low"], table["high"] = wilson(table["observed"] * table["count"], table["count"], level)
    return table.reset_index(drop=True)


def precision_at(predictions: pd.DataFrame, k: int, by: str = "probability", within: str = "cohort") -> float:
    """Share of successes among the `k` rows rated highest by column `by`.

    `within="cohort"` spreads k over the cohorts by their size (a company picks every quarter); "" takes the whole list.
    """
    rows = _known(predictions)
    if not 1 <= k <= len(rows):
        raise InputError.out_of_range("k", k, f"1 to {len(rows)} known outcomes")
    if within:
        place = rows.groupby(within)[by].rank(ascending=False, method="first")
        share = (place - 0.5) / rows.groupby(within)[by].transform("size")
        return float(rows.loc[share.sort_values(kind="stable").index[:k], "success"].mean())
    return float(rows.nlargest(k, by, keep="first")["success"].mean())


def precision_interval(precision: float, k: int, level: float = 0.9) -> tuple[float, float]:
    """Ends of Wilson's interval for a share of successes among k picks (Wilson 1927)."""
    from scipy.stats import binomtest

    found = binomtest(round(precision * k), k).proportion_ci(level, method="wilson")
    return float(found.low), float(found.high)


def precision_by_cohort(predictions: pd.DataFrame, k: int, rng: np.random.Generator, level: float = 0.9):
    """Hits among the first `k` of each cohort by model, old rule and at random; the last row is all cohorts together.

    Columns: cohort, launches, model, old_rule, random, and low, high of the model's lead over random (all cohorts:
    bootstrap over cohorts; one cohort: none).
    """
    rows = _known(predictions)
    parts = []
    for cohort, part in rows.groupby("cohort", sort=True):
        if len(part) <= k:
            continue
        best = {name: part.nlargest(k, column)["success"].mean() for name, column in
                (("model", "probability"), ("old_rule", "old_rule_score")) if column in part}  # fmt: skip
        parts.append({"cohort": cohort, "launches": len(part), **best, "random": part["success"].mean()})
    table = pd.DataFrame(parts)
    if len(table) < 3:
        raise Refusal.because("no precision by cohort", f"{len(table)} cohorts with more than {k}", "lower k")
    values = table.drop(columns=["cohort", "launches"])
    pick = rng.multinomial(len(table), np.full(len(table), 1 / len(table)), 2000) / len(table)
    lead = pick @ (values["model"] - values["random"]).to_numpy()
    total = {"cohort": "all", "launches": table["launches"].sum(), **values.mean().to_dict()}
    total["lead_low"], total["lead_high"] = np.quantile(lead, [(1 - level) / 2, (1 + level) / 2])
    return pd.concat([table, pd.DataFrame([total])], ignore_index=True)


def selection_bounds(launches: pd.DataFrame, gammas: tuple[float, ...] = (1.0, 1.5, 2.0)) -> pd.DataFrame:
    """What may be said of all ideas when only those that the old rule chose have an outcome.

    Rows: seen (launched only), worst case without any assumption (Manski 1990), and for each gamma the range if the
    odds of success of ideas left out are up to gamma times higher or lower than those of launched ones with a like
    score (five strata of the old rule's score). Columns: rate_low, rate_high.
    """
    rows = launches[launches["success"].notna() | ~launches["launched"].astype(bool)]
    seen = rows["success"].notna().to_numpy()
    y = rows["success"].astype("float64").to_numpy()
    share, rate = float(seen.mean()), float(np.nanmean(y))
    found = [("launched ones only", rate, rate), ("no assumption", share * rate, share * rate + 1 - share)]
    stratum = pd.qcut(rows["old_rule_score"].rank(method="first"), 5, labels=False).to_numpy()
    frame = pd.DataFrame({"stratum": stratum, "seen": seen, "y": y})
    per = frame.groupby("stratum").agg(n=("seen", "size"), seen=("seen", "sum"), hits=("y", "sum"))
    chance = (per["hits"] + rate) / (per["seen"] + 1)  # one idea's worth of the overall rate
    odds = chance / (1 - chance)
    for gamma in gammas:
        ends = [
            (per["hits"] + (per["n"] - per["seen"]) * (odds * g / (1 + odds * g))).sum() for g in (1 / gamma, gamma)
        ]
        words = "same odds at a like old score" if gamma == 1 else f"odds differ up to {gamma:g} times"
        found.append((words, ends[0] / len(rows), ends[1] / len(rows)))
    return pd.DataFrame(found, columns=["assumption", "rate_low", "rate_high"])


def scorecard(launches: pd.DataFrame, by: str = "cohort", level: float = 0.9) -> pd.DataFrame:
    """Success rate by group with Wilson interval: launched, successes, rate, low, high; the last row is all."""
    known = launches[launches["success"].notna()]
    table = known.assign(success=known["success"].astype(float)).groupby(by)["success"].agg(["size", "sum"])
    table.loc["all"] = table.sum()
    table.columns = ["launched", "successes"]
    table = table.astype(int)
    table["rate"] = table["successes"] / table["launched"]
    table["low"], table["high"] = wilson(table["successes"], table["launched"], level)
    return table.rename_axis(by).reset_index()


def case_review(predictions: pd.DataFrame, launches: pd.DataFrame, model: SuccessModel, count: int = 4) -> pd.DataFrame:
    """The largest surprises: launches that failed against, or succeeded against, the prediction, with the main reasons.

    `helped` and `hurt` name the signals that raised or lowered the log-odds most.
    """
    rows = _known(predictions)
    rows = rows.assign(surprise=rows["success"] - rows["probability"])
    pick = pd.concat([rows.nlargest(count, "surprise"), rows.nsmallest(count, "surprise")])
    ideas = launches.set_index("launch_id").loc[pick["launch_id"]].reset_index()
    part = model.design(ideas)[:, 1:] * model.coefficients.to_numpy()[1:]
    names = np.array(model.features)
    order = part.argsort(axis=1)
    keep = [c for c in ("launch_id", "market", "category", "cohort", "probability", "success") if c in pick]
    return (
        pick[keep]
        .assign(success=pick["success"].astype(bool), helped=names[order[:, -1]], hurt=names[order[:, 0]])
        .reset_index(drop=True)
    )


def industry_effect(
    adoption: float, lift: tuple[float, float], size_share: float = 1.0, level: float = 0.9
) -> dict[str, float]:
    """Change of an industry's successes when a share `adoption` of firms selects better.

    `lift` = (relative change of the success rate of a firm, its standard error); `size_share` is the adopters' size
    against the mean. Returns change, low, high as fractions.
    """
    from scipy.special import ndtri

    if not 0 <= adoption <= 1:
        raise InputError.out_of_range("adoption", adoption, "a fraction from 0 to 1")
    share = min(adoption * size_share, 1.0)
    z = ndtri(0.5 + level / 2) * lift[1]
    return {"change": share * lift[0], "low": share * (lift[0] - z), "high": share * (lift[0] + z)}
