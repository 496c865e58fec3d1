"""Shared results: the same key only for the same inputs, damage and change mean computing again, bounded."""

import multiprocessing
import os
import sys
import time
import types

import numpy as np
import pandas as pd
import pytest
from crossborder import language
from crossborder.company import Company, shared

CALLS = []


def _area(name="crossborder.market.throwaway"):
    """A function that seems to live in an area."""
    module = types.ModuleType(name)

    def work(frame, rng=None, factor=1.0):
        CALLS.append(factor)
        return frame * factor + (rng.normal() if rng is not None else 0.0)

    work.__module__, work.__qualname__, module.work = name, "work", work
    sys.modules[name] = module
    return work


@pytest.fixture
def work(tmp_path, monkeypatch):
    monkeypatch.setattr(shared, "folder", lambda: tmp_path / "shared")
    # Other tests may have started before the code was written last; here the code stands still.
    monkeypatch.setattr(shared, "_code_key", lambda rooms: str(rooms))
    CALLS.clear()
    yield _area()
    del sys.modules["crossborder.market.throwaway"]


FRAME = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})


def test_the_same_call_is_computed_once_and_any_other_again(work):
    first, second = shared.once(work, FRAME, factor=2.0), shared.once(work, FRAME.copy(), factor=2.0)
    pd.testing.assert_frame_equal(first, second)
    assert CALLS == [2.0] and first is not second
    shared.once(work, FRAME, factor=3.0)
    shared.once(work, FRAME.iloc[:1], factor=2.0)
    language.use("zh")
    try:
        shared.once(work, FRAME, factor=2.0)
    finally:
        language.use("en")
    assert CALLS == [2.0, 3.0, 2.0, 2.0]


def test_a_generator_goes_on_as_if_the_work_had_been_done(work):
    draws = []
    for _ in range(2):
        rng = np.random.default_rng(5)
        draws.append((float(shared.once(work, FRAME, rng=rng).iloc[0, 0]), rng.normal()))
    plain = np.random.default_rng(5)
    assert CALLS == [1.0] and draws[0] == draws[1] == (1.0 + plain.normal(), plain.normal())


def test_other_code_other_data_another_day_or_scenario_mean_another_key(work, tmp_path, monkeypatch):
    (tmp_path / "firm").mkdir()
    (tmp_path / "firm" / "risks.csv").write_text("risk\n")
    (tmp_path / "firm" / "company.yaml").write_text("name: Firm\nas_of: 2026-10-31\nmarkets: [DE]\n")
    firm = Company.open(tmp_path / "firm")

    def place(company):
        return shared._place(work, (company,), {})

    other = Company.open(tmp_path / "firm", scenario="freight_shock")
    places = {place(firm), place(other), place(Company.open(tmp_path / "firm", as_of="2026-05-31"))}
    (tmp_path / "firm" / "projects.csv").write_text("project,owner\n")
    places.add(place(firm))
    monkeypatch.setattr(shared, "_code_key", lambda rooms: "changed")
    places.add(place(firm))
    assert len(places) == 5 and place(firm) == place(Company.open(tmp_path / "firm"))


def test_a_damaged_entry_is_computed_again(work):
    shared.once(work, FRAME)
    (entry,) = shared.folder().glob("*/*")
    for content in (entry.read_bytes()[:-3], b"", b"x" * 100):
        entry.write_bytes(content)
        pd.testing.assert_frame_equal(shared.once(work, FRAME), FRAME * 1.0)
    assert len(CALLS) == 4


def test_what_cannot_be_stored_or_known_is_computed_each_time(work):
    shared.once(work, 1.0, factor=2.0)
    assert shared.once(lambda: 7) == 7 and shared.once(len, [1]) == 1
    for _ in range(2):
        assert shared.once(work, 2.0, factor=np.float64(2)) == 4.0
        with pytest.raises(TypeError, match="unsupported"):
            shared.once(work, open(os.devnull).close())
    assert sum(count for count, _ in shared.sizes().values()) == 2


def test_code_newer_than_the_process_is_not_cached(monkeypatch):
    shared._code_key.cache_clear()
    monkeypatch.setattr(shared, "STARTED", 0.0)
    with pytest.raises(shared._Changed, match="newer"):
        shared._code_key(("market",))
    shared._code_key.cache_clear()
    monkeypatch.setattr(shared, "STARTED", time.time() + 1)
    assert shared._code_key(("market",)) != shared._code_key(("supply",)) != shared._code_key(("*",))


def test_the_oldest_used_go_first(work):
    for factor in (1.0, 2.0, 3.0):
        shared.once(work, FRAME, factor=factor)
        for path in shared.folder().glob("*/*"):
            os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 100))
    shared.once(work, FRAME, factor=1.0)  # used again
    size = max(path.stat().st_size for path in shared.folder().glob("*/*"))
    assert shared.prune(2 * size + 1) == 1
    CALLS.clear()
    for factor in (1.0, 3.0, 2.0):
        shared.once(work, FRAME, factor=factor)
    assert CALLS == [2.0]
    assert shared.clear() == 3 and shared.sizes() == {}


def _write_and_read(place):
    path = place / "entry"
    for number in range(200):
        shared._write(path, ("same", list(range(1000))))
        found = shared._read(path)
        assert found is not None and found[0] == "same", number


def test_many_writers_and_readers_never_see_half_an_entry(tmp_path):
    crowd = [multiprocessing.get_context("fork").Process(target=_write_and_read, args=(tmp_path,)) for _ in range(3)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(60)
    assert [one.exitcode for one in crowd] == [0, 0, 0]
    assert [path.name for path in tmp_path.iterdir()] == ["entry"]
