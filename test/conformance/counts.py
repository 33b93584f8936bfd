# SPDX-License-Identifier: Apache-2.0
"""A pytest plugin that is content only when all tests of the suite ran and passed. One that was skipped, left out, or expected to fail shows nothing."""

import pytest

# As many as there are at the commit that docs/conformance.md names: a suite that has fewer is not the whole one.
MIN_TESTS = 113
OUTCOMES = ("passed", "failed", "error", "skipped", "xfailed", "xpassed", "deselected")


def counts_of(config: pytest.Config) -> dict[str, int]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return {outcome: len(reporter.stats.get(outcome, [])) for outcome in OUTCOMES}


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    counts = counts_of(session.config)
    passed = counts.pop("passed")
    if any(counts.values()) or passed != session.testscollected or passed < MIN_TESTS:
        session.exitstatus = session.exitstatus or 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    listed = ", ".join(f"{count} {outcome}" for outcome, count in counts_of(config).items())
    terminalreporter.write_line(f"conformance: {listed}; expected at least {MIN_TESTS} tests, all of them passed")
