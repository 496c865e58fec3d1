"""The warning beside results that rest on placeholders."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from crossborder.style import Sentence

__all__ = ["placeholders"]


def placeholders(rates: "pd.DataFrame", markets: Sequence[str] = ()) -> "Sentence | None":
    """One warning line when some of the rates behind a result have confidence D; None when none has.

    `rates` has market, confidence and source, one row a rate, as the sources of a rulebook or duty rates have them;
    `markets` limits it to those shown. The two sources that most of the doubtful rates name are told.
    """
    from crossborder import style

    shown = rates[rates["market"].isin(list(markets))] if len(markets) else rates
    weak = shown[shown["confidence"] == "D"]
    if weak.empty:
        return None
    why = weak["source"].value_counts().sort_index().sort_values(ascending=False, kind="stable").index[:2]
    return style.say(
        "**Warning:** {weak} of {all} duty rates used here are placeholders ({markets}): check them first. {why}.",
        weak=len(weak),
        all=len(shown),
        markets=", ".join(sorted(weak["market"].unique())),
        why="; ".join(str(text).rstrip(".") for text in why),
    )
