"""How fast the rules are, beside what one would otherwise write: `python -m benchmarks [--quick]`.

Every figure is a median of repeats in one process, ours and the other one in the same run, so that the ratio
means something on any machine. Nothing here is a test: a slow machine fails nothing.
"""
