"""The main job, rehearsed: a whole edition through the public HTTP API of a real system, then an audit."""
