"""The measured parts of docs/scale.md, written from bench_volume's results; no figure of the page is typed by hand."""

import re
from pathlib import Path

__all__ = ["PAGE", "filled"]

PAGE = Path(__file__).parents[1] / "docs" / "scale.md"
MARK = re.compile(r"(<!-- (\w+): begin -->\n).*?(<!-- \w+: end -->)", re.DOTALL)
SHOWN = {
    "supply.weekly_demand": "weekly demand by product and market",
    "market.monthly_sales": "monthly sales by product, market, platform",
    "finance.daily_sales": "daily sales by currency",
    "company.joins": "rows that find their partner, with one row a buyer laid down for all that ask",
    "marketing.orders": "one row an order in USD, laid down for all that ask",
    "marketing.cohorts": "buyers by month of the first order (sample)",
    "selection.baskets": "products bought in one order (sample)",
    "marketing.recommendations": "rules of the basket and recommendations (samples)",
    "marketing.membership": "effect of membership (sample)",
    "marketing.sensitivity": "orders with a journey by look-back (sample)",
    "marketing.journeys": "journeys, exact",
}
CORES = {1e9: 16, 1e11: 400}
BUSY = 0.75


def filled(page: str, results: str) -> str:
    """The page with its marked parts written from the text of RESULTS.md."""
    sizes, rows = _read(results)
    parts = {
        "table": _table(sizes, rows),
        "whole": _whole(rows),
        "sums": _sums(sizes, rows),
        "storage": _storage(sizes),
    }
    return MARK.sub(lambda found: found[1] + parts[found[2]] + found[3], page)


def _read(results: str) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Sizes of the companies (lines, contacts, megabytes) and the numbers of each row, by name."""
    section = results.split("\n## bench_volume\n")[1].split("```")[1].split("\n\n")[0]
    sizes, rows = {}, {}
    for line in section.splitlines():
        name, _, rest = line.partition("  ")
        numbers = [float(text.replace(",", "")) for text in re.findall(r"-?[\d.][\d.,]*", rest)]
        if line.startswith(("order lines", "contacts", "megabytes")):
            sizes[name] = numbers
        elif numbers:
            rows[name] = numbers
    return sizes, rows


def _table(sizes: dict[str, list[float]], rows: dict[str, list[float]]) -> str:
    ten, hundred = (f"{sizes['order lines'][place]:,.0f} order lines" for place in (1, 2))
    text = f"| reduction | {ten}, processor s | {hundred}, processor s | growth of time over growth of lines |\n"
    text += "|---|---|---|---|\n"
    for name, words in SHOWN.items():
        text += f"| {words} | {rows[name][3]:.2f} | {rows[name][5]:.2f} | {rows[name][7]:.2f} |\n"
    whole = rows["sum"]
    return text + f"| **all reductions, one process** | {whole[3]:.0f} | {whole[5]:.0f} | {whole[7]:.2f} |\n"


def _whole(rows: dict[str, list[float]]) -> str:
    whole, peak = rows["sum"], rows["largest memory, MB"][2] / 1e3
    return (
        f"At scale 100 the whole takes {whole[4]:.0f} s on the clock ({whole[5]:.0f} processor seconds on two cores)\n"
        f"and {peak:.1f} GB at its peak; at scale 10 {whole[2]:.0f} s, at scale 1 {whole[0]:.0f} s.\n"
    )


def _sums(sizes: dict[str, list[float]], rows: dict[str, list[float]]) -> str:
    (_, ten, hundred), sales = sizes["order lines"], rows["market.monthly_sales"]
    slope = (sales[5] - sales[3]) / (hundred - ten)
    text = f"- **Reading and summing** (group 1): monthly sales cost ({sales[5]:.2f} - {sales[3]:.2f}) s /"
    text += f" ({hundred / 1e6:.2f} - {ten / 1e6:.2f})\n  million lines = {slope * 1e6:.2f} microseconds of a core"
    text += " a line.\n"
    for events, cores in CORES.items():
        total = slope * events
        text += (
            f"  {events:.0e}".replace("e+0", "e").replace("e+", "e")
            + f" lines: {total:,.0f} core seconds; with {cores}"
            f" cores {total:,.0f} / ({cores} x {BUSY:g}) = {total / cores / BUSY:.0f} s a reduction.\n"
        )
    return text


def _storage(sizes: dict[str, list[float]]) -> str:
    events, size = sizes["order lines"][2] + sizes["contacts"][2], sizes["megabytes"][2] * 1e6
    each = size / events
    return (
        f"- **Storage**: {size / 1e6:.0f} MB / {events / 1e6:.1f} million events = {each:.0f} bytes an event.\n"
        f"  1e9: {each:.0f} GB, fits on a laptop's disk. 1e11: {each / 10:.1f} TB, a small warehouse table; a year's\n"
        "  partition is a third of it.\n"
    )
