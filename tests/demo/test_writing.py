"""Writing a company: in memory or part by part, clean or with planted defects."""

import json

import numpy as np
import pandas as pd
import pytest
from crossborder.company import checks
from crossborder.demo import core, dirt, generate, truth, writing
from crossborder.errors import InputError

SCALE, CHUNKS = 0.1, 2


@pytest.fixture(scope="module")
def small() -> tuple[dict[str, pd.DataFrame], dict]:
    """A small company in memory: two chunks of people."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(core, "CHUNKS_PER_SCALE", CHUNKS / SCALE)
        return generate.generate(seed=5, scale=SCALE)


@pytest.fixture(scope="module")
def soiled(small, tmp_path_factory):
    """The same with planted defects, on disk: the report of the check and the list of what was planted."""
    folder = tmp_path_factory.mktemp("soiled")
    tables, planted = dirt.soil(small[0], np.random.default_rng(3))
    writing.write_tables(folder, tables)
    writing.spoil_encoding(folder / f"{dirt.ENCODED}.csv")
    (folder / "company.yaml").write_text(writing.card(5, SCALE))
    return checks.check(folder), planted


@pytest.mark.parametrize(("chunks_a_file", "files"), [(1, 2), (4, 1)])
def test_part_by_part_is_the_same_company(small, tmp_path, monkeypatch, chunks_a_file, files):
    monkeypatch.setattr(writing, "CHUNKS_A_FILE", chunks_a_file)
    monkeypatch.setattr(core, "KEPT_IN_MEMORY", 0)
    monkeypatch.setattr(core, "CHUNKS_PER_SCALE", CHUNKS / SCALE)
    tables, known = writing.stream(tmp_path, seed=5, scale=SCALE)
    for name, keys in (("orders", ["order_id", "line"]), ("customers", ["customer_id"])):
        parts = sorted((tmp_path / name).glob("*.parquet"))
        assert len(parts) == files
        read = pd.concat([pd.read_parquet(p) for p in parts]).sort_values(keys, ignore_index=True)
        whole = small[0][name].sort_values(keys, ignore_index=True)
        pd.testing.assert_frame_equal(read, whole, check_dtype=False)
    for name in ("sessions", "inventory", "ledger", "ad_spend"):
        pd.testing.assert_frame_equal(tables[name], small[0][name])
    assert known["demand"]["lost_sales_units"] == small[1]["demand"]["lost_sales_units"]
    assert {area: sorted(what) for area, what in known.items()} == {a: sorted(what) for a, what in small[1].items()}
    gains = [told["customers"]["member_spend_effect_180_days_usd"] for told in (known, small[1])]
    assert gains[0] == pytest.approx(gains[1])


@pytest.mark.parametrize(
    "table", ["orders", "ad_spend", "ledger", "purchases", "shipments", "supplier_months", "projects"]
)
def test_the_check_names_every_planted_defect(soiled, table):
    report, planted = soiled
    found = report.frame()
    found = found[found["file"].str.startswith(table + ".")]
    kinds = [p for p in planted if p["table"] == table]
    assert kinds
    for defect in kinds:
        said = found[found["column"].fillna("") == defect["column"]] if defect["column"] else found
        assert len(said) >= 1, defect["kind"]
        if defect["kind"] != "wrong encoding":
            assert defect["count"] in said["count"].to_list(), defect["kind"]


def test_nothing_but_the_planted_defects_is_found(soiled):
    report, planted = soiled
    assert set(report.frame()["file"].str.split(".").str[0]) == {p["table"] for p in planted}


def test_writing_twice_gives_the_same_bytes(small, tmp_path):
    for name in ("a", "b"):
        writing.write_truth(tmp_path / name, {"part": {"frame": small[0]["customers"], "number": np.float64(1.5)}})
    files = sorted(p.name for p in (tmp_path / "a").iterdir())
    assert files == ["part.frame.parquet", "truth.json"]
    assert all((tmp_path / "a" / f).read_bytes() == (tmp_path / "b" / f).read_bytes() for f in files)
    assert json.loads((tmp_path / "a" / "truth.json").read_text())["part"]["number"] == 1.5
    known = truth.load_folder(tmp_path / "a")
    assert len(known["part"]["frame"]) == len(small[0]["customers"])


@pytest.mark.parametrize(
    ("options", "words"),
    [({"scale": 0}, "scale is 0"), ({"scale": 1000}, "0.1 to 200"), ({"scale": 5, "dirt": True}, "dirt is True")],
)
def test_a_scale_that_cannot_be_is_refused(tmp_path, options, words):
    with pytest.raises(InputError, match=words):
        writing.write(tmp_path / "x", **options)
    assert not (tmp_path / "x").exists()
