"""Which indicators are watched for which kind of incident: stated by the company, or learned from its record."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError
from crossborder.risk.baseline import Baseline

__all__ = ["learn_watch", "watch_list", "watch_map"]


def watch_map(indicators: pd.DataFrame) -> dict[str, list[str]]:
    """Indicators by the kind of incident that they are watched for, from the column `watches` (kinds apart by |)."""
    if "watches" not in indicators:
        raise InputError.missing_columns("indicators", ["watches"], indicators.columns)
    pairs = indicators[["name", "watches"]].drop_duplicates().dropna()
    long = pairs.assign(kind=pairs["watches"].str.split("|")).explode("kind")
    return {kind: sorted(group["name"]) for kind, group in long.groupby("kind")}


def watch_list(
    indicators: pd.DataFrame, baseline: Baseline, incidents: pd.DataFrame, *, end: pd.Timestamp
) -> tuple[dict[str, list[str]], str]:
    """The company's own watch list ("stated"), or one learned from the incidents before `end` ("learned")."""
    stated = watch_map(indicators) if "watches" in indicators else {}
    return (stated, "stated") if stated else (learn_watch(baseline, incidents, end=end), "learned")


def learn_watch(
    baseline: Baseline, incidents: pd.DataFrame, *, end: pd.Timestamp, weeks: int = 4, least: float = 1.8, top: int = 3
) -> dict[str, list[str]]:
    """The same map learned from the incidents before `end`: indicators that stood out in the `weeks` before them.

    For a company without a watch list; a few incidents of a kind teach little, and unseen kinds have no entry.
    """
    days, found = baseline.position.index.to_numpy("datetime64[D]"), {}
    for kind, group in incidents[incidents["started_on"] < end].groupby("kind"):
        age = (group["started_on"].to_numpy("datetime64[D]")[:, None] - days).astype(float) / 7
        near = (age >= -1) & (age < weeks)
        heights = np.nanmean([baseline.position[mask].max().to_numpy() for mask in near], axis=0)
        best = pd.Series(heights, baseline.position.columns).nlargest(top)
        found[kind] = sorted(best.index[best >= least])
    return {kind: names for kind, names in found.items() if names}
