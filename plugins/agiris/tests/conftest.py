"""Properties are checked without a clock: on a busy machine a deadline fails for nobody's fault."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")
