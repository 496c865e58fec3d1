import json
import os
import time

from crossborder.reports import kept


def finished(folder, text="{}"):
    folder.mkdir(parents=True)
    (folder / "outcome.json").write_text(text)
    return folder


def test_a_notebook_is_found_by_its_key_only(tmp_path):
    kept.keep(tmp_path, "11_size", "a" * 64, finished(tmp_path / "made", '{"seconds": 3}'))
    found = kept.find(tmp_path, "11_size", "a" * 64)
    assert kept.read(found, "outcome.json") == {"seconds": 3}
    assert kept.read(found, "record.json") == {}
    assert kept.find(tmp_path, "11_size", "b" * 64) is None
    assert kept.find(tmp_path, "12_growth", "a" * 64) is None


def test_half_a_notebook_is_not_found(tmp_path):
    (tmp_path / "11_size" / ("a" * 40)).mkdir(parents=True)
    assert kept.find(tmp_path, "11_size", "a" * 64) is None


def test_the_second_of_two_equal_runs_replaces_the_first(tmp_path):
    for text in ('{"n": 1}', '{"n": 2}'):
        kept.keep(tmp_path, "11_size", "a" * 64, finished(tmp_path / "made", text))
    assert json.loads((tmp_path / "11_size" / ("a" * 40) / "outcome.json").read_text()) == {"n": 2}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["11_size"]


def test_a_scratch_folder_is_ours_and_those_of_the_dead_go(tmp_path):
    (tmp_path / ".tmp-4194305-abc").mkdir()
    mine = kept.scratch(tmp_path)
    assert str(os.getpid()) in mine.name
    assert [path for path in tmp_path.iterdir()] == [mine]


def test_what_was_not_used_for_longest_goes_first(tmp_path):
    for age, name in enumerate(("new", "old")):
        folder = finished(tmp_path / name / "key", "x" * 200)
        os.utime(folder, (time.time() - 100 * age,) * 2)
    assert kept.prune(tmp_path, most_bytes=250) == 1
    assert (tmp_path / "new" / "key").exists() and not (tmp_path / "old" / "key").exists()


def test_clearing_counts_what_goes_and_leaves_a_running_one_its_scratch(tmp_path):
    finished(tmp_path / "11_size" / "key")
    mine = kept.scratch(tmp_path)
    assert kept.clear(tmp_path) == 1
    assert [path for path in tmp_path.iterdir()] == [mine]
