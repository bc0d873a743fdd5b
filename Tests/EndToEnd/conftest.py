"""What the tests of the script in a browser are given: `stage`, a page, a server and a relay, emptied for each test.

A file may name `ENGINES` to run in each of, `WITHOUT`, switches that Playwright's Chromium is to go without, and
`ERRORS`, how that begins which its pages themselves complain of.
"""

import pytest

from engine_stage import open_stage


def pytest_generate_tests(metafunc):
    engines = getattr(metafunc.module, "ENGINES", None)
    if "whole" in metafunc.fixturenames and engines:
        metafunc.parametrize("whole", engines, indirect=True, scope="module")


@pytest.fixture(scope="module")
def whole(request):
    """One stage for all tests of a file in one engine."""
    opened = open_stage(getattr(request, "param", "Chromium"), getattr(request.module, "WITHOUT", ()))
    yield opened
    opened.stop()


@pytest.fixture
def stage(whole, request):
    """The stage with nothing left of the test before; the script broke no rule and raised no error."""
    whole.fresh()
    yield whole
    assert whole.relay.violations == []
    own = tuple(getattr(request.module, "ERRORS", ()))
    assert [error for error in whole.errors if not error.startswith(own)] == []
