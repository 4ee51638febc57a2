"""The sample team and its newest week, loaded and reviewed once."""

import pytest

import toolkit as kat


@pytest.fixture(scope="session")
def sample_team():
    return kat.load("sample_data")


@pytest.fixture(scope="session")
def sample_week(sample_team):
    return kat.review(sample_team, "2026-11-20", language="en")
