import pytest
from crossborder.errors import InputError
from crossborder.reports import demo_data


@pytest.fixture
def writer(monkeypatch):
    """The simulator replaced by one that writes a small file and remembers what it was asked."""
    asked = {}

    def write(folder, **options):
        folder.mkdir(exist_ok=True)
        (folder / "company.yaml").write_text("name: x")
        asked.update(options)

    monkeypatch.setattr("crossborder.demo.writing.write", write)
    return asked


def test_the_simulator_is_asked_for_what_the_user_asked(tmp_path, writer):
    assert str(tmp_path / "new") in demo_data.write(tmp_path / "new", 2.0, 7, True)
    assert writer == {"scale": 2.0, "seed": 7, "dirt": True}
    demo_data.write(tmp_path / "new", 1.0, None, False)  # a company's folder may be made again


def test_a_size_that_makes_no_sense_is_refused_by_the_simulator(tmp_path):
    with pytest.raises(InputError, match="scale is 0"):
        demo_data.write(tmp_path / "new", 0, None, False)


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path, writer):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(InputError, match="allowed: a new folder"):
        demo_data.write(tmp_path, 1.0, None, False)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
