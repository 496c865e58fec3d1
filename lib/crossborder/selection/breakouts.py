"""When did a search term break out? A step or a fading burst beyond trend and season, tested over all weeks at once."""

from statistics import NormalDist

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = ["breakouts", "judge", "null_maximum"]

EDGE = 8  # weeks at either end without a test
FADE_WEEKS = 10.0


def breakouts(
    interest: pd.DataFrame, rng: np.random.Generator, *, alarms: float = 0.05, draws: int = 1500, level: float = 0.9
) -> pd.DataFrame:
    """The strongest change of every series and whether it is more than chance.

    `interest`: week, market, term, category, interest (above 0). Each log series is explained by trend, two yearly
    harmonics and one step (or one burst that fades by half in seven weeks) at the best week; neighbours in time are
    whitened with the common autocorrelation. p value: the largest |t| of simulated series without a change. `found`
    holds the false discovery rate at `alarms` (Benjamini and Hochberg 1995). Size is the jump as a fraction with its
    interval at `level`; only the strongest change of a series is reported.
    """
    missing = {"week", "market", "term", "interest"} - set(interest.columns)
    if missing:
        raise InputError.missing_columns("search_interest", missing, interest.columns)
    keys = [name for name in ("market", "term", "category") if name in interest]
    wide = interest.pivot_table(index="week", columns=keys, values="interest", aggfunc="mean")
    if len(wide) < 70 or (wide <= 0).any(axis=None) or wide.isna().any(axis=None):
        raise Refusal.because(
            "no search for breakouts",
            f"{len(wide)} weeks, {int((wide <= 0).sum().sum() + wide.isna().sum().sum())} values missing or 0",
            "give at least 70 weeks without gaps for every term",
        )
    y = np.log(wide.to_numpy())
    base, shapes, starts, kinds = _design(len(wide))
    rho = _memory(y, base)
    t_value, size, error = _scan(y, base, shapes, rho)
    best = np.abs(t_value).argmax(axis=0)
    column = np.arange(y.shape[1])
    strongest = np.abs(t_value)[best, column]
    chance = null_maximum(len(wide), rho, rng, draws)
    p = (1 + (chance[:, None] >= strongest).sum(axis=0)) / (draws + 1)
    jump, sd = size[best, column], error[best, column]
    z = NormalDist().inv_cdf((1 + level) / 2)
    table = wide.columns.to_frame(index=False).assign(
        week=wide.index[starts[best]], shape=np.array(kinds)[best], size=np.expm1(jump),
        low=np.expm1(jump - z * sd), high=np.expm1(jump + z * sd), t_value=t_value[best, column], p_value=p,
    )  # fmt: skip
    table["found"] = _discoveries(p, alarms) & (table["size"] > 0)
    return table.sort_values("t_value", ascending=False, ignore_index=True)


def _design(weeks: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[str]]:
    """Trend and season, and all shapes that a change may have."""
    t = np.arange(weeks)
    angle = 2 * np.pi * t[:, None] / 52.18 * np.array([1, 2])
    base = np.column_stack([np.ones(weeks), t / weeks, np.cos(angle), np.sin(angle)])
    at = np.arange(EDGE, weeks - EDGE)
    age = t[:, None] - at
    step = np.clip((age + 1) / 3, 0, 1)  # searches need a few weeks to climb
    burst = step * np.exp(-np.maximum(age - 8, 0) / FADE_WEEKS)
    kinds = ["stays"] * len(at) + ["fades"] * len(at)
    return base, np.hstack([step, burst]), np.concatenate([at, at]), kinds


def _memory(y: np.ndarray, base: np.ndarray) -> float:
    """Common first autocorrelation of what trend and season leave, from robust (median) series."""
    rest = y - base @ np.linalg.lstsq(base, y, rcond=None)[0]
    each = (rest[1:] * rest[:-1]).sum(axis=0) / (rest**2).sum(axis=0)
    return float(np.clip(np.median(each), 0.0, 0.9))


def _scan(y: np.ndarray, base: np.ndarray, shapes: np.ndarray, rho: float) -> tuple[np.ndarray, ...]:
    """t value, size and standard error of every shape (rows) for every series (columns)."""

    def white(x: np.ndarray) -> np.ndarray:
        return np.vstack([x[:1] * np.sqrt(1 - rho**2), x[1:] - rho * x[:-1]])

    q = np.linalg.qr(white(base))[0]
    rest, shape = white(y), white(shapes)
    rest = rest - q @ (q.T @ rest)
    shape = shape - q @ (q.T @ shape)
    power = (shape**2).sum(axis=0)[:, None]
    size = shape.T @ rest / power
    freedom = len(y) - base.shape[1] - 1
    left = np.maximum((rest**2).sum(axis=0) - size**2 * power, 1e-12)
    error = np.sqrt(left / freedom / power)
    return size / error, size, error


def null_maximum(weeks: int, rho: float, rng: np.random.Generator, draws: int = 1500) -> np.ndarray:
    """Largest |t| over all weeks and shapes in simulated series without any change."""
    base, shapes, *_ = _design(weeks)
    noise = rng.standard_normal((weeks, draws))
    noise[0] /= np.sqrt(1 - rho**2)
    for week in range(1, weeks):  # over weeks: the recursion of the noise
        noise[week] += rho * noise[week - 1]
    return np.abs(_scan(noise, base, shapes, rho)[0]).max(axis=0)


def _discoveries(p: np.ndarray, rate: float) -> np.ndarray:
    order = np.argsort(p)
    passed = p[order] <= rate * np.arange(1, len(p) + 1) / len(p)
    cut = np.flatnonzero(passed)
    keep = np.zeros(len(p), dtype=bool)
    keep[order[: cut[-1] + 1 if len(cut) else 0]] = True
    return keep


def judge(found: pd.DataFrame, known: pd.DataFrame, weeks: int = 3) -> dict[str, float]:
    """Share of known changes that were found within `weeks`, and of found ones that are known."""
    mine = found[found["found"]].merge(known, on=["market", "term"], how="left", suffixes=("", "_true"))
    near = (mine["week"] - mine["week_true"]).abs() <= pd.Timedelta(weeks=weeks)
    return {"recall": float(near.sum() / max(len(known), 1)), "precision": float(near.sum() / max(len(mine), 1))}
