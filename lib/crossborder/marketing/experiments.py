"""Randomised tests: size, power, whether the split is right, and the effect with its interval."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = [
    "Effect",
    "cuped",
    "many_arms",
    "mean_effect",
    "minimum_detectable",
    "power_means",
    "power_proportions",
    "proportion_effect",
    "ratio_effect",
    "sample_ratio_mismatch",
    "sample_size_means",
    "sample_size_proportions",
]


@dataclass(frozen=True)
class Effect:
    """An absolute effect with its interval and two-sided p value, and the effect relative to the control."""

    estimate: float
    low: float
    high: float
    p_value: float
    standard_error: float
    relative: float
    relative_low: float
    relative_high: float
    level: float


def power_proportions(
    n: float, p1: float, p2: float, *, alpha: float = 0.05, two_sided: bool = True, strict: bool = False
) -> float:
    """Power of the two-sample test of proportions with `n` a group (pooled variance under the null).

    `strict` also counts rejections in the wrong direction. Source: R `power.prop.test` (Fleiss 1981, formula 3.14).
    """
    from scipy.special import ndtr, ndtri

    _shares(p1, p2)
    pooled = (p1 + p2) / 2
    z = ndtri(1 - alpha / (2 if two_sided else 1))
    null = z * np.sqrt(2 * pooled * (1 - pooled))
    spread = np.sqrt(p1 * (1 - p1) + p2 * (1 - p2))
    gap = np.sqrt(n) * abs(p1 - p2)
    power = ndtr((gap - null) / spread)
    return float(power + (ndtr((-gap - null) / spread) if strict and two_sided else 0.0))


def sample_size_proportions(
    p1: float, p2: float, *, power: float = 0.8, alpha: float = 0.05, two_sided: bool = True, variance: str = "pooled"
) -> float:
    """People a group to find p2 against p1; not rounded.

    `variance`: `pooled` (pooled under the null, unpooled under the alternative: R `power.prop.test`), `unpooled`, or
    `baseline` (variance of p1 under the null: Miller's sample-size calculator).

    >>> round(sample_size_proportions(0.5, 0.75, power=0.9), 2)
    76.71
    """
    from scipy.special import ndtri

    _shares(p1, p2)
    _open(power=power, alpha=alpha)
    if p1 == p2:
        raise InputError.out_of_range("p1 and p2", (p1, p2), "different from each other")
    pooled = (p1 + p2) / 2
    alternative = p1 * (1 - p1) + p2 * (1 - p2)
    null = {"pooled": 2 * pooled * (1 - pooled), "unpooled": alternative, "baseline": 2 * p1 * (1 - p1)}
    if variance not in null:
        raise InputError.unknown("variance", variance, null)
    z = ndtri(1 - alpha / (2 if two_sided else 1))
    return float(((z * np.sqrt(null[variance]) + ndtri(power) * np.sqrt(alternative)) / (p1 - p2)) ** 2)


def power_means(
    n: float,
    delta: float,
    sd: float = 1.0,
    *,
    alpha: float = 0.05,
    two_sided: bool = True,
    kind: str = "two.sample",
    strict: bool = False,
) -> float:
    """Power of the t test with `n` a group (or pairs), by the noncentral t distribution. Source: R `power.t.test`."""
    from scipy.special import nctdtr, stdtrit

    samples = {"two.sample": 2, "one.sample": 1, "paired": 1}
    if kind not in samples:
        raise InputError.unknown("kind", kind, samples)
    if n < 2 or sd <= 0:
        raise InputError.out_of_range("n and sd", (n, sd), "n from 2, sd above 0")
    freedom = (n - 1) * samples[kind]
    critical = stdtrit(freedom, 1 - alpha / (2 if two_sided else 1))
    shift = np.sqrt(n / samples[kind]) * abs(delta) / sd
    power = 1 - nctdtr(freedom, shift, critical)
    return float(power + (nctdtr(freedom, shift, -critical) if strict and two_sided else 0.0))


def sample_size_means(
    delta: float,
    sd: float = 1.0,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    two_sided: bool = True,
    kind: str = "two.sample",
) -> float:
    """Observations a group for the t test; not rounded. Source: R `power.t.test`.

    >>> round(sample_size_means(1.0, power=0.9), 3)
    22.021
    """
    from scipy.optimize import brentq

    _open(power=power, alpha=alpha)
    if delta == 0:
        raise InputError.out_of_range("delta", delta, "not 0")

    def gap(n: float) -> float:
        return power_means(n, delta, sd, alpha=alpha, two_sided=two_sided, kind=kind) - power

    high = 4.0
    while gap(high) < 0:
        high *= 2
    return 2.0 if gap(2.0) > 0 else float(brentq(gap, 2.0, high, xtol=1e-10))


def minimum_detectable(n: float, base: float, *, power: float = 0.8, alpha: float = 0.05) -> float:
    """Smallest absolute rise of a rate `base` that `n` people a group find with the given power."""
    from scipy.optimize import brentq

    _shares(base)
    top = 1 - base - 1e-9

    def gap(rise: float) -> float:
        return power_proportions(n, base, base + rise, alpha=alpha) - power

    if gap(top) < 0:
        raise Refusal.because(f"{n} people a group find no rise at all", f"base rate: {base}", "test longer or wider")
    return float(brentq(gap, 1e-9, top, xtol=1e-12))


def sample_ratio_mismatch(
    counts: list[int] | np.ndarray, planned: list[float] | None = None, *, alpha: float = 0.001
) -> pd.Series:
    """Whether arms got the planned shares of people: chi-square statistic, p value, mismatch (p below `alpha`).

    A mismatch means that the split is broken and the test must not be read.
    Source: Fabijan et al. (2019), KDD; Kohavi, Tang and Xu (2020), chapter 21.
    """
    from scipy.special import chdtrc

    counts = np.asarray(counts, dtype=float)
    if len(counts) < 2 or counts.sum() <= 0 or (counts < 0).any():
        raise InputError.out_of_range("counts", counts.tolist(), "two or more arms with people")
    share = np.full(len(counts), 1 / len(counts)) if planned is None else np.asarray(planned, dtype=float)
    if len(share) != len(counts) or (share <= 0).any():
        raise InputError.out_of_range("planned", share.tolist(), f"{len(counts)} shares above 0")
    expected = share / share.sum() * counts.sum()
    statistic = float(((counts - expected) ** 2 / expected).sum())
    p_value = float(chdtrc(len(counts) - 1, statistic))
    return pd.Series(
        {"statistic": statistic, "p_value": p_value, "mismatch": p_value < alpha, "ratio": counts[-1] / counts[0]}
    )


def proportion_effect(control: tuple[float, float], treated: tuple[float, float], *, level: float = 0.95) -> Effect:
    """Difference of two rates from (converted, people) of each arm; p and interval from the same normal inversion."""
    for name, (hits, people) in {"control": control, "treated": treated}.items():
        if not 0 <= hits <= people or people <= 0:
            raise InputError.out_of_range(name, (hits, people), "0 <= converted <= people, people above 0")
    rates = [hits / people for hits, people in (control, treated)]
    variances = [
        max(rate * (1 - rate), 1 / people) / people for rate, (_, people) in zip(rates, (control, treated), strict=True)
    ]
    return _effect(rates[0], rates[1], variances[0], variances[1], level)


def mean_effect(
    control: tuple[float, float, float], treated: tuple[float, float, float], *, level: float = 0.95
) -> Effect:
    """Difference of two means from (people, sum, sum of squares) of each arm (Welch, normal limits)."""
    moments = []
    for name, (people, total, squares) in {"control": control, "treated": treated}.items():
        if people < 2:
            raise InputError.out_of_range(name, people, "at least 2 people")
        mean = total / people
        moments.append((mean, max(squares / people - mean**2, 0.0) * people / (people - 1) / people))
    return _effect(moments[0][0], moments[1][0], moments[0][1], moments[1][1], level)


def ratio_effect(control: pd.DataFrame, treated: pd.DataFrame, *, level: float = 0.95) -> Effect:
    """Difference of two ratios sum(numerator) / sum(denominator) over people, by the delta method.

    Source: Deng, Knoblich and Lu (2018), KDD.
    """
    moments = []
    for frame in (control, treated):
        top, bottom = frame["numerator"].to_numpy(float), frame["denominator"].to_numpy(float)
        if bottom.sum() <= 0 or len(top) < 2:
            raise InputError.out_of_range("denominator", float(bottom.sum()), "a sum above 0 over 2 or more people")
        ratio = top.mean() / bottom.mean()
        moments.append((ratio, np.var(top - ratio * bottom, ddof=1) / bottom.mean() ** 2 / len(top)))
    return _effect(moments[0][0], moments[1][0], moments[0][1], moments[1][1], level)


def cuped(control: dict[str, float], treated: dict[str, float], *, level: float = 0.95) -> tuple[Effect, float]:
    """Effect on a mean after removing what the people's own past explains, and the share of variance removed.

    Each arm: people, y, yy, x, xx, xy (sums of the outcome, of the prior outcome, their squares and products).
    One slope for both arms, from the pooled within-arm moments.
    Source: Deng, Xu, Kohavi and Walker (2013), WSDM.
    """
    arms = [control, treated]
    needed = {"people", "y", "yy", "x", "xx", "xy"}
    for arm in arms:
        if needed - set(arm):
            raise InputError.missing_columns("arm", needed - set(arm), arm)
        if arm["people"] < 2:
            raise InputError.out_of_range("people", arm["people"], "2 or more in each arm")

    def within(first: str, second: str, product: str) -> list[float]:
        return [arm[product] - arm[first] * arm[second] / arm["people"] for arm in arms]

    xx, xy, yy = within("x", "x", "xx"), within("x", "y", "xy"), within("y", "y", "yy")
    slope = sum(xy) / sum(xx) if sum(xx) > 0 else 0.0
    overall = sum(arm["x"] for arm in arms) / sum(arm["people"] for arm in arms)
    moments = []
    for at, arm in enumerate(arms):
        people = arm["people"]
        mean = arm["y"] / people - slope * (arm["x"] / people - overall)
        variance = (yy[at] - 2 * slope * xy[at] + slope**2 * xx[at]) / (people - 1) / people
        moments.append((mean, max(variance, 0.0)))
    removed = sum(xy) ** 2 / (sum(xx) * sum(yy)) if sum(xx) > 0 and sum(yy) > 0 else 0.0
    return _effect(moments[0][0], moments[1][0], moments[0][1], moments[1][1], level), float(removed)


def many_arms(
    arms: pd.DataFrame, control: str = "control", *, level: float = 0.95, correction: str = "holm"
) -> pd.DataFrame:
    """Every arm against the control with p values corrected for their number.

    `arms`: index arm, columns converted, people. `correction`: `holm`, `bonferroni` or `dunnett` (correlation 0.5,
    normal limit). Columns: rate, effect, effect_low, effect_high, p_value, p_corrected, significant. Intervals are
    simultaneous (Dunnett or Bonferroni).
    Source: Dunnett (1955), JASA 50; Holm (1979), Scandinavian Journal of Statistics 6.
    """
    if control not in arms.index:
        raise InputError.unknown("control", control, arms.index)
    if correction not in ("holm", "bonferroni", "dunnett"):
        raise InputError.unknown("correction", correction, ["holm", "bonferroni", "dunnett"])
    others = [name for name in arms.index if name != control]
    if not others:
        raise InputError.out_of_range("arms", list(arms.index), "the control and at least one other arm")
    base = tuple(arms.loc[control, ["converted", "people"]])
    found = {
        name: proportion_effect(base, tuple(arms.loc[name, ["converted", "people"]]), level=level) for name in others
    }
    p = np.array([found[name].p_value for name in others])
    z = np.array([abs(found[name].estimate) / found[name].standard_error for name in others])
    wide = _critical(len(others), level, correction)
    frame = pd.DataFrame(
        {
            "rate": arms.loc[others, "converted"] / arms.loc[others, "people"],
            "effect": [found[name].estimate for name in others],
            "effect_low": [found[name].estimate - wide * found[name].standard_error for name in others],
            "effect_high": [found[name].estimate + wide * found[name].standard_error for name in others],
            "p_value": p,
            "p_corrected": _correct(p, z, correction),
        },
        index=pd.Index(others, name="arm"),
    )
    return frame.assign(significant=frame["p_corrected"] < 1 - level)


def _correct(p: np.ndarray, z: np.ndarray, correction: str) -> np.ndarray:
    count = len(p)
    if correction == "bonferroni":
        return np.minimum(p * count, 1.0)
    if correction == "dunnett":
        return np.array([1 - _dunnett_inside(value, count) for value in z])
    order = np.argsort(p)
    stepped = np.maximum.accumulate(np.minimum(p[order] * (count - np.arange(count)), 1.0))
    corrected = np.empty(count)
    corrected[order] = stepped
    return corrected


def _critical(count: int, level: float, correction: str) -> float:
    from scipy.special import ndtri

    if correction != "dunnett":
        return float(ndtri(1 - (1 - level) / (2 * count)))
    from scipy.optimize import brentq

    return float(brentq(lambda z: _dunnett_inside(z, count) - level, 0.1, 8.0))


@cache
def _hermite() -> tuple[np.ndarray, np.ndarray]:
    return np.polynomial.hermite_e.hermegauss(80)


def _dunnett_inside(z: float, count: int) -> float:
    """P(all |Z_i| <= z) for `count` normals with common correlation 0.5, by Gauss-Hermite quadrature."""
    from scipy.special import ndtr

    nodes, weights = _hermite()
    root = np.sqrt(0.5)
    inside = ndtr((z - root * nodes) / root) - ndtr((-z - root * nodes) / root)
    return float(weights @ inside**count / np.sqrt(2 * np.pi))


def _effect(base: float, treated: float, var_base: float, var_treated: float, level: float) -> Effect:
    from scipy.special import ndtr, ndtri

    z = float(ndtri(0.5 + level / 2))
    gap = treated - base
    error = float(np.sqrt(var_base + var_treated))
    p = float(2 * ndtr(-abs(gap) / error)) if error > 0 else 1.0
    relative, low, high = np.nan, -np.inf, np.inf
    if base > 0:
        # Fieller's interval for the ratio; without end when the control's own rate is not clear of 0.
        relative = gap / base
        a = base**2 - z**2 * var_base
        b = base * treated
        c = treated**2 - z**2 * var_treated
        if a > 0 and b**2 > a * c:
            root = np.sqrt(b**2 - a * c)
            low, high = (b - root) / a - 1, (b + root) / a - 1
    return Effect(gap, gap - z * error, gap + z * error, p, error, relative, low, high, level)


def _shares(*values: float) -> None:
    for value in values:
        if not 0 <= value <= 1:
            raise InputError.out_of_range("rate", value, "a fraction from 0 to 1")


def _open(**values: float) -> None:
    for name, value in values.items():
        if not 0 < value < 1:
            raise InputError.out_of_range(name, value, "between 0 and 1, both excluded")
