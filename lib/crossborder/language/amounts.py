"""Numbers and amounts as Chinese business reports write them: 万 and 亿, the currency behind the amount."""

from collections.abc import Callable

__all__ = ["amount", "scaled"]

STEPS = ((1e12, "万亿"), (1e8, "亿"), (1e4, "万"))


def scaled(value: float, number: Callable[[float, int], str]) -> str:
    """A value in 万, 亿 or 万亿; below ten thousand as it is.

    >>> scaled(12_340_000, lambda value, digits: f"{value:,.{digits}f}")
    '1,234万'
    >>> scaled(12_500, lambda value, digits: f"{value:,.{digits}f}")
    '1.25万'
    """
    size = abs(value)
    for limit, unit in STEPS:
        if size >= limit * 0.99995:
            part = value / limit
            if abs(part) >= 99.95 or part == round(part):
                return f"{number(part, 0)}{unit}"
            # A tick at 1.25 must not read 1.2.
            quarter = round(part * 4) == part * 4 and part * 2 != round(part * 2)
            return f"{number(part, 2 if quarter else 1)}{unit}"
    return number(value, 0 if size == round(size) or size >= 100 else (1 if size >= 10 else 2))


def amount(text: str, currency: str) -> str:
    """An amount and the name of its currency.

    >>> amount("1,230万", "美元")
    '1,230万美元'
    """
    return f"{text} {currency}" if currency.isascii() else f"{text}{currency}"
