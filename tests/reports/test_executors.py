from crossborder.reports import executors, planning
from crossborder.reports.planning import Folders, Request
from crossborder.reports.pool import Pool

from tests.notebooks import throwaway


def entries(place):
    there = Folders(place / "notebooks", place / "reports", place / "cache")
    throwaway.save(there.notebooks / "11_one.ipynb", ["from crossborder.market import sizing"])
    return planning.plan(Request(), there)


def test_processes_of_this_machine_are_the_default_and_leave_nothing(tmp_path):
    with executors.crew(Request(), entries(tmp_path), tmp_path / "cache") as workers:
        assert isinstance(workers, Pool)
    assert not list((tmp_path / "cache").glob(".tmp-*"))


def test_what_notebooks_import_is_loaded_before_kernels_are_forked(tmp_path):
    modules = executors.preloaded(entries(tmp_path))
    assert "pandas" in modules and "crossborder.market.sizing" in modules


def test_few_notebooks_do_not_repay_a_nursery(tmp_path):
    few = entries(tmp_path)
    assert not executors._wants_warm(Request(), few) and executors._wants_warm(Request(), few * 4)
    assert executors._wants_warm(Request(warm=True), few)
