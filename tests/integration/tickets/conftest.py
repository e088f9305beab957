"""The small hospital, on both databases."""

from tests.integration.services.conftest import town

__all__ = ["town"]
