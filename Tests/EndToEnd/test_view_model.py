"""The browser tests' view model reads the same vectors as the terminal client's."""

import json
import pathlib

import pytest

from view_model import ViewModel

VECTORS = json.loads((pathlib.Path(__file__).resolve().parents[2] / "Protocol/vectors/view.json").read_text())
KINDS = {"keyframe": 0x10, "delta": 0x11, "scroll": 0x12}


@pytest.mark.parametrize("vector", VECTORS["views"], ids=lambda vector: vector["name"])
def test_a_vector_has_the_lines_that_it_says(vector):
    model = ViewModel()
    model.apply(0x10, vector["keyframe"])
    for frame in vector["then"]:
        model.apply(KINDS[frame["kind"]], frame["body"])
    assert [[item[5], x, y, item[3], item[4]] for x, y, item in model.items() if item[0] == "t"] == vector["lines"]
