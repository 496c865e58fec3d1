"""What a panel and test clips said of an idea, and which share of a launch's pieces social shops then sold.

Drawn from a stream of its own beside the launches and ideas, so that their other columns stay what they are. The
log-odds of the share are linear in the features and differ by market.
"""

import numpy as np
import pandas as pd

__all__ = ["EFFECTS", "MARKET_LEVEL", "features", "social_share"]

# Log-odds of the share for a step of the feature: 0.1 of a share, twice the seconds, twice the price.
EFFECTS = {"visual_appeal": 0.14, "demo_seconds": -0.22, "hook_rate": 0.25, "price_usd": -0.10}
MARKET_LEVEL = {"US": -1.3, "DE": -2.0, "GB": -1.5, "JP": -2.1, "MX": -1.4, "BR": -1.1, "ID": -0.5, "SA": -1.2}
NOISE_SD = 0.45
WITHOUT_CLIP, WITHOUT_PANEL = 0.35, 0.06


def features(content_fit: pd.Series, rng: np.random.Generator) -> pd.DataFrame:
    """visual_appeal, demo_seconds and hook_rate: related to the proposer's content fit, missing where not tried."""
    lift = (content_fit.to_numpy(float) - 0.58) / 0.17
    z = rng.standard_normal((3, len(lift)))
    table = pd.DataFrame(
        {
            "visual_appeal": (0.55 + 0.06 * lift + 0.13 * z[0]).clip(0.05, 0.98).round(2),
            "demo_seconds": (14 * np.exp(-0.25 * lift + 0.6 * z[1])).clip(1, 120).round(),
            "hook_rate": (0.42 + 0.04 * lift + 0.10 * z[2]).clip(0.03, 0.95).round(3),
        },
        index=content_fit.index,
    )
    table.loc[rng.uniform(size=len(lift)) < WITHOUT_PANEL, "visual_appeal"] = np.nan
    # The clip of an idea without a rating exists all the same; both gaps are drawn apart.
    table["hook_rate"] = table["hook_rate"].where(rng.uniform(size=len(lift)) >= WITHOUT_CLIP)
    return table


def social_share(launches: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The features of each launch with social_share_90_days where pieces were counted."""
    full = features(launches["content_fit"], rng)
    usual = full.fillna({"visual_appeal": 0.55, "hook_rate": 0.42})
    eta = launches["market"].map(MARKET_LEVEL).to_numpy(float)
    eta = eta + EFFECTS["visual_appeal"] * (usual["visual_appeal"] - 0.55) / 0.1
    eta = eta + EFFECTS["demo_seconds"] * np.log2(usual["demo_seconds"] / 14)
    eta = eta + EFFECTS["hook_rate"] * (usual["hook_rate"] - 0.42) / 0.1
    eta = eta + EFFECTS["price_usd"] * np.log2(launches["price_usd"] / 28)
    eta = eta + NOISE_SD * rng.standard_normal(len(full))
    pieces = launches["units_90_days"].fillna(0).to_numpy(int)
    sold = rng.binomial(pieces, 1 / (1 + np.exp(-eta.to_numpy(float))))
    return full.assign(social_share_90_days=np.where(pieces > 0, sold / np.maximum(pieces, 1), np.nan).round(4))
