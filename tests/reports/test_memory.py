import sys

import pytest
from crossborder.errors import InputError
from crossborder.reports import memory, warm
from crossborder.reports.pool import Pool
from crossborder.reports.worker import Job

from tests.notebooks import throwaway

HUNGRY = "import time\nheld = bytearray(600_000_000)\ntime.sleep(20)"


def test_a_cap_is_a_number_of_megabytes():
    memory.check_cap(0)
    with pytest.raises(InputError, match="megabytes above 0"):
        memory.check_cap(-1)


@pytest.mark.skipif(sys.platform != "linux" or not warm.known(), reason="memory of kernels is not told here")
def test_a_notebook_that_takes_too_much_is_ended_and_says_so_the_next_one_runs(tmp_path):
    jobs = [
        Job(name, str(throwaway.save(tmp_path / f"{name}.ipynb", [code])), {}, str(tmp_path / name), str(tmp_path), 60,
            memory_bytes=400_000_000)
        for name, code in (("11_hungry", HUNGRY), ("12_modest", "1"))
    ]  # fmt: skip
    with Pool(1, tmp_path / "log") as pool:
        hungry, modest = pool.run(jobs, {}, lambda *words: None, 120)
    assert hungry.error["kind"] == "MemoryCap" and "more than the 400 MB allowed" in hungry.error["text"]
    assert "bytearray" in hungry.error["source"] and hungry.peak_bytes > 400e6
    assert modest.status == "ok" and 20e6 < modest.peak_bytes < 400e6
