"""The rules applied to what was known on a Friday: the portfolio over all weeks, and the state of one week."""
