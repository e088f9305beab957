"""The ten proofs that pushes arrive once whatever breaks; `python -m tests.faults` runs all at full scale."""

PROOFS = (
    "killed_workers",
    "postgres_restarts",
    "valkey_faults",
    "bad_gateway",
    "webhook_thrice",
    "wrong_time",
    "disk_full",
    "poison",
    "urgent_first",
    "two_planners",
)
"""Modules with ``prove(stage)``, ``DATABASES``, and where it is cheap ``control(stage)``, which breaks the claim
``CONTROL``; ``SMALL``: its databases at small scale, ``ROOT_ONLY``: it mounts."""
