"""The parts beside the core."""

from crossborder.company.tables import TABLES
from crossborder.demo.parts import PARTS


def test_parts_have_names_of_their_own(made):
    names = [name for name, _ in PARTS]
    assert len(set(names)) == len(names)
    assert set(names) <= set(made[2])


def test_core_and_parts_fill_the_contract(made):
    assert set(made[1]) == set(TABLES)
    assert all(len(table) > 0 for table in made[1].values())
