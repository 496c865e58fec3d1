"""How well an idea shows in a short video, and what share of its sales social shops may then bring.

A score from features (`data/reference/content_features.csv`: unit, direction, ends of the scale, assumed weight). Where
past launches state the share of pieces that social shops sold, weights are fitted on them and held to later launches.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal
from crossborder.reference.files import read

__all__ = [
    "FILMED",
    "ShareModel",
    "content_features",
    "explained",
    "fit",
    "fit_if_known",
    "held_out",
    "held_out_if_known",
    "judged",
    "out_of_time",
    "potential",
    "scaled",
    "score",
]

FILMED = ("visual_appeal", "demonstration", "hook")  # what another film or picture can raise
MISSING_SD = 0.29  # of a feature of which only the range 0 to 1 is known
TARGET = 0.8  # of the scale: what a good film reaches
LEAST_ROWS = 60
PRIOR_SD, MARKET_SD = 2.0, 1.0  # log-odds: over the whole scale of a feature, between markets


def content_features() -> pd.DataFrame:
    """The features, index by name: column, unit, better (higher, lower), scale, worst, best, weight, noise, meaning."""
    return read("content_features.csv").set_index("feature")


def scaled(ideas: pd.DataFrame) -> pd.DataFrame:
    """Each feature from 0 (worst end of its scale) to 1 (best end), missing where unknown; one column a feature.

    A column that the ideas lack is missing for all; values beyond an end count as the end; a value of 0 or less on a
    logarithmic scale is an error.
    """
    features = content_features()
    values = ideas.reindex(columns=features["column"]).astype("float64").to_numpy().T.copy()  # one row a feature
    ends = features[["worst", "best"]].to_numpy(float, copy=True)
    logarithmic = (features["scale"] == "logarithmic").to_numpy()
    wrong = (values <= 0).any(axis=1) & logarithmic
    if wrong.any():
        first = int(wrong.argmax())
        raise InputError.out_of_range(features["column"].iloc[first], float(np.nanmin(values[first])), "above 0")
    values[logarithmic], ends[logarithmic] = np.log(values[logarithmic]), np.log(ends[logarithmic])
    worst, best = ends.T[:, :, None]
    found = pd.DataFrame(((values - worst) / (best - worst)).clip(0, 1).T, ideas.index, features.index.rename(None))
    if len(found) and found.isna().all(axis=None):
        raise InputError.missing_columns("candidates", set(features["column"]), ideas.columns)
    return found


@dataclass(frozen=True)
class ShareModel:
    """Share of pieces sold through social shops: log-odds linear in the scaled features, with an effect of each market.

    `coefficients` (constant, features, markets) with `covariance`; `middle` and `spread` of the features learned from
    (a missing feature stands at the middle and adds its spread); `noise_sd` of the log-odds; `weights` of the score:
    coefficients in their stated direction, harmful ones 0, adding up to 1.
    """

    coefficients: pd.Series
    covariance: np.ndarray
    middle: pd.Series
    spread: pd.Series
    noise_sd: float
    rows: int
    weights: pd.Series

    def log_odds(self, ideas: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Log-odds of the share and the standard deviation of a new idea's."""
        x = scaled(ideas)[list(self.middle.index)]
        design = _design(x.fillna(self.middle) - self.middle, ideas["market"], self.coefficients.index)
        gaps = (x.isna().to_numpy() * (self.coefficients[self.middle.index] * self.spread).to_numpy() ** 2).sum(axis=1)
        strange = MARKET_SD**2 * ~ideas["market"].isin(self.coefficients.index).to_numpy()
        variance = np.einsum("ij,jk,ik->i", design, self.covariance, design) + gaps + strange + self.noise_sd**2
        return design @ self.coefficients.to_numpy(), np.sqrt(variance)


def _design(x: pd.DataFrame, market: pd.Series, names: pd.Index) -> np.ndarray:
    design = np.zeros((len(x), len(names)), order="F")
    design[:, names.get_loc("constant")] = 1.0
    design[:, names.get_indexer(x.columns)] = x.to_numpy()
    known = market.isin(names).to_numpy()
    design[known, names.get_indexer(market[known])] = 1.0
    return design


def _known(launches: pd.DataFrame) -> pd.DataFrame:
    if missing := {"market", "units_90_days"} - set(launches.columns):
        raise InputError.missing_columns("launches", missing, launches.columns)
    if "social_share_90_days" not in launches:
        return launches.head(0)
    return launches[launches["social_share_90_days"].notna() & (launches["units_90_days"].fillna(0) > 0)]


