"""Response curves: sales a week that a constant weekly spend brings, and what the next unit of spend brings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError
from crossborder.marketing.adstock import saturate, saturation_curve
from crossborder.marketing.mix_model import MixFit, draw

__all__ = ["Curves", "curve_table", "curves_from_mix", "with_margin"]


@dataclass(frozen=True)
class Curves:
    """Response of each channel to constant weekly spend: size * saturation(spend / half).

    Arrays may carry a leading axis of draws. `family` is a name of `adstock.SATURATIONS` or `power` (size * spend^half,
    then `half` is the exponent).
    """

    channels: tuple[str, ...]
    size: np.ndarray
    half: np.ndarray
    family: str = "logistic"

    def value(self, spend: np.ndarray) -> np.ndarray:
        """Sales a week and channel at `spend` a week and channel."""
        spend = np.asarray(spend, dtype=float)
        if self.family == "power":
            return self.size * np.maximum(spend, 0.0) ** self.half
        return self.size * saturate(spend, self.half, self.family)

    def slope(self, spend: np.ndarray) -> np.ndarray:
        """Sales from the next unit of spend (central difference, exact to about 1e-9)."""
        return self.slopes()(np.asarray(spend, dtype=float))

    def slopes(self) -> Callable[[np.ndarray], np.ndarray]:
        """`slope` as a function of arrays, for many calls: the curves are looked at once."""
        if self.family == "power":
            steepness = self.size * self.half
            return lambda spend: steepness * np.maximum(spend, 1e-12) ** (self.half - 1)
        curve, size, half, least = saturation_curve(self.half, self.family), self.size, self.half, 0.01 * self.half

        def slope(spend: np.ndarray) -> np.ndarray:
            step = 1e-5 * np.maximum(spend, least)
            low, high = np.maximum(spend - step, 0.0), spend + step
            return (size * curve(high, half) - size * curve(low, half)) / (high - low)

        return slope

    @property
    def concave(self) -> bool:
        """Whether every curve bends down everywhere."""
        return self.family != "hill2" and (self.family != "power" or bool(np.all(self.half <= 1)))


def curves_from_mix(model: MixFit, draws: int = 0, rng: np.random.Generator | None = None) -> Curves:
    """Curves of a fitted mix model (one a channel), or `draws` of them from its uncertainty."""
    n = len(model.channels)
    if draws == 0:
        return Curves(model.channels, model.size, model.half_saturation, model.saturation)
    if rng is None:
        raise InputError.out_of_range("rng", None, "a numpy random generator")
    theta = draw(model, draws, rng)
    half = np.exp(theta[:, n : 2 * n]) * model.spend.mean(axis=0)
    return Curves(model.channels, np.exp(theta[:, 2 * n :]) * model.sales.mean(), half, model.saturation)


def with_margin(curves: Curves, margin: float | Sequence[float]) -> Curves:
    """The same curves in contribution instead of sales: sizes times the margin share a channel."""
    return Curves(curves.channels, curves.size * np.asarray(margin, dtype=float), curves.half, curves.family)


def curve_table(
    curves: Curves, uncertain: Curves, current: np.ndarray, *, points: int = 40, reach: float = 2.0, level: float = 0.9
) -> pd.DataFrame:
    """Response and slope from 0 to `reach` times the current spend, with intervals, one row a channel and point.

    Columns: channel, spend, response, response_low, response_high, slope, current.
    """
    tail = (1 - level) / 2
    share = np.linspace(0.0, reach, points)
    spend = share[:, None] * np.asarray(current, dtype=float)
    drawn = uncertain.value(spend[:, None, :])
    low, high = np.quantile(drawn, [tail, 1 - tail], axis=1)
    parts = [
        pd.DataFrame(
            {
                "channel": name,
                "spend": spend[:, at],
                "response": curves.value(spend)[:, at],
                "response_low": low[:, at],
                "response_high": high[:, at],
                "slope": curves.slope(spend)[:, at],
                "current": current[at],
            }
        )
        for at, name in enumerate(curves.channels)
    ]
    return pd.concat(parts, ignore_index=True)
