import json

from crossborder.reports import listing, project


def test_reports_are_listed_with_their_failures(tmp_path, monkeypatch):
    monkeypatch.setattr(project, "reports_folder", lambda: tmp_path)
    assert "no reports yet" in listing.runs()
    (tmp_path / "base").mkdir()
    (tmp_path / "latest").symlink_to("base")
    manifest = {"started": "2026-11-22T05:00:00Z", "notebooks": {"11": {"status": "ok"}, "12": {"status": "failed"}}}
    (tmp_path / "base" / "manifest.json").write_text(json.dumps(manifest))
    assert listing.runs().split() == ["base", "2026-11-22T05:00:00Z", "2", "notebooks,", "1", "failed"]


def test_every_notebook_is_listed_with_its_question():
    lines = listing.notebooks().splitlines()
    assert [line.split()[0] for line in lines] == [path.stem for path in project.numbered()]
    assert all("?" in line for line in lines)
