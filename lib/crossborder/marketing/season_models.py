"""Who orders in the next season: buying at any moment, with covariates, in seasons (BG/BB), and the past repeated."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError
from crossborder.marketing import buying_models, contract_models
from crossborder.marketing.buying_models import BuyingModel
from crossborder.marketing.contract_models import BetaGeometricBeta

__all__ = ["SeasonComparison", "compare", "covariate_effects", "covariates", "ranks"]


@dataclass(frozen=True)
class SeasonComparison:
    """Models against the season after the fit, what market and channel change, and the two models themselves.

    `table`: a row a model with expected_over_actual (customers with an order), error (mean squared, Brier) and auc (0.5
    is chance). `effects`: see `covariate_effects`.
    """

    table: pd.DataFrame
    effects: pd.DataFrame
    by_season: BetaGeometricBeta
    with_covariates: BuyingModel


def covariates(people: pd.DataFrame, columns: list[str], *, smallest: int = 200) -> pd.DataFrame:
    """One 0/1 column a value of `columns`, but for the commonest, against which the others stand.

    Values with fewer than `smallest` customers are taken together with the commonest; missing ones count as `none`.
    """
    missing = set(columns) - set(people.columns)
    if missing:
        raise InputError.missing_columns("people", missing, people.columns)
    parts = {}
    for name in columns:
        values = people[name].astype("object").where(people[name].notna(), "none")
        code, known = pd.factorize(values)
        counts = np.bincount(code)
        large = [one for one in np.flatnonzero(counts >= smallest) if one != counts.argmax()]
        for one in sorted(large, key=lambda at: str(known[at])):
            parts[(name, known[one])] = (code == one).astype(float)
    made = pd.DataFrame(parts, index=people.index)
    names = [[pair[place] for pair in parts] for place in (0, 1)]
    made.columns = pd.MultiIndex.from_arrays(names, names=["covariate", "value"])
    return made


def covariate_effects(model: BuyingModel, names: pd.MultiIndex, *, level: float = 0.9) -> pd.DataFrame:
    """Purchase rate and dropout of each value of a covariate as multiples of the commonest value's.

    Columns: covariate, value, rate, rate_low, rate_high, dropout, dropout_low, dropout_high.
    """
    from scipy.special import ndtri

    k = len(names)
    error = np.sqrt(np.diag(model.covariance))[4:]
    z = float(ndtri(0.5 + level / 2))
    made = {"covariate": names.get_level_values(0), "value": names.get_level_values(1)}
    for name, effect, own in (
        ("rate", model.rate_effect, error[:k]),
        ("dropout", model.dropout_effect, error[k:]),
    ):
        made |= {
            name: np.exp(effect),
            f"{name}_low": np.exp(effect - z * own),
            f"{name}_high": np.exp(effect + z * own),
        }
    return pd.DataFrame(made)


def compare(
    past: pd.DataFrame,
    seasons: pd.DataFrame,
    plain: BuyingModel,
    *,
    columns: list[str],
    days: int = 90,
    level: float = 0.9,
    most: int = 20_000,
) -> SeasonComparison:
    """Chance of an order in the season after the fit by every model, against who then ordered.

    `past` are histories up to the fit (`purchase_history.split`) with the `columns` of the covariates, `plain` the
    BG/NBD fitted to them, `seasons` the same customers by season (`purchase_history.seasons`, one season ahead).
    Covariates are fitted on at most `most` customers, evenly taken. The naive chance is the share of the past seasons
    with an order, for customers without a past season that of all.
    """
    joined = past.merge(seasons, on="customer_id", suffixes=("", "_seasons"), how="inner")
    history = tuple(joined[name].to_numpy(float) for name in ("frequency", "recency", "age"))
    x, tx, n = (joined[name].to_numpy(float) for name in ("frequency_seasons", "recency_seasons", "periods"))
    grouped = pd.DataFrame({"x": x, "tx": tx, "n": n}).value_counts()
    keys = grouped.index.to_frame().to_numpy().T
    by_season = contract_models.fit_bgbb(*keys, weight=grouped.to_numpy())
    z = covariates(joined, columns)
    some = slice(None, None, max(1, len(joined) // most))
    fitted = buying_models.fit(*(values[some] for values in history), covariates=z.to_numpy()[some])
    pooled = x.sum() / max(n.sum(), 1.0)
    chances = {
        "BG/BB, by season": by_season.future_purchases(x, tx, n, 1.0),
        "BG/NBD": buying_models.chance_of_purchase(plain, *history, float(days)),
        "BG/NBD with market and channel": buying_models.chance_of_purchase(
            fitted, *history, float(days), covariates=z.to_numpy()
        ),
        "past share of seasons": np.where(n > 0, x / np.maximum(n, 1.0), pooled),
    }
    ordered = joined["holdout_frequency_seasons"].to_numpy() > 0
    rows = {name: _quality(chance, ordered) for name, chance in chances.items()}
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("model")
    return SeasonComparison(table, covariate_effects(fitted, z.columns, level=level), by_season, fitted)


def _quality(chance: np.ndarray, ordered: np.ndarray) -> dict[str, float]:
    from scipy.stats import rankdata

    ranks, count = rankdata(chance), int(ordered.sum())
    others = len(ordered) - count
    auc = (ranks[ordered].sum() - count * (count + 1) / 2) / max(count * others, 1)
    return {
        "expected_over_actual": float(chance.sum() / max(count, 1)),
        "error": float(np.mean((chance - ordered) ** 2)),
        "auc": float(auc) if count and others else 0.5,
    }


def ranks(found: SeasonComparison, number: Callable[..., str]) -> dict[str, str]:
    """How well each model ranks who orders next, written by `number`, and what the covariates add, in points."""
    auc = found.table["auc"].set_axis(["seasons", "plain", "more", "naive"])
    return {name: number(value, 3) for name, value in auc.items()} | {
        "gain": number(100 * (auc["more"] - auc["plain"]), 1)
    }
