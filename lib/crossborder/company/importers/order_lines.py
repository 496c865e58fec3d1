"""What importers of shop orders share: files laid together, amounts of an order spread over its lines, currencies."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crossborder.company.importers.desk import quoted
from crossborder.company.importers.interface import Options, Source
from crossborder.company.problems import Problem
from crossborder.errors import InputError

if TYPE_CHECKING:
    from crossborder.company.importers.desk import Desk

__all__ = ["customer_key", "laid_together", "needs_currency", "spread"]


def laid_together(desk: "Desk", parts: Sequence[str], key: str) -> str:
    """One table of all files' rows; rows of a `key` that stands in several files count from the last file only.

    Adds `place_` (place of the file on the command line) and `repeated` (the rows that do not count).
    """
    union = " UNION ALL BY NAME ".join(f"SELECT *, {place} AS place_ FROM {part}" for place, part in enumerate(parts))
    return desk.keep(f"SELECT *, place_ < max(place_) OVER (PARTITION BY {key}) AS repeated FROM ({union})", "rows")


def spread(amount: str, weight: str, partition: str, order: str, digits: int = 2) -> str:
    """The expression of an order's amount on its lines by weight, rounded so that the parts sum to the amount.

    A line gets the rounded share of all lines up to it less what the lines before it got; the last one gets the rest.
    An order without weight gives the whole amount to its first line.
    """
    lines = f"PARTITION BY {partition} ORDER BY {order}"
    upto = f"sum(CAST({weight} AS DOUBLE)) OVER ({lines} ROWS UNBOUNDED PRECEDING)"
    before = (
        f"coalesce(sum(CAST({weight} AS DOUBLE)) OVER ({lines} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)"
    )
    whole = f"sum(CAST({weight} AS DOUBLE)) OVER (PARTITION BY {partition})"
    place, last = f"row_number() OVER ({lines})", f"count(*) OVER (PARTITION BY {partition})"

    def rounded(part: str) -> str:
        return f"CAST(round(CAST({amount} AS DOUBLE) * ({part}) / ({whole}), {digits}) AS DECIMAL(18, 6))"

    return (
        f"CASE WHEN ({whole}) = 0 THEN CASE WHEN {place} = 1 THEN {amount} ELSE 0 END"
        f" WHEN {place} = {last} THEN {amount} - {rounded(before)} ELSE {rounded(upto)} - {rounded(before)} END"
    )


def customer_key(*columns: str) -> str:
    """The expression of a customer from the first filled of columns such as e-mail and telephone, as a hash.

    The hash is the same for the same address in every export, and does not carry the address into the tables.
    """
    return f"left(md5(nullif(lower(trim(coalesce({', '.join(columns)}))), '')), 16)"


def needs_currency(desk: "Desk", table: str, column: str, source: Source, options: Options) -> str:
    """The expression of a row's currency; where neither the file nor the user names one, that is a problem."""
    told = options.currency.upper()
    if told and not (len(told) == 3 and told.isalpha()):
        raise InputError.out_of_range("store_currency", options.currency, "three letters such as EUR")
    empty, row = desk.one(f"SELECT count(*), min(row_) FROM {table} WHERE {column} IS NULL")
    if empty and not told:
        remedy = "say the shop's currency, such as --store-currency EUR"
        header = source.found.get(column, "Currency")
        desk.problems.append(
            Problem.of(source.name, "", header, "currency is not named", remedy, [row], (), int(empty))
        )
    return f"coalesce(upper({column}), {quoted(told or 'XXX')})"
