"""How advertising lingers (adstock) and how it wears off with volume (saturation)."""

from collections.abc import Callable

import numpy as np

from crossborder.errors import InputError

__all__ = [
    "SATURATIONS",
    "adstock",
    "delayed_weights",
    "geometric",
    "geometric_weights",
    "half_life",
    "hill",
    "logistic",
    "michaelis_menten",
    "power",
    "saturate",
    "saturation_curve",
    "tanh",
    "weibull_cdf_weights",
    "weibull_pdf_weights",
]


def geometric(x: np.ndarray, decay: float) -> np.ndarray:
    """Adstock without end: a_t = x_t + decay * a_(t-1), not normalised.

    Source: Broadbent (1979); Robyn `adstock_geometric`.

    >>> geometric(np.full(5, 100.0), 0.5).tolist()
    [100.0, 150.0, 175.0, 187.5, 193.75]
    """
    from scipy.signal import lfilter

    _decay(decay)
    return lfilter([1.0], [1.0, -decay], np.asarray(x, dtype=float), axis=0)


def geometric_weights(decay: float | np.ndarray, lags: int, *, normalised: bool = True) -> np.ndarray:
    """Weights decay^0, decay^1, ... of the present and `lags` - 1 earlier periods; last axis is the lag."""
    _decay(np.max(decay))
    weights = np.asarray(decay, dtype=float)[..., None] ** np.arange(lags)
    return weights / weights.sum(axis=-1, keepdims=True) if normalised else weights


def delayed_weights(decay: float, peak: float, lags: int, *, normalised: bool = True) -> np.ndarray:
    """Weights decay^((lag - peak)^2): the effect peaks `peak` periods later.

    Source: Jin, Wang, Sun, Chan and Koehler (2017), Bayesian methods for media mix modeling, equation 3.
    """
    _decay(decay)
    weights = np.asarray(decay, dtype=float) ** ((np.arange(lags) - peak) ** 2)
    return weights / weights.sum() if normalised else weights


def weibull_cdf_weights(shape: float, scale: float, lags: int) -> np.ndarray:
    """Weights as running products of Weibull survival, starting at 1; the scale is a quantile of the lags.

    Source: Robyn `adstock_weibull(type = "cdf")`.
    """
    _positive(shape=shape)
    steps = np.arange(1, lags + 1)
    spread = np.round(np.quantile(steps, scale))
    survival = np.exp(-((steps[:-1] / spread) ** shape)) if scale > 0 else np.zeros(lags - 1)
    return np.cumprod(np.concatenate([[1.0], survival]))


def weibull_pdf_weights(shape: float, scale: float, lags: int) -> np.ndarray:
    """Weights as a Weibull density scaled from 0 to 1; the peak may come later.

    Source: Robyn `adstock_weibull(type = "pdf")`.
    """
    _positive(shape=shape)
    steps = np.arange(1, lags + 1)
    spread = np.round(np.quantile(steps, scale))
    density = shape / spread * (steps / spread) ** (shape - 1) * np.exp(-((steps / spread) ** shape))
    span = density.max() - density.min()
    return (density - density.min()) / span if span > 0 else density


def adstock(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weighted sum of the present and earlier values; periods before the first count as 0.

    >>> adstock(np.array([1.0, 0.0, 0.0]), np.array([0.5, 0.3, 0.2])).tolist()
    [0.5, 0.3, 0.2]
    """
    x = np.asarray(x, dtype=float)
    return np.convolve(x, np.asarray(weights, dtype=float))[: len(x)]


def half_life(decay: float) -> float:
    """Periods after which half of the effect is over: log(0.5) / log(decay).

    >>> half_life(0.5)
    1.0
    """
    _decay(decay)
    return 0.0 if decay == 0 else float(np.log(0.5) / np.log(decay))


def logistic(x: np.ndarray, rate: float) -> np.ndarray:
    """(1 - e^(-rate x)) / (1 + e^(-rate x)), from 0 to 1, concave."""
    return np.tanh(np.asarray(rate * x) / 2)


def tanh(x: np.ndarray, half: float) -> np.ndarray:
    """tanh(x / half * atanh(0.5)): one half at x = `half`, from 0 to 1, concave."""
    return np.tanh(np.asarray(x) / half * np.arctanh(0.5))


def michaelis_menten(x: np.ndarray, half: float) -> np.ndarray:
    """x / (half + x): one half at x = `half`, concave."""
    return x / (half + x)


def hill(x: np.ndarray, half: float, shape: float = 1.0) -> np.ndarray:
    """x^shape / (half^shape + x^shape): S-shaped for shape above 1. Source: Hill (1910); Jin et al. (2017), equation 5.

    >>> float(hill(np.array(3.0), 3.0, 2.0))
    0.5
    """
    x = np.asarray(x, dtype=float)
    raised = np.maximum(x, 0.0) ** shape
    return raised / (half**shape + raised)


def power(x: np.ndarray, exponent: float) -> np.ndarray:
    """x^exponent, concave for an exponent between 0 and 1 (a constant elasticity)."""
    return np.maximum(np.asarray(x, dtype=float), 0.0) ** exponent


# Every saturation here is one half at x = `half`, so that its parameter has one meaning in all families.
SATURATIONS = {
    "logistic": lambda x, half: logistic(x, 2 * np.arctanh(0.5) / half),
    "tanh": tanh,
    "michaelis_menten": michaelis_menten,
    "hill2": lambda x, half: hill(x, half, 2.0),
    "exponential": lambda x, half: -np.expm1(-np.log(2) * np.asarray(x) / half),
}


def saturate(x: np.ndarray, half: float | np.ndarray, family: str = "logistic") -> np.ndarray:
    """Saturation of a family of `SATURATIONS`, one half at x = `half`.

    Raises InputError for an unknown family or a half-saturation of 0 or less.
    """
    return saturation_curve(half, family)(x, half)


def saturation_curve(half: float | np.ndarray, family: str = "logistic") -> Callable[[np.ndarray, float], np.ndarray]:
    """The function of a family that `saturate` takes, once `half` has been looked at; raises as that does."""
    if family not in SATURATIONS:
        raise InputError.unknown("saturation_curve", family, SATURATIONS)
    if np.min(half) <= 0:
        raise InputError.out_of_range("half", half, "above 0")
    return SATURATIONS[family]


def _decay(decay: float) -> None:
    if not 0 <= decay < 1:
        raise InputError.out_of_range("decay", decay, "0 or more and below 1")


def _positive(**values: float) -> None:
    for name, value in values.items():
        if not value > 0:
            raise InputError.out_of_range(name, value, "above 0")
