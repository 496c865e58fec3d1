from crossborder import reports
from crossborder.reports import project


def test_every_notebook_stands_once_with_its_question_and_the_tables_it_needs():
    found = reports.questions()
    assert found["notebook"].tolist() == [path.stem for path in project.numbered()]
    assert found["question"].str.endswith("?").all()
    assert found.set_index("notebook").loc["41_attribution", "needs"].startswith("touchpoints")
