"""Tests mirror the source tree; real servers, no mocks of our own parts."""
