from crossborder.finance.lines import Model
from crossborder.finance.segments import SEGMENT_INPUTS, SEGMENT_LINES


def test_segment_lines_rest_on_segment_inputs_alone_and_every_input_is_used():
    model = Model()
    for name, (unit, note) in SEGMENT_INPUTS.items():
        model.input(name, unit, note)
    SEGMENT_LINES.register(model)
    assert {line.level for line in model.lines.values()} == {"segment"}
    assert set(model.lineage("contribution")) == set(model.lines)
