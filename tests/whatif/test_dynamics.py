"""The model's numbers: one for all paths, or one a path."""

import numpy as np

from tests.whatif.starts import DYNAMICS
from toolkit.base.forecasting import DynamicsParameters
from toolkit.whatif.dynamics import Dynamics


def drawn(n):
    return Dynamics(**{name: value + np.arange(n) for name, value in vars(DYNAMICS).items()})


def test_every_number_of_the_parameters_is_there():
    own = {name for name in DynamicsParameters.model_fields if not name.endswith("_sd")} - {"judgements"}
    assert set(vars(DYNAMICS)) == own
    assert DYNAMICS.half_effect == 1.5


def test_paths_take_the_draws_in_turn_wherever_they_begin():
    whole = drawn(3).per_path(8)
    assert whole.gain.shape == (8, 1)
    later = drawn(3).per_path(3, first=5)
    assert later.slip.tolist() == whole.slip[5:].tolist()
    assert (whole.gain.ravel() - DYNAMICS.gain).round(12).tolist() == [0, 1, 2, 0, 1, 2, 0, 1]


def test_rows_are_cut_from_arrays_and_single_numbers_stay():
    assert drawn(2).per_path(6).rows(2, 4).steepness.shape == (2, 1)
    assert DYNAMICS.rows(2, 4) == DYNAMICS
