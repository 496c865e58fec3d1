"""Typeset tables of the selection notebooks: one place that knows the header and the format of each column."""

import pandas as pd

from crossborder import style
from crossborder.language import t
from crossborder.selection.content_fit import ShareModel

__all__ = ["COLUMNS", "show", "video_words"]

COLUMNS: dict[str, tuple[str, str]] = {
    "candidate_id": ("idea", "text"),
    "name": ("product", "text"),
    "fix_first": ("fix first", "text"),
    "fix_days": ("delay (days)", "integer"),
    "fix_cost_usd": ("fix (USD)", "money"),
    "value_usd": ("value (USD)", "money"),
    "cost_usd": ("cost (USD)", "money"),
    "value_lost_usd": ("value lost (USD)", "money"),
    "cost_share": ("of launch cost", "percent"),
    "lost_without_usd": ("lost without it (USD)", "money"),
    "drops_below_probability": ("drops out below", "percent"),
    "replaced_by": ("then enters", "text"),
    "probability": ("success", "percent"),
    "top_k": ("P(top)", "percent"),
    "leads": ("leads expected", "number1"),
    "enough": ("P(two or more)", "percent"),
    "complete": ("cells filled", "percent"),
    "age_days": ("age (days)", "integer"),
    "score": ("score", "number2"),
    "weakest_market": ("weakest market", "text"),
    "weakest_score": ("its score", "number2"),
    "better": ("better", "text"),
    "filled": ("filled in", "integer"),
    "rate": ("success rate", "percent"),
    "rate_low": ("lowest", "percent"),
    "rate_high": ("highest", "percent"),
    "model": ("model", "percent"),
    "old_rule": ("old rule", "percent"),
    "random": ("at random", "percent"),
    "sure": ("sure", "percent"),
    "growth": ("growth a year", "percent"),
    "saturation": ("level over best year", "percent"),
    "units": ("pieces", "integer"),
    "homogeneity": ("alike", "percent"),
    "concentration": ("HHI", "number3"),
    "price_spread": ("price spread", "percent"),
    "index": ("index", "number2"),
    "margin": ("margin", "percent"),
    "thin_share": ("below 8 %", "percent"),
    "accuracy": ("accuracy", "percent"),
    "always_the_same": ("always the same answer", "percent"),
    "scored_share": ("scored", "percent"),
    "recall": ("found of known", "percent"),
    "precision": ("right of found", "percent"),
    "tone_right": ("tone right", "percent"),
    "share": ("share", "percent"),
    "mean_rating": ("stars", "number1"),
    "premium": ("premium", "percent"),
    "true": ("truth", "percent"),
    "pays": ("P(pays)", "percent"),
    "units_needed": ("pieces needed", "integer"),
    "extra_cost_max_usd": ("dearest material (USD)", "money2"),
    "gain_piece_usd": ("gain a piece (USD)", "money2"),
    "weight": ("weight of the need", "percent"),
    "good": ("good", "percent"),
    "lift": ("lift", "number2"),
    "support": ("support", "percent1"),
    "confidence": ("confidence", "percent"),
    "size": ("jump", "percent"),
    "p_value": ("p", "number3"),
    "chosen": ("P(chosen)", "percent"),
    "gain": ("gain", "percent"),
    "stock": ("stock", "integer"),
    "sell_through": ("sold of stock", "percent"),
    "return_rate": ("returned", "percent"),
    "expected_usd": ("expected (USD)", "money"),
    "expected_loss_usd": ("expected loss (USD)", "money"),
    "best": ("P(best)", "percent"),
    "slack": ("slack (days)", "integer"),
    "days": ("days", "integer"),
    "days_gained": ("days gained", "number1"),
    "critical": ("critical", "percent"),
    "use_share": ("share", "percent1"),
    "likeness": ("likeness", "number2"),
    "revenue_usd": ("revenue (USD)", "money"),
    "relative": ("effect", "percent1"),
    "power": ("power", "percent"),
    "profit_usd": ("profit (USD)", "money"),
    "driver_growth": ("its growth", "percent"),
    "before": ("before", "percent"),
    "after": ("after", "percent"),
    "leaders": ("best sellers", "percent"),
    "others": ("the rest", "percent"),
    "gap": ("gap", "percent"),
    "effect_found": ("could find", "percent"),
    "split_p": ("split p", "number3"),
    "p_holm": ("p (Holm)", "number3"),
    "estimate": ("difference", "percent2"),
    "people": ("people", "integer"),
    "boundary": ("boundary", "number2"),
    "conversion": ("conversion", "percent1"),
    "visibility": ("visibility", "number2"),
    "percentile": ("percentile", "percent"),
    "gap_low": ("gap from", "money2"),
    "gap_high": ("gap to", "money2"),
    "offers": ("offers", "integer"),
    "change": ("change", "percent"),
    "z": ("z", "number1"),
    "contribution_usd": ("contribution (USD)", "money"),
    "pieces_six_months": ("pieces in half a year", "integer"),
    "min_order_quantity": ("smallest order (pieces)", "integer"),
    "lead_time_days": ("lead time (days)", "integer"),
    "papers": ("papers and fixes due", "text"),
    "content_score": ("content score", "number2"),
    "social_share": ("sold in social shops", "percent"),
    "share_gain": ("more by it", "percent"),
    "raise_by": ("raise first", "text"),
    "lacks": ("not known", "text"),
    "living_fit": ("fit", "number2"),
    "assumed": ("assumed weight", "percent"),
    "learned": ("learned weight", "percent"),
    "missing": ("not known", "integer"),
    "mains": ("mains", "number2"),
    "moisture": ("humidity", "number2"),
    "temperature": ("climate", "number2"),
    "home_size": ("room at home", "number2"),
    "costs_most": ("what costs most", "text"),
    "predicted": ("predicted", "percent"),
    "success": ("succeeded", "text"),
    "chance_better": ("P(better)", "percent"),
    "loss_if_changed": ("loss if changed", "percent2"),
}
"""Column -> header, format of `style.table`."""


