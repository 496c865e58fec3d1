"""Tables of notebooks 41 to 43: one header and one format a column, wherever it is shown."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from crossborder import style
from crossborder.language import t

__all__ = ["show"]

# column: (header, format)
COLUMNS = {
    "channel": ("Channel", "text"),
    "method": ("Method", "text"),
    "measure": ("Measure", "text"),
    "credit": ("Credit (orders)", "integer"),
    "credited": ("Credited", "number2"),
    "not_credited": ("Not credited", "number2"),
    "ledger": ("Ledger", "number2"),
    "difference": ("Difference", "number2"),
    "conversions": ("Orders", "integer"),
    "revenue_usd": ("Revenue (USD)", "money"),
    "refund_usd": ("Refunds (USD)", "money"),
    "margin_usd": ("Margin (USD)", "money"),
    "share": ("Share", "percent1"),
    "rate": ("Rate", "percent1"),
    "lookback_days": ("Look-back (days)", "integer"),
    "orders": ("Orders", "integer"),
    "with_journey": ("With a journey", "integer"),
    "touches_a_journey": ("Touches a journey", "number2"),
    "journeys": ("Journeys", "integer"),
    "path": ("Path", "text"),
    "spend_usd": ("Spend (USD)", "money"),
    "clicks": ("Clicks", "integer"),
    "cpc_usd": ("A click (USD)", "number2"),
    "claimed": ("Claimed orders", "integer"),
    "credited_revenue": ("Credited revenue (USD)", "money"),
    "roas": ("Revenue a dollar", "number2"),
    "cost_per_order_usd": ("Cost an order (USD)", "number2"),
    "contribution_usd": ("Contribution (USD)", "money"),
    "factor": ("Factor", "number2"),
    "raw": ("Test over credit", "number2"),
    "incremental": ("Caused orders", "integer"),
    "share_distance": ("Misplaced share", "percent1"),
    "level_ratio": ("Credited over caused", "number2"),
    "roi": ("Sales a dollar", "number2"),
    "value_usd": ("Value (USD)", "money"),
    "clv_usd": ("Lifetime value (USD)", "number2"),
    "cac_usd": ("Acquisition cost (USD)", "number2"),
    "ratio": ("Value over cost", "number2"),
    "payback_months": ("Payback (months)", "number1"),
    "customers": ("Customers", "integer"),
    "estimate": ("Estimate", "number2"),
    "effect": ("Effect", "percent1"),
    "p_value": ("p", "number3"),
    "p_corrected": ("p, corrected", "number3"),
    "people": ("People", "integer"),
    "lost": ("Lost", "integer"),
    "point_value": ("One point more (USD)", "money"),
    "gap_value": ("Gap to best (USD)", "money"),
    "slope": ("Next dollar brings (USD)", "number2"),
    "acos": ("Ad cost over sales", "percent1"),
    "expected_acos": ("Expected", "percent1"),
    "break_even": ("Break-even", "percent1"),
    "coverage": ("Coverage", "percent1"),
    "conversion": ("Conversion", "percent1"),
    "multiplier": ("Multiplier", "number2"),
    "hit_rate": ("Hit rate", "percent1"),
    "open_rate": ("Opened", "percent1"),
    "order_rate": ("Ordered", "percent1"),
    "unsubscribe_rate": ("Left", "percent2"),
    "value": ("Value (USD)", "number3"),
    "month": ("Month", "text"),
    "growth": ("Growth a year", "percent1"),
}
SHARES = ("share", "rate", "probability", "power", "coverage", "occupancy", "completion", "service_level", "discount")


def show(
    frame: pd.DataFrame,
    columns: str | Sequence[str] | None = None,
    *,
    caption: str = "",
    headers: Mapping[str, str] | None = None,
    formats: Mapping[str, str] | None = None,
    interval: Mapping[str, tuple[str, str]] | None = None,
    bold: object = None,
    total: bool = False,
    limit: int = 12,
) -> style.Table:
    """A frame as table: `columns` as words apart by spaces; known columns bring their header and format.

    The index becomes a column when it has a name. Columns `x_low`, `x_high` are shown behind `x` by themselves.
    Underscores in texts become spaces; infinite numbers are shown as missing.
    """
    frame = frame.reset_index() if frame.index.name else frame
    wanted = columns.split() if isinstance(columns, str) else list(columns or frame.columns)
    ranges = dict(interval or {})
    for name in list(wanted):
        stem = name.removesuffix("_usd")
        pair = next(
            ((f"{base}_low", f"{base}_high") for base in (name, stem) if {f"{base}_low", f"{base}_high"} <= set(frame)),
            None,
        )
        if pair and name not in ranges:
            ranges[name] = pair
    hidden = {edge for pair in ranges.values() for edge in pair}
    wanted = [name for name in wanted if name not in hidden]
    kept = frame[[*wanted, *[edge for edge in hidden if edge in frame]]].copy()
    for name in kept.columns:
        kept[name] = _plain(kept[name])
    names = {name: t(_header(name, headers or {})) for name in wanted}
    kept, ranges = _without_holes(kept, ranges, wanted, formats or {})
    chosen = {name: fmt for name in wanted if (fmt := _format(name, kept[name], formats or {}))}
    return style.table(
        kept, caption=caption, formats=chosen, headers=names, interval=ranges, bold=bold, total=total, limit=limit
    )


def _without_holes(kept: pd.DataFrame, ranges: dict, wanted: list[str], formats: Mapping[str, str]) -> tuple:
    """Columns whose interval is missing in some rows become text, so that no empty brackets are shown."""
    for name in [name for name in wanted if name in ranges]:
        low, high = (kept[edge] for edge in ranges[name])
        if not low.isna().any():
            continue
        write = style.FORMATS[_format(name, kept[name], formats) or "text"]
        spans = [
            f"{write(value)} ({write(a)} to {write(b)})" if pd.notna(a) else write(value)
            for value, a, b in zip(kept[name], low, high, strict=True)
        ]
        kept = kept.assign(**{name: spans}).drop(columns=list(ranges[name]))
        ranges = {key: pair for key, pair in ranges.items() if key != name}
    return kept, ranges


def _plain(column: pd.Series) -> pd.Series:
    if pd.api.types.is_bool_dtype(column.dtype):
        return column.map({True: t("yes"), False: t("no")})
    if pd.api.types.is_numeric_dtype(column.dtype):
        return column.astype(float).replace([np.inf, -np.inf], np.nan)
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column
    return column.astype(str).str.replace("_", " ")


def _header(name: str, headers: Mapping[str, str]) -> str:
    if name in headers:
        return headers[name]
    if name in COLUMNS:
        return COLUMNS[name][0]
    return name.replace("_usd", " (USD)").replace("_", " ").capitalize().replace("(usd)", "(USD)")


def _format(name: str, column: pd.Series, formats: Mapping[str, str]) -> str | None:
    if name in formats:
        return formats[name]
    if not pd.api.types.is_numeric_dtype(column.dtype):
        return None
    if name in COLUMNS:
        return COLUMNS[name][1] if COLUMNS[name][1] in style.FORMATS else "number2"
    if any(part in name for part in SHARES):
        return "percent1"
    values = column.dropna()
    if len(values) and np.allclose(values, values.round()) and values.abs().max() >= 1:
        return "integer"
    return "money" if name.endswith("_usd") else "number2"