def fit(launches: pd.DataFrame) -> ShareModel:
    """The model of past launches: regression of the log-odds of the share with normal priors on features and markets.

    One half piece is added to either side, so that shares of 0 and 1 stay finite. Fewer than 60 launches with
    social_share_90_days: Refusal, and the score rests on its assumed weights.
    """
    rows = _known(launches)
    if len(rows) < LEAST_ROWS:
        raise Refusal.because(
            "no model of the share of social shops", f"{len(rows)} launches with social_share_90_days",
            f"needs {LEAST_ROWS}; until then the score uses assumed weights",
        )  # fmt: skip
    x = scaled(rows)
    x = x.loc[:, x.notna().sum() >= LEAST_ROWS // 2]
    middle, spread = x.mean(), x.std(ddof=0)
    names = pd.Index(["constant", *x.columns, *sorted(rows["market"].unique())])
    design = _design(x.fillna(middle) - middle, rows["market"], names)
    pieces = rows["units_90_days"].to_numpy(float)
    sold = rows["social_share_90_days"].to_numpy(float) * pieces
    y = np.log((sold + 0.5) / (pieces - sold + 0.5))
    prior = np.concatenate([[10.0], np.full(x.shape[1], PRIOR_SD), np.full(len(names) - 1 - x.shape[1], MARKET_SD)])
    noise = float(y.var())
    for _ in range(30):  # the noise and the coefficients by turns
        covariance = np.linalg.inv(design.T @ design / noise + np.diag(prior**-2.0))
        beta = covariance @ (design.T @ y) / noise
        freedom = len(y) - np.trace(covariance @ design.T @ design) / noise
        noise = float(((y - design @ beta) ** 2).sum() / freedom)
    found = pd.Series(beta, index=names)
    helpful = found[x.columns].clip(lower=0).reindex(content_features().index, fill_value=0.0)
    weights = helpful / helpful.sum() if helpful.sum() > 0 else _assumed()
    return ShareModel(found, covariance, middle, spread, float(np.sqrt(noise)), len(rows), weights)


def _assumed() -> pd.Series:
    weights = content_features()["weight"]
    return weights / weights.sum()


def score(ideas: pd.DataFrame, model: ShareModel | None = None) -> pd.DataFrame:
    """Content score of each idea (0 to 1) with its noise, what it lacks, and what would raise it most.

    Weights of the `model`, or the assumed ones without it. A missing feature stands in the middle (0.5) with the noise
    of knowing nothing. Columns: content_score, noise, one a feature, lacks (features unknown), raise_by (the feature of
    picture or film that gains most when brought to four fifths of its scale; empty where none does), gain (points).
    """
    features, weights = content_features(), _assumed() if model is None else model.weights
    parts = scaled(ideas)
    filled = parts.fillna(0.5)
    sd = np.where(parts.isna(), MISSING_SD, features["noise"].to_numpy())
    gains = ((TARGET - filled[list(FILMED)]).clip(lower=0) * weights[list(FILMED)]).where(
        parts[list(FILMED)].notna(), 0
    )
    best = gains.max(axis=1)
    words = pd.Series(np.array(FILMED, dtype=object)[gains.to_numpy().argmax(axis=1)], index=ideas.index)
    names = np.array([str(name).replace("_", " ") for name in parts.columns], dtype=object)
    lacks = [", ".join(names[row]) for row in parts.isna().to_numpy()]
    table = pd.DataFrame({"content_score": filled @ weights, "noise": np.sqrt(sd**2 @ weights.to_numpy() ** 2)})
    return table.join(filled).assign(lacks=lacks, raise_by=words.where(best > 0.005, ""), gain=best)


def potential(
    ideas: pd.DataFrame, model: ShareModel, level: float = 0.9, rated: pd.DataFrame | None = None
) -> pd.DataFrame:
    """What short videos may bring: expected share of pieces through social shops with the interval of a single idea.

    `rated` is the ideas' `score` where it is known already.

    social_share, low, high, and share_gain: how much the share rises if the feature of `raise_by` reaches four fifths
    of its scale; with expected_units_month in `ideas` also social_units_month. A market never seen stands at the mean
    of all and carries the spread between markets.
    """
    from scipy.special import expit, ndtri

    eta, sd = model.log_odds(ideas)
    z = ndtri(0.5 + level / 2)
    mean = _mean_share(eta, sd)
    table = pd.DataFrame({"social_share": mean, "low": expit(eta - z * sd), "high": expit(eta + z * sd)}, ideas.index)
    rated = score(ideas, model) if rated is None else rated
    used = [name for name in FILMED if name in model.middle.index]
    step = (TARGET - rated[used]).clip(lower=0).mul(model.coefficients[used], axis=1)
    chosen = pd.DataFrame({name: rated["raise_by"] == name for name in used})
    table["share_gain"] = _mean_share(eta + step.where(chosen, 0.0).sum(axis=1).to_numpy(), sd) - mean
    if "expected_units_month" in ideas:
        table["social_units_month"] = mean * ideas["expected_units_month"].to_numpy(float)
    return table


def _mean_share(eta: np.ndarray, sd: np.ndarray) -> np.ndarray:
    """Mean of a share whose log-odds are normal (MacKay 1992)."""
    from scipy.special import expit

    return expit(eta / np.sqrt(1 + np.pi * sd**2 / 8))


def out_of_time(launches: pd.DataFrame, level: float = 0.9) -> pd.DataFrame:
    """Every later launch predicted from those whose outcome was known before its cohort's first decision.

    Columns: launch_id, cohort, market, share (seen), predicted, low, high, base (mean share of the market known then,
    drawn to the mean of all by one half where few were known) and content_score.
    """
    rows, begun = _known(launches), launches.groupby("cohort")["decided_on"].min()
    parts = []
    for cohort, part in rows.groupby("cohort", sort=True):
        past = rows[rows["matured_on"] < begun[cohort]]
        if len(past) < LEAST_ROWS:
            continue
        model = fit(past)
        rated = score(part, model)
        told = potential(part, model, level, rated)
        per = past.groupby("market")["social_share_90_days"].agg(["sum", "size"])
        overall = past["social_share_90_days"].mean()
        base = ((per["sum"] + 2 * overall) / (per["size"] + 2)).reindex(part["market"]).fillna(overall)
        parts.append(
            part[["launch_id", "market"]].assign(
                cohort=cohort, share=part["social_share_90_days"], predicted=told["social_share"], low=told["low"],
                high=told["high"], base=base.to_numpy(), content_score=rated["content_score"],
            )
        )  # fmt: skip
    if not parts:
        raise Refusal.because(
            "no out-of-time test of the content score", f"{len(rows)} launches with social_share_90_days",
            f"needs {LEAST_ROWS} matured before a later cohort",
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def held_out(
    predictions: pd.DataFrame, rng: np.random.Generator, level: float = 0.9, draws: int = 1000
) -> pd.DataFrame:
    """How well the shares were foretold, with a bootstrap over launches. Index measure; columns value, low, high.

    error_saved: squared error saved against the market's mean known at the time (0: no better); rank_correlation of the
    content score with the share among launches of the same market; inside: share of intervals that held.
    """
    rows = predictions
    ranked = rows.groupby("market")[["content_score", "share"]].rank(pct=True)
    ranked = (ranked - 0.5 - 0.5 / rows.groupby("market")["share"].transform("size").to_numpy()[:, None]).to_numpy()
    base, own = (rows["share"] - rows["base"]) ** 2, (rows["share"] - rows["predicted"]) ** 2
    inside = rows["share"].between(rows["low"], rows["high"])
    terms = np.column_stack([own, base, ranked[:, 0] * ranked[:, 1], *(ranked.T**2), inside])
    pick = rng.multinomial(len(rows), np.full(len(rows), 1 / len(rows)), draws)
    sums = np.vstack([np.ones(len(rows)), pick]) @ terms  # the first row is the sample itself
    drawn = {
        "error_saved": 1 - sums[:, 0] / sums[:, 1],
        "rank_correlation": sums[:, 2] / np.sqrt(sums[:, 3] * sums[:, 4]),
        "inside": sums[:, 5] / len(rows),
    }
    ends = [(1 - level) / 2, (1 + level) / 2]
    table = {name: [v[0], *np.quantile(v[1:], ends)] for name, v in drawn.items()}
    return pd.DataFrame(table, index=["value", "low", "high"]).T.rename_axis("measure")


def fit_if_known(launches: pd.DataFrame) -> ShareModel | None:
    """`fit`, or None where fewer than 60 past launches state what social shops sold."""
    return fit(launches) if len(_known(launches)) >= LEAST_ROWS else None


def held_out_if_known(launches: pd.DataFrame, rng: np.random.Generator, level: float = 0.9) -> pd.DataFrame | None:
    """`held_out` of the launches' `out_of_time` predictions, or None where no later cohort can be foretold."""
    try:
        told = out_of_time(launches, level)
    except Refusal:  # said by the caller in words: the score then stands untested
        return None
    return held_out(told, rng, level)


def judged(ideas: pd.DataFrame, model: ShareModel | None, level: float = 0.9) -> pd.DataFrame:
    """`score` of each idea with its name and, where a model is known, its `potential`; most promising first."""
    rated = score(ideas, model)
    table = ideas[[c for c in ("candidate_id", "name", "market") if c in ideas]].join(rated)
    if model is not None:
        table = table.join(potential(ideas, model, level, rated))
    return table.sort_values("content_score" if model is None else "social_share", ascending=False, ignore_index=True)


def explained(ideas: pd.DataFrame, model: ShareModel | None) -> pd.DataFrame:
    """The features as the score uses them: feature, unit, better, assumed and learned weight, missing (ideas)."""
    features = content_features()
    learned = np.nan if model is None else model.weights.to_numpy()
    table = features[["unit", "better"]].assign(assumed=_assumed(), learned=learned)
    return table.assign(missing=scaled(ideas).isna().sum()).reset_index()
