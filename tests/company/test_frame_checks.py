"""The quick look at a table says sound only where pandera does."""

import numpy as np
import pandas as pd
import pandera.errors
import pytest
from crossborder.company import frame_checks
from crossborder.company.tables.contract import Table, choice, date, integer, market, number, share, text

TABLE = Table(
    "things",
    "a thing",
    (
        text("name", "name"), market(), choice("kind", "a b", "kind", nullable=True), integer("count", "pieces", "n"),
        share("part", "part", nullable=True), number("free", "any", "any", required=False), date("day", "day"),
    ),
    key=("name", "day"),
)  # fmt: skip


def sound() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": pd.Series(["x", "y", "z"], dtype="str"),
            "market": pd.Series(["DE", "US", "DE"], dtype="str"),
            "kind": pd.Series(["a", None, "b"], dtype="str"),
            "count": pd.Series([0, 2, 3], dtype="Int64"),
            "part": pd.Series([0.0, 1.0, np.nan]),
            "free": pd.Series([-1.0, 0.0, 5.0]),
            "day": pd.Series(pd.to_datetime(["2026-01-01"] * 3)).astype("datetime64[us]"),
        }
    )


def pandera_says(frame: pd.DataFrame) -> bool:
    try:
        TABLE.schema().validate(frame, lazy=True)
    except pandera.errors.SchemaErrors:
        return False
    return True


BROKEN = {
    "missing value": lambda f: f.assign(name=pd.Series(["x", None, "z"], dtype="str")),
    "below": lambda f: f.assign(count=pd.Series([0, -2, 3], dtype="Int64")),
    "above": lambda f: f.assign(part=[0.0, 1.2, np.nan]),
    "choice": lambda f: f.assign(kind=pd.Series(["a", None, "c"], dtype="str")),
    "form": lambda f: f.assign(market=pd.Series(["DE", "usa", "DE"], dtype="str")),
    "type": lambda f: f.assign(count=[0.0, 2.0, 3.0]),
    "column": lambda f: f.drop(columns="count"),
    "key": lambda f: f.assign(name=pd.Series(["x", "x", "z"], dtype="str")),
    "empty": lambda f: f.assign(count=pd.Series([None, 2, 3], dtype="Int64")),
}


def test_a_sound_table_is_sound_with_and_without_optional_columns():
    for frame in (sound(), sound().drop(columns="free"), sound().iloc[:0]):
        assert frame_checks._surely_sound(frame, TABLE) and pandera_says(frame)
        assert frame_checks.frame_problems(frame, TABLE, "things.csv", {}) == []


@pytest.mark.parametrize("name", BROKEN)
def test_what_pandera_refuses_is_never_called_sound(name):
    frame = BROKEN[name](sound())
    assert not pandera_says(frame)
    assert not frame_checks._surely_sound(frame, TABLE)


def test_a_broken_table_is_told_in_words():
    found = frame_checks.frame_problems(BROKEN["above"](sound()), TABLE, "things.csv", {})
    assert [problem.rule for problem in found] == ["is above 1"]
