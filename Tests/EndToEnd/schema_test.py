"""The schemas say what the vectors show: every good body fits its schema, every bad one that is JSON does not."""

import json
import pathlib
import unittest

import jsonschema

PROTOCOL = pathlib.Path(__file__).parents[2] / "Protocol"


def load(name):
    return json.loads((PROTOCOL / name).read_text())


def validator(schema, kind):
    return jsonschema.Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": schema["$defs"]})


class SchemaTest(unittest.TestCase):
    def test_every_schema_is_one(self):
        for path in (PROTOCOL / "schemas").glob("*.json"):
            jsonschema.Draft202012Validator.check_schema(json.loads(path.read_text()))

    def test_good_control_bodies_fit_and_bad_ones_do_not(self):
        schema = load("schemas/control.json")
        good = bad = 0
        for vector in load("vectors/control.json"):
            try:
                body = json.loads(vector["body"])
            except ValueError:
                continue
            fits = validator(schema, vector["kind"]).is_valid(body)
            if "value" in vector:
                self.assertTrue(fits, vector["name"])
                good += 1
            elif "nested too deep" not in vector["name"]:
                self.assertFalse(fits, vector["name"])
                bad += 1
        self.assertGreater(good, 20)
        self.assertGreater(bad, 8)

    def test_good_views_fit_and_their_deltas_too(self):
        schema = load("schemas/view.json")
        vectors = load("vectors/view.json")
        self.assertGreater(len(vectors["views"]), 5)
        for vector in vectors["views"]:
            errors = [e.message for e in validator(schema, "keyframe").iter_errors(vector["keyframe"])]
            self.assertEqual(errors, [], vector["name"])
            for step in vector["then"]:
                errors = [e.message for e in validator(schema, step["kind"]).iter_errors(step["body"])]
                self.assertEqual(errors, [], vector["name"])

    def test_a_view_that_breaks_the_form_breaks_the_schema(self):
        keyframe = load("vectors/view.json")["views"][0]["keyframe"]
        schema = load("schemas/view.json")
        for name in ("page", "viewport", "size", "ground", "layers", "blocks"):
            broken = {key: value for key, value in keyframe.items() if key != name}
            self.assertFalse(validator(schema, "keyframe").is_valid(broken), name)
        self.assertFalse(validator(schema, "keyframe").is_valid({**keyframe, "ground": "white"}))
        self.assertFalse(validator(schema, "press").is_valid([1, 2, "drag"]))


if __name__ == "__main__":
    unittest.main()
