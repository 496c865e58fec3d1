"""Nested GA4 columns in one shape, whatever types a file gives them."""

import json

import pandas as pd
import pytest
from crossborder.company.importers import ga4_events, reading
from crossborder.company.importers.interface import Options

from tests.company.importers import ga4_export


def laid(desk, path):
    """The flat events of a file, in its order."""
    sources = reading.open_sources(desk, path, ga4_events.FIELDS, Options())
    return desk.frame(f"SELECT * EXCLUDE (items) FROM {ga4_events.flat(desk, sources)} ORDER BY row_")


def test_parameters_and_sources_become_columns(desk, tmp_path):
    (tmp_path / "e.jsonl").write_text(ga4_export.lines(ga4_export.shop()))
    flat = laid(desk, tmp_path / "e.jsonl")
    assert list(flat["session"].fillna("")) == ["1"] * 7 + ["2", "9", "", ""]
    assert flat.loc[0, ["source", "medium", "campaign"]].tolist() == ["google", "cpc", "DE_Brand"]
    assert flat.loc[5, ["transaction_id", "money_unit"]].tolist() == ["T-1", "EUR"]
    assert list(flat["reason"].fillna("")) == [""] * 9 + list(ga4_events.EXCLUDED.values())[2:]


@pytest.mark.parametrize("keep", [("event_params",), ("event_params", "geo"), ("event_params", "privacy_info")])
def test_absent_columns_are_missing(desk, tmp_path, keep):
    needed = {"event_timestamp", "event_name", "user_pseudo_id", *keep}
    events = [{name: cell for name, cell in one.items() if name in needed} for one in ga4_export.shop()]
    (tmp_path / "e.jsonl").write_text(ga4_export.lines(events))
    flat = laid(desk, tmp_path / "e.jsonl")
    assert flat["session"].notna().sum() == 9
    assert flat["country"].notna().any() == ("geo" in keep)
    assert list(flat["day"].astype("str").unique()) == ["2026-03-02"]


def test_nested_columns_as_text_are_read_too(desk, tmp_path):
    events = [
        {name: json.dumps(cell) if isinstance(cell, dict | list) else cell for name, cell in one.items()}
        for one in ga4_export.shop()
    ]
    (tmp_path / "e.jsonl").write_text(ga4_export.lines(events))
    assert laid(desk, tmp_path / "e.jsonl")["session"].notna().sum() == 9


def test_whole_numbers_as_numbers_are_read_too(desk, tmp_path):
    events = ga4_export.shop()
    for one in events:
        one["event_timestamp"] = int(one["event_timestamp"])
        for part in one["event_params"]:
            if "int_value" in part["value"]:
                part["value"]["int_value"] = int(part["value"]["int_value"])
    (tmp_path / "e.jsonl").write_text(ga4_export.lines(events))
    flat = laid(desk, tmp_path / "e.jsonl")
    assert flat["micros"].notna().all() and flat.loc[0, "session"] == "1"


def test_repeated_columns_that_do_not_say_so_are_lists(desk, tmp_path):
    (tmp_path / "e.jsonl").write_text(ga4_export.lines(ga4_export.shop()))
    plain = laid(desk, tmp_path / "e.jsonl")
    wrapped = ", ".join(
        f"{{'list': [{{'element': part}} for part in {name}]}} AS {name}" for name in ("event_params", "items")
    )
    desk.run(f"COPY (SELECT * REPLACE ({wrapped}) FROM '{tmp_path / 'e.jsonl'}') TO '{tmp_path / 'e.parquet'}'")
    pd.testing.assert_frame_equal(laid(desk, tmp_path / "e.parquet").drop(columns="file_"), plain.drop(columns="file_"))
