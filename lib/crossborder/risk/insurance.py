"""What to insure: deductibles, layers and index cover, judged by premium against the risk that they take away."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError

__all__ = ["basis_risk", "deductible_choice", "index_cover", "layer", "optimal_index_cover", "pure_premium"]


def layer(losses: ArrayLike, deductible_usd: float, limit_usd: float = np.inf, share: float = 1.0) -> np.ndarray:
    """Paid by the insurer: share * min(max(loss - deductible, 0), limit)."""
    if deductible_usd < 0 or limit_usd <= 0 or not 0 < share <= 1:
        raise InputError.out_of_range(
            "layer", (deductible_usd, limit_usd, share), "deductible 0 or more, limit above 0, share up to 1", ""
        )
    return share * np.clip(np.asarray(losses, float) - deductible_usd, 0.0, limit_usd)


def pure_premium(paid: ArrayLike, loading: float = 0.0) -> float:
    """Expected payment times (1 + loading)."""
    return float(np.mean(paid) * (1 + loading))


def deductible_choice(
    losses: ArrayLike,
    deductibles_usd: ArrayLike,
    *,
    limit_usd: float = np.inf,
    loading: float = 0.4,
    level: float = 0.95,
    capital_cost: float = 0.12,
) -> pd.DataFrame:
    """Deductibles compared: deductible, premium, retained mean, retained cvar, total cost, best; first row uninsured.

    Total cost = premium + retained mean + cost of the capital that covers the retained tail (cvar less mean).
    """
    losses = np.asarray(losses, float)
    rows = []
    for deductible in [np.inf, *np.atleast_1d(np.asarray(deductibles_usd, float))]:
        paid = layer(losses, deductible, limit_usd) if np.isfinite(deductible) else np.zeros_like(losses)
        kept = losses - paid
        tail = kept[kept >= np.quantile(kept, level)].mean()
        premium = pure_premium(paid, loading)
        cost = premium + kept.mean() + capital_cost * (tail - kept.mean())
        rows.append((deductible, premium, kept.mean(), tail, cost))
    columns = ["deductible_usd", "premium_usd", "retained_mean_usd", "retained_cvar_usd", "total_cost_usd"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(best=table["total_cost_usd"] == table["total_cost_usd"].min())


def index_cover(index: ArrayLike, trigger: float, exit_at: float, sum_insured_usd: float) -> np.ndarray:
    """Payment of a parametric cover: 0 up to `trigger`, all at `exit_at`, a straight line between."""
    if exit_at <= trigger:
        raise InputError.out_of_range("exit_at", exit_at, f"above the trigger {trigger:g}", "")
    return sum_insured_usd * np.clip((np.asarray(index, float) - trigger) / (exit_at - trigger), 0.0, 1.0)


def basis_risk(losses: ArrayLike, payments: ArrayLike) -> dict[str, float]:
    """How well an index pays what is lost: correlation, share of loss paid, missed and unneeded payments, fractions."""
    losses, payments = np.asarray(losses, float), np.asarray(payments, float)
    hit, paid = losses > 0, payments > 0
    moving = losses.std() > 0 and payments.std() > 0
    return {
        "correlation": float(np.corrcoef(losses, payments)[0, 1]) if moving else 0.0,
        "paid_share": float(np.minimum(losses, payments).sum() / losses.sum()) if losses.sum() > 0 else 0.0,
        "missed_share": float((hit & ~paid).sum() / max(hit.sum(), 1)),
        "unneeded_share": float((paid & ~hit).sum() / max(paid.sum(), 1)),
    }


def optimal_index_cover(
    losses: ArrayLike,
    unit_payments: ArrayLike,
    *,
    loading: float = 0.3,
    level: float = 0.95,
    capital_cost: float = 0.12,
    amounts_usd: ArrayLike | None = None,
) -> pd.DataFrame:
    """Sums insured compared for a cover that pays `unit_payments` (0 to 1) a USD insured: the purchase rule.

    Columns sum_insured_usd, premium_usd, net_mean_usd, net_cvar_usd, total_cost_usd, best. Sum 0 is no cover.
    """
    losses, unit = np.asarray(losses, float), np.asarray(unit_payments, float)
    top = float(np.quantile(losses, 0.99))
    amounts = np.linspace(0, max(top, 1.0), 11) if amounts_usd is None else np.asarray(amounts_usd, float)
    rows = []
    for amount in amounts:
        premium = pure_premium(amount * unit, loading)
        net = losses - amount * unit + premium
        tail = net[net >= np.quantile(net, level)].mean()
        rows.append((amount, premium, net.mean(), tail, net.mean() + capital_cost * (tail - net.mean())))
    columns = ["sum_insured_usd", "premium_usd", "net_mean_usd", "net_cvar_usd", "total_cost_usd"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(best=table["total_cost_usd"] == table["total_cost_usd"].min())
