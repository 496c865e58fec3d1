"""How much hangs on one country, supplier, platform or market."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError

__all__ = [
    "caps_check",
    "effective_number",
    "entropy",
    "hhi",
    "least_sites",
    "measures",
    "normalised_hhi",
    "outage_impact",
    "shares",
    "shares_under_cap",
    "top_share",
]


def shares(amounts: pd.Series) -> pd.Series:
    """Shares of the total, largest first."""
    values = amounts.astype(float)
    if (values < 0).any() or values.sum() <= 0:
        raise InputError.out_of_range("amounts", float(values.min()), "0 or more with a total above 0", "")
    return (values / values.sum()).sort_values(ascending=False)


def hhi(amounts: ArrayLike) -> float:
    """Herfindahl-Hirschman index of the amounts, 0 to 1: sum of squared shares.

    >>> hhi([50, 50])
    0.5
    """
    values = np.asarray(amounts, float)
    if (values < 0).any() or values.sum() <= 0:
        raise InputError.out_of_range("amounts", float(values.min()), "0 or more with a total above 0", "")
    return float(((values / values.sum()) ** 2).sum())


def normalised_hhi(amounts: ArrayLike) -> float:
    """HHI on a scale of 0 (all alike) to 1 (one part): (HHI - 1/n) / (1 - 1/n); 1 for a single part."""
    count = np.size(np.asarray(amounts, float))
    return 1.0 if count == 1 else (hhi(amounts) - 1 / count) / (1 - 1 / count)


def entropy(amounts: ArrayLike) -> float:
    """Shannon's entropy of the shares in nats: 0 for one part, log n for n alike; exp of it is a number of parts."""
    values = np.asarray(amounts, float)
    if (values < 0).any() or values.sum() <= 0:
        raise InputError.out_of_range("amounts", float(values.min()), "0 or more with a total above 0", "")
    share = values[values > 0] / values.sum()
    return float(-(share * np.log(share)).sum()) + 0.0


def effective_number(amounts: ArrayLike) -> float:
    """Number of equal parts with the same concentration: 1 / HHI."""
    return 1 / hhi(amounts)


def top_share(amounts: ArrayLike, count: int = 4) -> float:
    """CRn: share of the `count` largest."""
    values = np.sort(np.asarray(amounts, float))[::-1]
    return float(values[:count].sum() / values.sum())


def measures(amounts: pd.Series, *, cap: float | None = None) -> dict[str, float]:
    """Largest share, CR4, HHI, effective number, parts, and excess of the largest over the cap."""
    part = shares(amounts)
    found = {
        "largest": float(part.iloc[0]),
        "cr4": top_share(part),
        "hhi": hhi(part),
        "effective_number": effective_number(part),
        "parts": float((part > 0).sum()),
    }
    return found | ({"excess": max(float(part.iloc[0]) - cap, 0.0)} if cap is not None else {})


def least_sites(cap: float) -> int:
    """Fewest equal parts that respect a cap: 30 % needs 4, 25 % needs exactly 4.

    >>> least_sites(0.30), least_sites(0.25), least_sites(0.5)
    (4, 4, 2)
    """
    if not 0 < cap <= 1:
        raise InputError.out_of_range("cap", cap, "above 0 and up to 1", "0.3 is a usual cap")
    return int(np.ceil(1 / cap - 1e-9))


def shares_under_cap(amounts: pd.Series, cap: float) -> pd.DataFrame:
    """Nearest shares that respect the cap: name, share, capped, change; the excess goes to the others in proportion.

    Refuses a cap that too few parts cannot meet.
    """
    part = shares(amounts)
    part = part[part > 0]
    if len(part) < least_sites(cap):
        raise InputError.out_of_range(
            "cap", cap, f"at least {1 / len(part):.3f} for {len(part)} parts", f"open {least_sites(cap)} parts"
        )
    capped = part.copy()
    for _ in range(len(part)):
        over = capped > cap + 1e-12
        if not over.any():
            break
        excess = float((capped[over] - cap).sum())
        free = capped < cap - 1e-12
        capped = capped.mask(over, cap)
        capped[free] += excess * capped[free] / capped[free].sum()
    return pd.DataFrame({"name": part.index, "share": part.to_numpy(), "capped": capped.to_numpy()}).assign(
        change=lambda f: f["capped"] - f["share"]
    )


def caps_check(groups: dict[str, tuple[pd.Series, float]]) -> pd.DataFrame:
    """Several concentrations against their caps: dimension, name (largest), largest, cap, hhi, effective, parts, ...

    `groups` maps a dimension to its amounts and cap. `feasible` says whether the parts at hand could meet the cap.
    """
    rows = []
    for dimension, (amounts, cap) in groups.items():
        part = shares(amounts)
        found = measures(amounts, cap=cap)
        rows.append(
            {
                "dimension": dimension,
                "name": str(part.index[0]),
                "largest": found["largest"],
                "cap": cap,
                "hhi": found["hhi"],
                "effective_number": found["effective_number"],
                "parts": int(found["parts"]),
                "least_parts": least_sites(cap),
                "within": found["largest"] <= cap + 1e-12,
                "feasible": found["parts"] >= least_sites(cap),
            }
        )
    return pd.DataFrame(rows)


def outage_impact(
    revenue_by_part: pd.Series,
    *,
    outage_days: ArrayLike,
    cover_days: float = 0.0,
    kept_share: ArrayLike = 0.0,
    cap: float = 0.05,
) -> pd.DataFrame:
    """Revenue at risk if a part fails, against a ceiling: name, share, at_risk (of a year's revenue), within.

    at_risk = share * max(outage - cover, 0) / 365 * (1 - kept share that others take over).
    """
    part = shares(revenue_by_part)
    days = np.maximum(np.broadcast_to(np.asarray(outage_days, float), len(part)) - cover_days, 0)
    risk = part.to_numpy() * days / 365 * (1 - np.broadcast_to(np.asarray(kept_share, float), len(part)))
    return pd.DataFrame({"name": part.index, "share": part.to_numpy(), "at_risk": risk, "within": risk <= cap})
