import json

import pytest
from crossborder.errors import InputError
from crossborder.reports.compare import compare

COMMON = {"data": "data/demo", "fingerprint": "f1", "lock": "l1", "revision": "r1", "scenario": "base"}


def stored(reports, name, results, market="DE", **changed):
    """A published run with results as name: (value, low, high)."""
    (reports / name).mkdir(parents=True)
    full = {
        key: dict(zip(("value", "low", "high"), numbers, strict=True)) | {"unit": "USD"}
        for key, numbers in results.items()
    }
    notebooks = {"11_size": {"code": "c1", "parameters": {"market": market}}}
    content = {"notebooks": {"11_size": {"results": full}}}
    (reports / name / "results.json").write_text(json.dumps(content))
    (reports / name / "manifest.json").write_text(
        json.dumps({**COMMON, **changed, "name": name, "notebooks": notebooks})
    )


@pytest.fixture
def pair(tmp_path):
    before = {
        "market.a.beyond": (10.0, 9.0, 11.0), "market.a.within": (10.0, 7.0, 13.0), "market.a.same": (5.0, 4.0, 6.0),
        "market.a.exact": (2.0, 2.0, 2.0), "market.a.bare": (1.0, None, None), "market.a.gone": (1.0, None, None),
    }  # fmt: skip
    after = {
        "market.a.beyond": (14.0, 11.0, 17.0), "market.a.within": (12.0, 8.0, 16.0), "market.a.same": (5.0, 4.0, 6.0),
        "market.a.exact": (2.5, 2.5, 2.5), "market.a.bare": (1.5, None, None), "market.a.new": (1.0, None, None),
    }  # fmt: skip
    stored(tmp_path, "base", before)
    stored(tmp_path, "shock", after, market="US", scenario="shock", fingerprint="f2")
    return compare(tmp_path, "base", "shock")


def test_a_change_is_measured_against_both_uncertainties(pair):
    moves = {move.name: move for move in pair.moves}
    # Half widths 1 and 3 combine to the square root of 10; the value moved by 4.
    assert moves["market.a.beyond"].ratio == pytest.approx(4 / 10**0.5)
    assert moves["market.a.beyond"].verdict == "moved beyond its uncertainty"
    # Half widths 3 and 4 combine to 5; the value moved by 2.
    assert moves["market.a.within"].ratio == pytest.approx(0.4)
    assert moves["market.a.within"].verdict == "moved within its uncertainty"
    assert moves["market.a.same"].verdict == "same"
    assert moves["market.a.exact"].verdict == "moved beyond its uncertainty"
    assert moves["market.a.bare"].verdict == "moved, no interval to judge by"


def test_the_strongest_move_stands_first(pair):
    assert [move.name.split(".")[-1] for move in pair.moved] == ["exact", "beyond", "within", "bare"]


def test_what_only_one_run_has_is_named(pair):
    assert pair.only_before == ("market.a.gone",) and pair.only_after == ("market.a.new",)


def test_the_inputs_that_changed_are_named(pair):
    assert pair.inputs == (
        "scenario: base -> shock",
        "content of the data: f1 -> f2",
        "parameter market: DE -> US in 11_size",
    )
    assert "market.a.beyond: USD\u200910 -> USD\u200914 (+40.0%), 1.3 half widths" in str(pair)


def test_the_comparison_is_json(pair):
    assert json.loads(json.dumps(pair.as_data(), allow_nan=False))["moves"][0]["verdict"]


def test_a_run_compared_with_itself_did_not_move(tmp_path):
    stored(tmp_path, "base", {"market.a.same": (5.0, 4.0, 6.0)})
    same = compare(tmp_path, "base", str(tmp_path / "base"))
    assert not same.moved and not same.inputs


def test_an_unknown_run_is_refused_with_those_there(tmp_path):
    stored(tmp_path, "base", {})
    with pytest.raises(InputError, match="did you mean 'base'"):
        compare(tmp_path, "bsae", "base")
