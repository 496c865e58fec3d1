"""Every reference file can be found, read, and says where each row comes from."""

import subprocess
import sys

import pandas as pd
import pytest
from crossborder.errors import InputError
from crossborder.reference import files

INDEX = "capabilities.csv"  # tells where this workbook answers what; holds no facts of the world
FILES = sorted(path.name for path in files.FOLDER.glob("*.csv") if path.name != INDEX)


@pytest.mark.parametrize("name", FILES)
def test_every_row_has_source_date_and_confidence(name):
    table = files.read(name)
    assert {"source", "as_of", "confidence"} <= set(table.columns)
    assert table["source"].str.len().gt(0).all()
    assert table["confidence"].isin(["A", "B", "C", "D"]).all()
    assert pd.to_datetime(table["as_of"], format="%Y-%m-%d").notna().all()


def test_a_copy_can_be_changed_without_harm():
    first = files.read("ships.csv")
    first["ship"] = "dinghy"
    assert "dinghy" not in set(files.read("ships.csv")["ship"])


def test_hs_codes_keep_their_zeros():
    codes = files.read("us_mfn_duty_hs6.csv", text=("hs6",))["hs6"]
    assert codes.str.fullmatch(r"\d{6}").all()


def test_a_missing_file_names_the_nearest():
    with pytest.raises(InputError, match=r"did you mean 'claims\.csv'"):
        files.reference_path("claim.csv")


def test_every_selling_market_home_and_hong_kong_have_gateways():
    assert len(files.markets()) == 28  # 26 selling markets, the home market and Hong Kong
    assert {"CN", "US", "ZA"} <= set(files.markets())


HEAVY = ("holidays", "searoute", "networkx", "airportsdata", "scipy", "matplotlib")


def test_importing_every_module_loads_no_heavy_package():
    names = sorted(path.stem for path in (files.FOLDER.parents[1] / "lib/crossborder/reference").glob("[a-z]*.py"))
    code = "import sys\n" + "\n".join(f"import crossborder.reference.{name}" for name in names)
    code += f"\nprint([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert len(names) >= 13 and done.stdout.strip() == "[]"
