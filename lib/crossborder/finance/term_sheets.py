"""What the small print of a round costs: notes that convert, preferences when the company is sold, price protection."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crossborder.errors import InputError

__all__ = ["METHODS", "anti_dilution", "convert_notes", "liquidation"]


METHODS = ("percent ownership", "dollars invested", "pre-money")
"""What a round holds fixed when notes convert: the new investors' share, the money put in, or the price before it."""


def convert_notes(
    notes: pd.DataFrame,
    shares_before: float,
    pre_money_usd: float,
    raise_usd: float,
    *,
    pool_after: float = 0.0,
    method: str = "percent ownership",
) -> pd.DataFrame:
    """Convertible notes (SAFE) turned into shares in a priced round: holder, price_usd, shares, share of all.

    `notes` has holder, amount_usd, cap_usd (missing: none), discount (0: none) and kind. A "post-money" cap is the
    value with all notes converted, so the holder owns amount / cap before new money; a "pre-money" cap prices the
    shares there were before any note. Each note takes the better of its cap and its discount on the round's price.
    New options for `pool_after` of the whole come out of the pre-money.

    `method` says who bears the notes: with "percent ownership" the new investors own raise / (pre-money + raise) and
    the notes dilute the old holders only; with "dollars invested" the value after the round is pre-money + raise +
    notes; with "pre-money" the price is pre-money / shares before, so that all are diluted. Sources: Y Combinator, SAFE
    primer (2013, pre-money) and user guide (2018, post-money). Raises `InputError` where nothing is left for holders.
    """
    post = _checked_notes(notes, method)
    amount, cap = notes["amount_usd"].to_numpy(float), notes["cap_usd"].to_numpy(float)
    discount = notes["discount"].to_numpy(float)
    shares, options = np.zeros(len(notes)), 0.0
    for _ in range(500):
        held = shares_before + shares.sum()
        price, total = _round_price(
            method, held, shares_before + options, pre_money_usd, raise_usd, amount.sum(), pool_after
        )
        capped = np.where(post, cap / held, cap / shares_before)
        paid = np.fmin(price * (1 - discount), np.where(np.isnan(capped), np.inf, capped))
        moved, before = amount / paid, options
        options = pool_after * total
        if np.allclose(moved, shares, rtol=1e-13, atol=0) and np.isclose(options, before, rtol=1e-13, atol=0):
            break
        shares = moved
        if not np.isfinite(shares).all() or shares.sum() > 1e6 * shares_before:
            raise InputError.out_of_range("notes", float(amount.sum()), "less than the value that they convert at", "")
    names = ["holders before", *notes["holder"], "new investors", "new options"]
    counts = np.array([shares_before, *shares, raise_usd / price, options])
    prices = np.array([np.nan, *paid, price, np.nan])
    return pd.DataFrame({"holder": names, "price_usd": prices, "shares": counts, "share": counts / counts.sum()})


def _checked_notes(notes: pd.DataFrame, method: str) -> np.ndarray:
    """Whether each note has a post-money cap, after the checks."""
    missing = [name for name in ("holder", "amount_usd", "cap_usd", "discount", "kind") if name not in notes]
    if missing:
        raise InputError.missing_columns("notes", missing, notes.columns)
    unknown = set(notes["kind"]) - {"post-money", "pre-money"}
    if unknown:
        raise InputError.unknown("kind", min(unknown), ("post-money", "pre-money"))
    if method not in METHODS:
        raise InputError.unknown("method", method, METHODS)
    return (notes["kind"] == "post-money").to_numpy()


def _round_price(
    method: str, held: float, priced: float, pre: float, raised: float, noted: float, pool: float
) -> tuple[float, float]:
    """Price of a share of the round and all shares after it; `priced` are the shares before notes, with new options."""
    if method == "pre-money":
        price = pre / priced
        left, base, after = 1 - pool, held + raised / price, 0.0
    else:
        after = pre + raised + (noted if method == "dollars invested" else 0.0)
        left, base, price = 1 - raised / after - pool, held, 0.0
    if left <= 0:
        raise InputError.out_of_range("pool_after", pool, "less than what the investors leave", "")
    total = base / left
    return (price or after / total), total