def show(
    frame: pd.DataFrame,
    columns: str = "",
    *,
    caption: str = "",
    bold: object = None,
    limit: int = 12,
    interval: dict[str, tuple[str, str]] | None = None,
) -> style.Table:
    """A frame as table; `columns` names those shown, apart by spaces (all by default)."""
    names = columns.split() or list(frame.columns)
    extra = [end for pair in (interval or {}).values() for end in pair if end not in names]
    shown = frame[[*names, *extra]].copy()
    flags = shown.select_dtypes("bool").columns
    shown[flags] = shown[flags].replace({True: t("yes"), False: t("no")}).astype("str")
    looks = {name: COLUMNS.get(name, (str(name).replace("_", " "), "")) for name in names}
    return style.table(
        shown,
        caption=caption,
        formats={name: fmt for name, (_, fmt) in looks.items() if fmt and pd.api.types.is_numeric_dtype(shown[name])},
        headers={name: header for name, (header, _) in looks.items()},
        interval=interval,
        bold=bold,
        limit=limit,
    )


def video_words(model: ShareModel | None, tested: pd.DataFrame | None) -> style.Sentence:
    """Where the weights of the content score come from, and whether the score held on later launches."""
    if model is None:
        return style.say(
            "Fewer than sixty past launches state what social shops sold: the score rests on **assumed** weights, and "
            "no share is foretold."
        )
    heaviest = model.weights.idxmax()
    known = {"rows": model.rows, "feature": t(str(heaviest).replace("_", " ")),
             "weight": style.percent(model.weights[heaviest])}  # fmt: skip
    if tested is None:
        return style.say("Weights learned from {rows} past launches, most for: {feature} ({weight}). No later launch "
                         "could be foretold yet, so the score is **untested**.", **known)  # fmt: skip
    rank, saved = tested.loc["rank_correlation"], tested.loc["error_saved"]
    said = {
        "rank": style.number(rank["value"], 2),
        "range": style.interval(rank["low"], rank["high"], lambda x: style.number(x, 2)),
        "saved": style.percent(saved["value"]), "inside": style.percent(tested.loc["inside", "value"]),
    }  # fmt: skip
    if rank["low"] > 0 and saved["low"] > 0:
        return style.say(
            "Weights learned from {rows} past launches, most for: {feature} ({weight}). On **later** launches the "
            "score puts those of a market in order with a rank correlation of **{rank}** ({range}); the shares "
            "foretold save {saved} of the squared error of the market's mean, and {inside} of their intervals held.",
            **known, **said,
        )  # fmt: skip
    return style.say(
        "Weights learned from {rows} past launches, most for: {feature} ({weight}). On later launches the score did "
        "**not** foretell the share of social shops (rank correlation {rank}, {range}; {saved} of the squared error "
        "saved): let it improve films, not choose ideas.", **known, **said,
    )  # fmt: skip
