"""One person registered twice: found, compared, and made one (实名制, R14)."""
