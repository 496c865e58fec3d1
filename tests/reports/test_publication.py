import os
import subprocess
import sys

import pytest
from crossborder.reports import publication


def written(folder, text):
    (folder / "index.html").write_text(text)
    return folder


@pytest.mark.parametrize("exchange", [True, False], ids=["one step", "two steps"])
def test_a_report_replaces_the_one_before_as_a_whole(tmp_path, monkeypatch, exchange):
    if not exchange:
        monkeypatch.setattr(publication, "_exchanged", lambda one, other: False)
    for text in ("first", "second", "third"):
        with publication.aside(tmp_path, "base") as folder:
            publication.publish(written(folder, text), tmp_path, "base")
        assert (tmp_path / "base" / "index.html").read_text() == text
        assert [path.name for path in tmp_path.iterdir()] == ["base"]


def test_a_run_that_breaks_off_leaves_no_trace(tmp_path):
    with publication.aside(tmp_path, "base") as folder:
        publication.publish(written(folder, "good"), tmp_path, "base")
    with pytest.raises(KeyboardInterrupt), publication.aside(tmp_path, "base") as folder:
        written(folder, "half")
        raise KeyboardInterrupt
    assert (tmp_path / "base" / "index.html").read_text() == "good"
    assert [path.name for path in tmp_path.iterdir()] == ["base"]


def dead_process() -> int:
    """The number of a process that has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def test_what_a_dead_process_left_is_cleared_and_a_report_between_two_names_comes_back(tmp_path):
    dead = dead_process()
    (tmp_path / f".tmp-base-{dead}").mkdir()
    (tmp_path / f".old-my-run-{dead}").mkdir()
    written(tmp_path / f".old-my-run-{dead}", "good")
    (tmp_path / f".tmp-base-{os.getpid()}").mkdir()
    publication.recover(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f".tmp-base-{os.getpid()}", "my-run"]
    assert (tmp_path / "my-run" / "index.html").read_text() == "good"


def test_latest_is_moved_in_one_step(tmp_path):
    for run in ("base", "shock"):
        (tmp_path / run).mkdir()
        publication.point_latest(tmp_path, run)
        assert os.readlink(tmp_path / "latest") == run
