from crossborder.reports import answers, project

HEAD = "capability_id,question,notebook,section,function,test\n"


def test_a_question_leads_to_its_section(monkeypatch):
    row = {"question": "How big?", "notebook": "11_size", "section": "By definition", "function": "market.size",
           "test": "tests/x.py"}  # fmt: skip
    monkeypatch.setattr(answers, "rows", lambda: [row, {**row, "section": "Gone"}, {**row, "notebook": "99_other"}])
    one, other = answers.answers({"11_size": ("Size?", {"By definition": "by-definition"})})
    assert one.address == "11_size.html#by-definition" and other.address == "11_size.html"
    assert one.text == "how big? 11 size by definition market.size"


def test_the_index_of_capabilities_is_read_as_written(tmp_path):
    (tmp_path / "c.csv").write_text(HEAD + 'S1,"How big, really?",11_size,A,f,t\n')
    assert answers._rows(tmp_path / "c.csv")[0]["question"] == "How big, really?"
    assert answers._rows(tmp_path / "none.csv") == ()


def test_every_answer_of_the_project_names_a_notebook():
    names = {path.stem for path in project.numbered()}
    assert {row["notebook"] for row in answers.rows()} <= names