def liquidation(classes: pd.DataFrame, proceeds_usd: float | Sequence[float]) -> pd.DataFrame:
    """Who gets what when the company is sold: proceeds_usd, holder, converted, amount_usd.

    `classes` has holder, shares, invested_usd (0 for common), multiple, participating (True shares the rest too),
    seniority (higher is paid first; equal ranks share in proportion) and, if wanted, cap_multiple: the most that a
    participating holder takes, as a multiple of invested_usd (missing: no cap). Whoever would take more as common
    converts; conversions are found together, cheapest to convert first. Source: Metrick and Yasuda, Venture Capital
    and the Finance of Innovation, chapter 9.
    """
    needed = ["holder", "shares", "invested_usd", "multiple", "participating", "seniority"]
    missing = [name for name in needed if name not in classes]
    if missing:
        raise InputError.missing_columns("classes", missing, classes.columns)
    both = classes["participating"].to_numpy(bool)
    invested = classes["invested_usd"].to_numpy(float)
    most = np.where(both, _caps(classes), invested * classes["multiple"].to_numpy(float))
    # Whoever takes least a share unless converted gains first from converting; each conversion is kept if it pays.
    order = np.argsort(most / classes["shares"].to_numpy(float), kind="stable")
    rows = []
    for total in np.atleast_1d(np.asarray(proceeds_usd, float)).tolist():
        if total < 0:
            raise InputError.out_of_range("proceeds_usd", total, "0 or more", "")
        converted = np.zeros(len(classes), bool)
        for place in order[(invested[order] > 0) & np.isfinite(most[order])]:
            tried = converted.copy()
            tried[place] = True
            if _paid(classes, total, tried)[place] > _paid(classes, total, converted)[place] + 1e-9:
                converted = tried
        paid = _paid(classes, total, converted)
        part = {"proceeds_usd": total, "holder": classes["holder"], "converted": converted, "amount_usd": paid}
        rows.append(pd.DataFrame(part))
    return pd.concat(rows, ignore_index=True)


def _caps(classes: pd.DataFrame) -> np.ndarray:
    """Most that each holder takes while participating; without end where there is no cap."""
    if "cap_multiple" not in classes:
        return np.full(len(classes), np.inf)
    cap, multiple = classes["cap_multiple"].to_numpy(float), classes["multiple"].to_numpy(float)
    if (cap < multiple).any():
        raise InputError.out_of_range("cap_multiple", float(np.nanmin(cap)), "at least the multiple, or missing", "")
    return np.where(np.isnan(cap), np.inf, cap) * np.maximum(classes["invested_usd"].to_numpy(float), 1e-300)


def _paid(classes: pd.DataFrame, total: float, converted: np.ndarray) -> np.ndarray:
    """Amounts by class once it is settled who has converted to common."""
    claim = np.where(converted, 0.0, (classes["invested_usd"] * classes["multiple"]).to_numpy(float))
    paid, left = np.zeros(len(classes)), total
    for rank in sorted(set(classes["seniority"]), reverse=True):
        here = (classes["seniority"] == rank).to_numpy() * claim
        share = min(1.0, left / here.sum()) if here.sum() > 0 else 0.0
        paid += here * share
        left -= here.sum() * share
    common = (classes["invested_usd"] == 0).to_numpy() | converted
    sharing = common | classes["participating"].to_numpy(bool)
    shares = classes["shares"].to_numpy(float) * sharing
    room = np.where(common, np.inf, _caps(classes) - paid)
    # The rest is shared by the piece; who reaches the cap stops, and the others share on.
    while left > 1e-12 * max(total, 1.0) and shares.sum() > 0:
        level = left / shares.sum()
        full = (shares > 0) & (room <= shares * level)
        given = np.where(full, room, 0.0) if full.any() else shares * level
        paid, room, left = paid + given, room - given, left - given.sum()
        shares = np.where(full, 0.0, shares)
        if not full.any():
            break
    return paid


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
