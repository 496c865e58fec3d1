"""Weekly worlds with known response to media: carry-over, saturation, season, price, autocorrelated noise.

The response is built differently from any model that is fitted to it: carry-over without a cut, a logarithmic
response without a ceiling, base sales that multiply season and price, and budgets that follow the season.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = ["MixWorld", "many", "mix_world"]

NAMES = ("social", "video", "search_generic", "shopping", "retargeting")


@dataclass(frozen=True)
class MixWorld:
    """Weekly spend, sales, controls and tests as an analyst sees them; true return a channel and true response."""

    spend: pd.DataFrame
    sales: pd.Series
    controls: pd.DataFrame
    tests: pd.DataFrame
    true_roi: pd.Series
    scale: np.ndarray
    bend: np.ndarray

    def response(self, spend: np.ndarray) -> np.ndarray:
        """True sales a week and channel at a constant weekly spend."""
        ratio = np.asarray(spend, dtype=float) / self.spend.mean().to_numpy()
        return self.scale * np.log1p(self.bend * ratio) / np.log1p(self.bend)


def many(count: int, seed: int, *, weeks: int = 156) -> Iterator[MixWorld]:
    """`count` worlds with different effects, carry-over and budgets."""
    for number in range(count):
        yield mix_world(np.random.default_rng([seed, 7, number]), weeks=weeks)


def mix_world(rng: np.random.Generator, *, weeks: int = 156, tested: int = 3) -> MixWorld:
    """One world of `weeks` weeks and five channels."""
    dates = pd.date_range("2023-01-02", periods=weeks, freq="W-MON")
    year = 2 * np.pi * np.arange(weeks) / 52.18
    season = 0.15 * np.sin(year + rng.uniform(0, 6)) + 0.06 * np.cos(2 * year)
    channels = len(NAMES)
    level = rng.uniform(2_000, 9_000, channels)
    moves = _carried(rng.normal(size=(weeks, channels)), 0.6, 0.8)
    bursts = (rng.random((weeks, channels)) < 0.08) * rng.uniform(0.5, 1.2, channels)
    media = level * np.exp(0.38 * moves + 0.8 * season[:, None] * rng.uniform(0, 1, channels) + bursts)
    keep = rng.uniform(0.05, 0.65, channels)
    stock = _carried((1 - keep) * media, keep, 1.0)
    mean = media.mean(axis=0)
    bend = rng.uniform(0.7, 4.0, channels)
    scale = rng.gamma(3.0, 0.55, channels) * mean
    made = scale * np.log1p(bend * stock / mean) / np.log1p(bend)
    price = 1 + 0.06 * rng.normal(size=weeks)
    base = 60_000 * np.exp(season - 1.2 * (price - 1)) * (1 + 0.15 * np.arange(weeks) / weeks)
    noise = _carried(rng.normal(size=weeks), 0.3, 0.954)
    sales = base + made.sum(axis=1) + 2_200 * noise
    roi = pd.Series(made.sum(axis=0) / media.sum(axis=0), index=list(NAMES))
    picked = np.sort(rng.choice(channels, tested, replace=False))
    error = 0.18 * roi.iloc[picked].to_numpy() + 0.05
    tests = pd.DataFrame(
        {"roi": roi.iloc[picked].to_numpy() + error * rng.normal(size=tested), "standard_error": error},
        index=[NAMES[i] for i in picked],
    )
    columns = {
        f"wave_{k}_{name}": wave(k * year) for k in (1, 2) for name, wave in (("sine", np.sin), ("cosine", np.cos))
    }
    controls = pd.DataFrame({**columns, "log_price": np.log(price)}, index=dates)
    return MixWorld(
        pd.DataFrame(media, index=dates, columns=list(NAMES)),
        pd.Series(sales, index=dates),
        controls,
        tests,
        roi,
        scale,
        bend,
    )


def _carried(new: np.ndarray, keep: float | np.ndarray, share: float) -> np.ndarray:
    """What is left of the week before plus a share of what is new, week by week; the first week is as given."""
    made = new.copy()
    for week in range(1, len(made)):
        made[week] = keep * made[week - 1] + share * made[week]
    return made
