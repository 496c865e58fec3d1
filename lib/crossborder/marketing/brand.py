"""What the brand is worth, and what profiles and creatives say about the next click."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = ["click_model", "lookalike", "price_premium_value", "royalty_relief"]


def royalty_relief(
    revenue: np.ndarray, *, royalty_rate: float, tax_rate: float, discount: float, growth: float
) -> float:
    """Value of a brand as the royalties it saves, after tax: yearly revenue forecast, then growth without end.

    Flows at year ends. Source: ISO 10668; Salinas (2009), The International Brand Valuation Manual.

    >>> round(royalty_relief(np.array([100.0]), royalty_rate=0.1, tax_rate=0.0, discount=0.1, growth=0.0), 6)
    100.0
    """
    if growth >= discount:
        raise InputError.out_of_range("growth", growth, f"below the discount rate ({discount})")
    flows = np.asarray(revenue, dtype=float) * royalty_rate * (1 - tax_rate)
    factor = (1 + discount) ** -np.arange(1, len(flows) + 1)
    return float(flows @ factor + flows[-1] * (1 + growth) / (discount - growth) * factor[-1])


def price_premium_value(
    own_price: float,
    rival_price: float,
    units_year: float,
    *,
    brand_share: float = 0.5,
    tax_rate: float,
    discount: float,
    growth: float = 0.0,
) -> float:
    """Value of the price premium over like products times volume, of which `brand_share` is the brand's, growing."""
    if growth >= discount:
        raise InputError.out_of_range("growth", growth, f"below the discount rate ({discount})")
    flow = max(own_price - rival_price, 0.0) * units_year * brand_share * (1 - tax_rate)
    return float(flow / (discount - growth))


def lookalike(
    people: pd.DataFrame, seeds: np.ndarray, *, folds: int = 4, rng: np.random.Generator
) -> tuple[pd.Series, pd.Series]:
    """Score of everybody's likeness to the seeds (cross-fitted logit on the profile), and its quality.

    Quality: auc, lift of the top tenth over the mean, seeds.
    """
    from crossborder.marketing.churn import score_quality
    from crossborder.marketing.data_driven import newton_logit

    y = np.asarray(seeds, dtype=float)
    if min(y.sum(), len(y) - y.sum()) < 20:
        raise Refusal.because(
            "a look-alike model needs seeds and others", f"seeds: {int(y.sum())}", "at least 20 of each"
        )
    x = people.to_numpy(float)
    x = (x - x.mean(axis=0)) / np.maximum(x.std(axis=0), 1e-9)
    design = np.column_stack([np.ones(len(x)), x])
    fold = rng.permutation(len(y)) % folds
    score = np.empty(len(y))
    for number in range(folds):
        rest = fold != number
        coefficient = newton_logit(design[rest], y[rest], np.ones(rest.sum()), 1.0)[0]
        score[~rest] = 1 / (1 + np.exp(-(design[~rest] @ coefficient)))
    top = score >= np.quantile(score, 0.9)
    quality = pd.Series(
        {"auc": score_quality(score, y)["auc"], "top_tenth_lift": y[top].mean() / y.mean(), "seeds": y.sum()}
    )
    return pd.Series(score, index=people.index), quality


def click_model(
    cells: pd.DataFrame, features: list[str], *, holdout: np.ndarray, level: float = 0.9
) -> tuple[pd.DataFrame, pd.Series]:
    """Click rate by additive effects of features (channel, market, season), judged on held-out cells.

    `cells`: columns of `features`, impressions, clicks. Gives effects (feature, value, odds_ratio, low, high) and
    quality
    (log loss a click opportunity of the model and of the overall rate, and the click lift of the best third of cells).
    """
    from scipy.special import ndtri

    from crossborder.marketing.data_driven import newton_logit

    dummies = pd.get_dummies(cells[features].astype(str), prefix_sep="=", drop_first=True, dtype=float)
    design = np.column_stack([np.ones(len(cells)), dummies.to_numpy()])
    clicks, shown = cells["clicks"].to_numpy(float), cells["impressions"].to_numpy(float)
    fit = ~np.asarray(holdout, dtype=bool)
    coefficient, covariance = newton_logit(design[fit], clicks[fit], shown[fit], 1e-6)
    chance = np.clip(1 / (1 + np.exp(-(design @ coefficient))), 1e-9, 1 - 1e-9)
    residual = (clicks - shown * chance)[fit] / np.sqrt((shown * chance * (1 - chance))[fit].clip(min=1e-9))
    error = np.sqrt(np.diag(covariance) * max(residual @ residual / fit.sum(), 1.0))

    def loss(p: np.ndarray | float) -> float:
        value = clicks * np.log(p) + (shown - clicks) * np.log(1 - p)
        return float(-np.sum(value[~fit]) / shown[~fit].sum())

    base = clicks[fit].sum() / shown[fit].sum()
    best = chance >= np.quantile(chance[~fit], 2 / 3)
    lift = clicks[~fit & best].sum() / shown[~fit & best].sum() / (clicks[~fit].sum() / shown[~fit].sum()) - 1
    names = dummies.columns.str.split("=", n=1, expand=True)
    z = float(ndtri(0.5 + level / 2))
    effects = pd.DataFrame(
        {
            "feature": names.get_level_values(0),
            "value": names.get_level_values(1),
            "odds_ratio": np.exp(coefficient[1:]),
            "low": np.exp(coefficient[1:] - z * error[1:]),
            "high": np.exp(coefficient[1:] + z * error[1:]),
        }
    )
    quality = pd.Series({"log_loss": loss(chance), "base_log_loss": loss(base), "best_third_lift": float(lift)})
    return effects.sort_values("odds_ratio", ascending=False, ignore_index=True), quality
