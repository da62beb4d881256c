"""Options of the end-to-end tests; here, so that pytest knows them wherever it is told to look."""


def pytest_addoption(parser):
    parser.addoption(
        "--mode",
        action="append",
        choices=["dev", "roles"],
        help="the shapes of the suite to test; both where none is named",
    )
    parser.addoption("--binary", help="the stepwell binary; target/debug/stepwell by default")
