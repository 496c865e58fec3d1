"""What the small print of a round costs: notes that convert, preferences when the company is sold, price protection."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crossborder.errors import InputError

__all__ = ["anti_dilution", "convert_notes", "liquidation"]


def convert_notes(
    notes: pd.DataFrame, shares_before: float, pre_money_usd: float, raise_usd: float, *, pool_after: float = 0.0
) -> pd.DataFrame:
    """Convertible notes (SAFE) turned into shares in a priced round: holder, price_usd, shares, share of all.

    `notes` has holder, amount_usd, cap_usd (missing: none), discount (0: none) and kind. A "post-money" cap is the
    value with all notes converted, so the holder owns amount / cap before new money; a "pre-money" cap prices the
    shares there were before any note. Each note takes the better of its cap and its discount on the round's price.
    New options for `pool_after` of the whole come out of the pre-money. Source: Y Combinator, SAFE user guide, 2018.
    Raises `InputError` where the notes and the pool leave nothing for the holders.
    """
    missing = [name for name in ("holder", "amount_usd", "cap_usd", "discount", "kind") if name not in notes]
    if missing:
        raise InputError.missing_columns("notes", missing, notes.columns)
    unknown = set(notes["kind"]) - {"post-money", "pre-money"}
    if unknown:
        raise InputError.unknown("kind", min(unknown), ("post-money", "pre-money"))
    amount, cap = notes["amount_usd"].to_numpy(float), notes["cap_usd"].to_numpy(float)
    discount, post = notes["discount"].to_numpy(float), (notes["kind"] == "post-money").to_numpy()
    new_money = raise_usd / (pre_money_usd + raise_usd)
    shares = np.zeros(len(notes))
    for _ in range(500):
        held = shares_before + shares.sum()
        total = held / (1 - new_money - pool_after)
        if not total > 0 or 1 - new_money - pool_after <= 0:
            raise InputError.out_of_range("pool_after", pool_after, "less than what the investors leave", "")
        price = (pre_money_usd + raise_usd) / total
        capped = np.where(post, cap / held, cap / shares_before)
        paid = np.fmin(price * (1 - discount), np.where(np.isnan(capped), np.inf, capped))
        moved = amount / paid
        if np.allclose(moved, shares, rtol=1e-13, atol=0):
            break
        shares = moved
        if not np.isfinite(shares).all() or shares.sum() > 1e6 * shares_before:
            raise InputError.out_of_range("notes", float(amount.sum()), "less than the value that they convert at", "")
    names = ["holders before", *notes["holder"], "new investors", "new options"]
    counts = np.array([shares_before, *shares, new_money * total, pool_after * total])
    prices = np.array([np.nan, *paid, price, np.nan])
    return pd.DataFrame({"holder": names, "price_usd": prices, "shares": counts, "share": counts / counts.sum()})


def liquidation(classes: pd.DataFrame, proceeds_usd: float | Sequence[float]) -> pd.DataFrame:
    """Who gets what when the company is sold: proceeds_usd, holder, kind of payout, amount_usd.

    `classes` has holder, shares, invested_usd (0 for common), multiple, participating (True shares the rest too) and
    seniority (higher is paid first; equal ranks share in proportion). A non-participating holder takes the larger of
    preference and conversion; conversions are found together, cheapest to convert first. Source: Metrick and Yasuda,
    Venture Capital and the Finance of Innovation, chapter 9.
    """
    needed = ["holder", "shares", "invested_usd", "multiple", "participating", "seniority"]
    missing = [name for name in needed if name not in classes]
    if missing:
        raise InputError.missing_columns("classes", missing, classes.columns)
    rows = []
    for total in np.atleast_1d(np.asarray(proceeds_usd, float)).tolist():
        if total < 0:
            raise InputError.out_of_range("proceeds_usd", total, "0 or more", "")
        converted = np.zeros(len(classes), bool)
        preferred = (classes["invested_usd"] > 0) & ~classes["participating"].astype(bool)
        need = (classes["invested_usd"] * classes["multiple"] / classes["shares"]).to_numpy(float)
        # Whoever has the least preference a share gains first from converting; each conversion is kept if it pays.
        for place in np.argsort(need, kind="stable"):
            if preferred.iloc[place]:
                tried = converted.copy()
                tried[place] = True
                if _paid(classes, total, tried)[place] > _paid(classes, total, converted)[place] + 1e-9:
                    converted = tried
        paid = _paid(classes, total, converted)
        rows.append(
            pd.DataFrame(
                {"proceeds_usd": total, "holder": classes["holder"], "converted": converted, "amount_usd": paid}
            )
        )
    return pd.concat(rows, ignore_index=True)


def _paid(classes: pd.DataFrame, total: float, converted: np.ndarray) -> np.ndarray:
    """Amounts by class once it is settled who has converted to common."""
    claim = np.where(converted, 0.0, (classes["invested_usd"] * classes["multiple"]).to_numpy(float))
    paid, left = np.zeros(len(classes)), total
    for rank in sorted(set(classes["seniority"]), reverse=True):
        here = (classes["seniority"] == rank).to_numpy() * claim
        share = min(1.0, left / here.sum()) if here.sum() > 0 else 0.0
        paid += here * share
        left -= here.sum() * share
    common = (classes["invested_usd"] == 0).to_numpy() | converted | classes["participating"].to_numpy(bool)
    shares = classes["shares"].to_numpy(float) * common
    return paid + (left * shares / shares.sum() if shares.sum() > 0 else 0.0)


def anti_dilution(
    old_price: float, new_price: float, shares_before: float, new_money_usd: float, *, rule: str = "broad-based"
) -> float:
    """Conversion price after a cheaper round: "full ratchet" (the new price) or "broad-based" weighted average.

    Broad-based: old x (A + B) / (A + C); A shares before on a fully diluted basis, B shares that the new money would
    have bought at the old price, C shares issued. No change where the new price is not below the old.
    Source: National Venture Capital Association, model certificate of incorporation.
    """
    if rule not in ("full ratchet", "broad-based"):
        raise InputError.unknown("rule", rule, ("full ratchet", "broad-based"))
    if old_price <= 0 or new_price <= 0 or shares_before <= 0 or new_money_usd < 0:
        raise InputError.out_of_range("prices, shares, money", (old_price, new_price), "above 0", "")
    if new_price >= old_price:
        return old_price
    if rule == "full ratchet":
        return new_price
    would, issued = new_money_usd / old_price, new_money_usd / new_price
    return old_price * (shares_before + would) / (shares_before + issued)
