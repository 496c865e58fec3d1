"""Who owns the company round by round, what the next round costs in ownership, and when money must come."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = ["funding_roadmap", "next_round", "ownership", "round_table"]

COLUMNS = ["order", "round", "holder", "invested_usd", "pre_money_usd", "shares"]


def ownership(cap_table: pd.DataFrame) -> pd.DataFrame:
    """Shares and fraction owned by each holder after each round: order, round, holder, shares, fraction."""
    table = _checked(cap_table)
    issued = table.pivot_table(index="holder", columns="order", values="shares", aggfunc="sum", fill_value=0.0)
    held = issued.cumsum(axis=1)
    owned = held / held.sum()
    long = held.reset_index().melt("holder", var_name="order", value_name="shares")
    long["fraction"] = owned.reset_index().melt("holder", value_name="fraction")["fraction"]
    names = table.drop_duplicates("order").set_index("order")["round"]
    long["round"] = long["order"].map(names)
    columns = ["order", "round", "holder", "shares", "fraction"]
    return long.loc[long["shares"] > 0, columns].sort_values(["order", "fraction"], ascending=[True, False],
                                                              ignore_index=True)  # fmt: skip


def round_table(cap_table: pd.DataFrame, *, dilution_limit: float = 0.3) -> pd.DataFrame:
    """One row a round: money raised, pre- and post-money, price of a share, dilution of the earlier holders.

    `gap` compares the money with shares issued x (pre-money / shares before): above a thousandth the table contradicts
    itself. `within` says whether the dilution stays inside the limit; the founding round dilutes nobody.
    """
    table = _checked(cap_table)
    grouped = table.groupby("order", as_index=False).agg(
        round=("round", "first"),
        raised_usd=("invested_usd", "sum"),
        pre_money_usd=("pre_money_usd", "first"),
        issued=("shares", "sum"),
    )
    after = grouped["issued"].cumsum()
    before = after - grouped["issued"]
    grouped["price_usd"] = grouped["pre_money_usd"] / before.where(before > 0)
    grouped["post_money_usd"] = grouped["pre_money_usd"] + grouped["raised_usd"]
    grouped["dilution"] = np.where(before > 0, grouped["issued"] / after, 0.0)
    worth = grouped["issued"] * grouped["price_usd"]
    grouped["gap"] = ((worth - grouped["raised_usd"]) / grouped["raised_usd"].where(grouped["raised_usd"] > 0)).fillna(
        0.0
    )
    grouped["within"] = grouped["dilution"] <= dilution_limit + 1e-12
    return grouped


def next_round(
    shares_before: float,
    raise_usd: float | Sequence[float],
    pre_money_usd: float | Sequence[float],
    *,
    pool_after: float = 0.0,
    pool_shares: float = 0.0,
    dilution_limit: float = 0.3,
) -> pd.DataFrame:
    """What a round does to the holders before it, one row a pair of money and value (broadcast), by the priced-round
    arithmetic: investors own raise / (pre-money + raise).

    `pool_after` is the option pool wanted after the round, as a fraction; new pool shares come out of the pre-money
    (the usual term), so the effective pre-money is less. `pool_shares` are free pool shares there already, which are
    counted in `shares_before`. `least_pre_money_usd` keeps the dilution at the limit.
    """
    raised, pre = _checked_round(shares_before, raise_usd, pre_money_usd, pool_after, pool_shares, dilution_limit)
    investors = raised / (pre + raised)
    holders = shares_before - pool_shares
    rest = 1 - investors - np.maximum(pool_after, 0.0)
    if (rest <= 0).any():
        raise InputError.out_of_range("pool_after", pool_after, "less than what the investors leave")
    topped = holders / rest * pool_after > pool_shares
    total = np.where(topped, holders / rest, shares_before / (1 - investors))
    issued_pool = np.where(topped, total * pool_after - pool_shares, 0.0)
    price = (pre + raised) / total
    return pd.DataFrame(
        {
            "raise_usd": raised,
            "pre_money_usd": pre,
            "post_money_usd": pre + raised,
            "investors": investors,
            "new_pool_shares": issued_pool,
            "price_usd": price,
            "effective_pre_money_usd": price * shares_before,
            "dilution": 1 - shares_before / total,
            "least_pre_money_usd": raised * (1 - dilution_limit) / dilution_limit,
            "within": 1 - shares_before / total <= dilution_limit + 1e-12,
        }
    )


def funding_roadmap(
    cash_paths: np.ndarray,
    safety_usd: float,
    *,
    lead_months: int = 6,
    cover_months: int = 18,
    level: float = 0.9,
) -> pd.DataFrame:
    """When money must be asked for, and how much, from paths of month-end cash [path, month] without new money, USD.

    One row a round: start_month (when to start, `lead_months` before), need_month (first month in which the low end of
    cash, at (1 - level), is under the safety line), raise_usd (brings the low end back over the line for the next
    `cover_months`), expected_usd (the same for the median path) and probability (of a path being under the line by the
    last month without this round). Empty where no money is needed.
    """
    paths = np.asarray(cash_paths, dtype=float)
    if paths.ndim != 2 or not np.isfinite(paths).all():
        raise InputError.out_of_range("cash_paths", paths.shape, "finite numbers, [path, month]")
    low, middle = np.quantile(paths, [1 - level, 0.5], axis=0)
    rows, added, month = [], 0.0, 0
    columns = ["round", "start_month", "need_month", "raise_usd", "expected_usd", "probability"]
    while month < paths.shape[1]:
        under = np.flatnonzero(low[month:] + added < safety_usd - 1e-9)
        if not len(under):
            break
        need = month + int(under[0])
        until = min(need + cover_months, paths.shape[1])
        lacking = safety_usd - (low[need:until] + added).min()
        expected = max(safety_usd - (middle[need:until] + added).min(), 0.0)
        chance = float((paths[:, need:until].min(axis=1) + added < safety_usd).mean())
        rows.append((len(rows) + 1, max(need + 1 - lead_months, 0), need + 1, float(lacking), float(expected), chance))
        added, month = added + lacking, until
    return pd.DataFrame(rows, columns=columns)


def _checked_round(shares_before, raise_usd, pre_money_usd, pool_after, pool_shares, dilution_limit):
    """Money and value as arrays of one length."""
    raised, pre = np.broadcast_arrays(np.asarray(raise_usd, dtype=float), np.asarray(pre_money_usd, dtype=float))
    raised, pre = raised.ravel(), pre.ravel()
    if shares_before <= 0 or (raised <= 0).any() or (pre <= 0).any() or not 0 <= pool_shares < shares_before:
        got = (shares_before, raised.tolist(), pre.tolist(), pool_shares)
        raise InputError.out_of_range("shares, money, value, pool", got, "above 0, pool below the shares")
    if not 0 < dilution_limit < 1 or not 0 <= pool_after < 1:
        raise InputError.out_of_range(
            "dilution_limit and pool_after", (dilution_limit, pool_after), "from 0 to below 1"
        )
    return raised, pre


def _checked(cap_table: pd.DataFrame) -> pd.DataFrame:
    missing = set(COLUMNS) - set(cap_table.columns)
    if missing:
        raise InputError.missing_columns("cap_table", missing, cap_table.columns)
    if cap_table.empty or cap_table["shares"].sum() <= 0:
        raise Refusal.because("no ownership", "the cap table has no shares", "give the shares of each holder")
    return cap_table.sort_values("order", kind="stable")
