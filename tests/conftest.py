"""What every test stands on: one repeatable hypothesis profile, charts without a screen, a fixed time zone."""

import os
import time

from hypothesis import HealthCheck, settings

os.environ["MPLBACKEND"] = "Agg"
os.environ["TZ"] = "Asia/Shanghai"
if hasattr(time, "tzset"):
    time.tzset()

settings.register_profile(
    "house",
    derandomize=True,
    deadline=None,
    max_examples=60,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("house")
