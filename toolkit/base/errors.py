"""The one error that a user can mend: bad input, parameters or limits (exit code 2)."""


class InputError(ValueError):
    """Something given to the toolkit is wrong; the message says what, where, and what to do.

    Examples
    --------
    >>> raise InputError("no table 'accounts' in sample_data")
    Traceback (most recent call last):
    toolkit.base.errors.InputError: no table 'accounts' in sample_data
    """
