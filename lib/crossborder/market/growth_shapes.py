"""The shapes of growth that saturates: Bass, logistic, Gompertz and Richards, with level, density and start values.

All take arrays for the parameters too, so that many curves are worked out at once.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError

__all__ = ["CURVES", "Curve", "cumulative", "curve_named", "density"]


@dataclass(frozen=True)
class Curve:
    """A growth curve: its parameters (all positive except `midpoint`), level, growth a period and start values."""

    name: str
    parameters: tuple[str, ...]
    level: Callable[..., np.ndarray]
    slope: Callable[..., np.ndarray]
    starts: Callable[[np.ndarray, np.ndarray], list[tuple[float, ...]]]


def _decay(t: np.ndarray, rate: float, midpoint: float) -> np.ndarray:
    return np.exp(np.clip(-rate * (t - midpoint), -700, 700))


def _logistic(t: np.ndarray, ceiling: float, rate: float, midpoint: float) -> np.ndarray:
    return ceiling / (1 + _decay(t, rate, midpoint))


def _logistic_slope(t: np.ndarray, ceiling: float, rate: float, midpoint: float) -> np.ndarray:
    decay = _decay(t, rate, midpoint)
    return ceiling / (1 + decay) * rate * (decay / (1 + decay))


def _gompertz(t: np.ndarray, ceiling: float, rate: float, midpoint: float) -> np.ndarray:
    return ceiling * np.exp(-_decay(t, rate, midpoint))


def _gompertz_slope(t: np.ndarray, ceiling: float, rate: float, midpoint: float) -> np.ndarray:
    decay = _decay(t, rate, midpoint)
    return ceiling * np.exp(-decay) * np.minimum(rate * decay, 1e300)


def _richards(t: np.ndarray, ceiling: float, rate: float, shape: float, midpoint: float) -> np.ndarray:
    # In logs: a trial step of the solver may ask for a very large power.
    lag = np.logaddexp(0.0, np.clip(-np.minimum(rate, 1e6) * (t - midpoint), -700, 700)) / np.maximum(shape, 1e-6)
    return ceiling * np.exp(-np.minimum(lag, 700))


def _richards_slope(t: np.ndarray, ceiling: float, rate: float, shape: float, midpoint: float) -> np.ndarray:
    decay = _decay(t, np.minimum(rate, 1e6), midpoint)
    return _richards(t, ceiling, rate, shape, midpoint) * rate / np.maximum(shape, 1e-6) * (decay / (1 + decay))


def _bass(t: np.ndarray, ceiling: float, p: float, q: float) -> np.ndarray:
    decay = np.exp(np.clip(-(p + q) * t, -700, 700))
    return ceiling * (1 - decay) / (1 + q / p * decay)


def _bass_slope(t: np.ndarray, ceiling: float, p: float, q: float) -> np.ndarray:
    decay = np.exp(np.clip(-(p + q) * t, -700, 700))
    return ceiling * (p + q) ** 2 / p * decay / (1 + q / p * decay) ** 2


def _s_starts(t: np.ndarray, y: np.ndarray) -> list[tuple[float, ...]]:
    top, span = float(y.max()), float(t[-1] - t[0])
    middle = float(t[np.argmin(np.abs(y - top / 2))])
    grid = [(k, r, m) for k in (1.05, 1.5, 3.0) for r in (4, 10) for m in (middle, t[-1])]
    return [(top * k, r / span, float(m)) for k, r, m in grid]


def _richards_starts(t: np.ndarray, y: np.ndarray) -> list[tuple[float, ...]]:
    return [(c, r, shape, m) for c, r, m in _s_starts(t, y) for shape in (0.6, 1.5)]


def _bass_starts(t: np.ndarray, y: np.ndarray) -> list[tuple[float, ...]]:
    top, scale = float(y.max()), 10.0 / float(t[-1])
    grid = [(k, p, q) for k in (1.1, 2.0, 4.0) for p in (0.003, 0.03) for q in (0.2, 0.5)]
    return [(top * k, p * scale, q * scale) for k, p, q in grid]


SIGMOID = ("ceiling", "rate", "midpoint")
CURVES = {
    curve.name: curve
    for curve in (
        Curve("logistic", SIGMOID, _logistic, _logistic_slope, _s_starts),
        Curve("gompertz", SIGMOID, _gompertz, _gompertz_slope, _s_starts),
        Curve("richards", ("ceiling", "rate", "shape", "midpoint"), _richards, _richards_slope, _richards_starts),
        Curve("bass", ("ceiling", "p", "q"), _bass, _bass_slope, _bass_starts),
    )
}


def curve_named(name: str) -> Curve:
    """The growth curve of that name; InputError for one that is not known."""
    if name not in CURVES:
        raise InputError.unknown("curve", name, CURVES)
    return CURVES[name]


def cumulative(curve: str, times: np.ndarray, parameters: pd.Series | dict[str, float]) -> np.ndarray:
    """The level of `curve` at `times` (Bass: adopters so far; times are periods since the start)."""
    shape = curve_named(curve)
    return shape.level(np.asarray(times, dtype=float), *[parameters[name] for name in shape.parameters])


def density(curve: str, times: np.ndarray, parameters: pd.Series | dict[str, float]) -> np.ndarray:
    """The growth a period of `curve` at `times`: the derivative of its level, in closed form."""
    shape = curve_named(curve)
    return shape.slope(np.asarray(times, dtype=float), *[parameters[name] for name in shape.parameters])
