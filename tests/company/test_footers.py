import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from crossborder.company import footers

FRAME = pd.DataFrame(
    {
        "name": ["a", None, "c", "d"],
        "at": pd.to_datetime(["2026-01-03", "2026-01-01", "2026-02-01", "2026-01-09"], utc=True),
        "day": ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"],
        "share": [0.1, float("nan"), 0.3, 0.4],
    }
)


@pytest.mark.parametrize("parts", [1, 2])
def test_footers_tell_rows_filled_cells_and_ends(tmp_path, parts):
    for part in range(parts):
        FRAME.iloc[part::parts].to_parquet(tmp_path / f"part-{part}.parquet", row_group_size=1)
    told = footers.read(tmp_path if parts > 1 else tmp_path / "part-0.parquet", ["name", "day"], "at")
    assert (told.rows, told.filled) == (4, {"name": 3, "day": 4})
    assert (told.first, told.last) == (FRAME["at"].min(), FRAME["at"].max())


def test_what_footers_cannot_tell_is_read(tmp_path):
    path = tmp_path / "rows.parquet"
    FRAME.to_parquet(path)
    assert footers.read(path, ["share"], "at") is None  # a cell may hold NaN, which counts as missing
    assert footers.read(path, ["name"], "day") is None  # the last of some texts is no day
    assert footers.read(path, ["absent"], None) is None
    pq.write_table(pa.table({"name": ["a"]}), path, write_statistics=False)
    assert footers.read(path, ["name"], None) is None


def test_a_table_without_rows_has_no_ends(tmp_path):
    FRAME.head(0).to_parquet(tmp_path / "rows.parquet")
    told = footers.read(tmp_path / "rows.parquet", ["name"], "at")
    assert (told.rows, told.filled, told.first, told.last) == (0, {"name": 0}, None, None)
