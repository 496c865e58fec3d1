"""Which tariff code: candidates by likeness of texts, their duty, the risk of refusal, and the best defensible one.

Nothing here replaces a binding ruling. Source of the likeness: G. Salton and C. Buckley, Information Processing &
Management 24(5), 1988 (term weights and cosine).
"""

import re

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from crossborder.errors import InputError, Refusal
from crossborder.supply.checks import at_least, between, needs

__all__ = ["best_code", "candidate_codes"]


def candidate_codes(description: str, tariff: pd.DataFrame, top: int = 5, sharpness: float = 12.0) -> pd.DataFrame:
    """The `top` codes whose text is most like the product's attributes: hs6, likeness (0 to 1), probability.

    `tariff` has hs6 and text. The probability is a softmax of the likeness over the candidates.
    """
    needs(tariff, "tariff", "hs6 text")
    words = [_words(text) for text in tariff["text"].fillna("")]
    wanted = _words(description)
    known = sorted({word for text in words for word in text} & set(wanted))
    if not known:
        why = f"no word of {description!r} stands in the tariff's texts"
        raise Refusal.because("no candidate codes", why, "describe material, use and form in English")
    spread = np.log(len(words) / np.array([1 + sum(word in text for text in words) for word in known]))
    hits = np.array([[word in text for word in known] for text in words], float) * spread
    length = np.sqrt(np.array([max(len(text), 1) for text in words]))
    likeness = hits.sum(1) / (np.maximum(length, 2) * max(np.linalg.norm(spread), 1e-9))
    best = np.argsort(-likeness, kind="stable")[:top]
    weight = np.exp(sharpness * (likeness[best] - likeness[best[0]]))
    table = tariff.iloc[best][["hs6", "text"]].reset_index(drop=True)
    return table.assign(likeness=likeness[best], probability=weight / weight.sum())


def best_code(
    candidates: pd.DataFrame,
    duty: ArrayLike,
    value_year: float,
    penalty_share: float = 0.2,
    floor: float = 0.25,
    delay_cost: float = 0.0,
) -> pd.DataFrame:
    """Expected yearly cost of declaring each candidate, the best defensible first.

    Declaring code i costs its duty; with probability 1 - p_i customs finds another code, collects its expected duty
    and a penalty of `penalty_share` of the duty underpaid, and delays cost `delay_cost`. `defensible` are codes with a
    probability of at least `floor`: only those may be chosen, however cheap another one is.
    """
    needs(candidates, "candidates", "hs6 probability")
    p = between("probability", candidates["probability"], 0, 1)
    rate = at_least("duty", duty, 0)
    if rate.shape != p.shape:
        raise InputError.out_of_range("duty", rate.shape, f"one rate a candidate, {p.shape}")
    own = rate * value_year
    # Given that code i is wrong, customs picks another by its probability and never pays duty back.
    share = p[None, :] / np.maximum(1 - p[:, None], 1e-9)
    extra = np.maximum(own[None, :] - own[:, None], 0)
    np.fill_diagonal(share, 0.0)
    back = (share * extra).sum(1)
    refused = 1 - p
    expected = own + refused * (back * (1 + penalty_share) + delay_cost)
    table = candidates.assign(
        duty_rate=rate, duty_year=own, refusal_probability=refused, expected_cost=expected, defensible=p >= floor
    )
    order = np.lexsort((expected, ~table["defensible"].to_numpy(bool)))
    return table.iloc[order].reset_index(drop=True)


def _words(text: str) -> list[str]:
    """Words of three letters and more, in the singular."""
    found = re.findall(r"[a-z]{3,}", str(text).lower())
    return sorted({word[:-1] if word.endswith("s") and len(word) > 4 else word for word in found})
