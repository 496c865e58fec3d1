import os
import subprocess
import sys

import pytest
from crossborder.reports import environment


def test_variables_are_put_back(monkeypatch):
    monkeypatch.setenv("CROSSBORDER_A", "before")
    monkeypatch.delenv("CROSSBORDER_B", raising=False)
    with pytest.raises(KeyError, match="x"), environment.applied({"CROSSBORDER_A": "1", "CROSSBORDER_B": "2"}):
        assert os.environ["CROSSBORDER_A"] == "1" and os.environ["CROSSBORDER_B"] == "2"
        raise KeyError("x")
    assert os.environ["CROSSBORDER_A"] == "before" and "CROSSBORDER_B" not in os.environ


def test_this_process_is_alive_and_a_word_is_not():
    assert environment.alive(str(os.getpid()))
    assert not environment.alive("x")
    assert not environment.alive(str(2**22 + 1))


def test_each_kernel_gets_sockets_of_its_own_with_short_names():
    with environment.kernel_sockets() as one, environment.kernel_sockets() as other:
        files = {settings.KernelManager.connection_file for settings in (one, other)}
        assert len(files) == 2
        # A socket file's whole name must fit in about a hundred characters.
        assert max(map(len, files)) < 90
        folders = [os.path.dirname(file) for file in files]
        assert all(map(os.path.isdir, folders))
    assert not any(map(os.path.isdir, folders))


def test_notebooks_are_validated_without_the_grammar_that_is_slow_to_build():
    code = (
        "import sys; from crossborder.reports.environment import spare_grammar; spare_grammar(); import nbformat; "
        "assert 'rfc3987_syntax' not in sys.modules and 'lark' not in sys.modules; "
        "nbformat.validate(nbformat.v4.new_notebook())"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
