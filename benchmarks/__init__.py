"""How fast the rules are, beside what one would otherwise write: `python -m benchmarks [--quick]`.

Every figure is a median of repeats in one process, ours and the other one in the same run, so that the ratio
means something on any machine. Nothing here is a test: a slow machine fails nothing.
"""

import os

# Ours needs no linear algebra; a solver on many small matrices is slower on two threads than on one, and wildly so on
# a busy machine.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
