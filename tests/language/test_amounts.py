"""Chinese numbers say the same as English ones."""

import re

import pytest
from crossborder import language, style
from hypothesis import given, settings
from hypothesis import strategies as st

STEPS = {"": 1, "万": 1e4, "亿": 1e8, "万亿": 1e12, "k": 1e3, "m": 1e6, "bn": 1e9, "tn": 1e12}


def parsed(text: str) -> tuple[float, float]:
    """The value that a text stands for, and half of its last digit."""
    match = re.fullmatch(r"(−?)([\d,\u2009]*\.?(\d*))\u2009?(万亿|[万亿kmb]?n?|tn)", text)
    assert match, text
    step = STEPS[match[4]]
    value = float(re.sub(r"[,\u2009]", "", match[2])) * step
    return -value if match[1] else value, 0.5 * 10 ** -len(match[3]) * step


@given(st.floats(-9e14, 9e14))
@settings(max_examples=200, deadline=None)
def test_both_languages_round_the_same_number(value):
    with language.using("zh"):
        chinese, half = parsed(style.money(value).removesuffix("美元"))
    english, other_half = parsed(style.money(value).removeprefix("USD\u2009"))
    assert abs(chinese - value) <= half * 1.0001
    assert abs(chinese - english) <= (half + other_half) * 1.0001


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0美元"), (85.3, "85.3美元"), (9_999.9, "1.0万美元"), (12_300_000, "1,230万美元"), (-1.2e9, "−12亿美元")],
)
def test_amounts_stand_in_wan_and_yi_with_the_currency_behind(value, shown):
    with language.using("zh"):
        assert style.money(value) == shown


def test_shares_dates_and_intervals():
    with language.using("zh"):
        assert style.percent(0.126, 1) == "12.6%"
        assert style.number(12345.6, 1) == "12,345.6"
        assert style.interval(1.2, 3.4, lambda value: style.number(value, 1)) == "1.2 至 3.4"
        assert style.day("2026-10-31") == "2026-10-31"
    assert style.percent(0.126, 1) == "12.6\u2009%"
