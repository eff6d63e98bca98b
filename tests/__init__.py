"""The tests."""

SHARED = "PLINTH_TEST_RUN"
"""The variable that says where the processes of one test run keep what they share; not there where there is one alone."""
