"""What there is: notebooks with their questions, the parameters of one, the reports."""

import json

from crossborder.reports import planning, project, rendering
from crossborder.reports.parameters import base

__all__ = ["notebooks", "parameters", "runs"]


def notebooks() -> str:
    """A line a notebook: its name, its question, the tables that it needs."""
    lines = []
    for path in project.numbered():
        title, _ = rendering.title_of(json.loads(path.read_text(encoding="utf-8")), path.stem)
        model = base.registry().get(path.stem)
        needs = f"  [needs {', '.join(model.needs)}]" if model and model.needs else ""
        lines.append(f"{path.stem:<32} {title}{needs}")
    return "\n".join(lines) or "no notebooks yet"


def parameters(name: str) -> str:
    """A line a parameter: its default, what is allowed, the unit, what it means."""
    entry = planning.describe(project.find(name))
    lines = [entry.notebook]
    for parameter, field in entry.model.model_fields.items():
        default = json.dumps(field.default, ensure_ascii=False)
        lines.append(f"  {parameter}={default}  {base.allowed(entry.model, parameter)}: {field.description or ''}")
    return "\n".join(lines)


def runs() -> str:
    """A line a report: its name, when it was made, how many notebooks failed."""
    lines = []
    for path in sorted(project.reports_folder().glob("[!.]*/manifest.json")):
        if path.parent.is_symlink():
            continue
        manifest = json.loads(path.read_text(encoding="utf-8"))
        ended = [one["status"] for one in manifest["notebooks"].values()]
        lines.append(
            f"{path.parent.name:<32} {manifest['started']}  {len(ended)} notebooks, {ended.count('failed')} failed"
        )
    return "\n".join(lines) or "no reports yet: `crossborder run --all` makes one"
