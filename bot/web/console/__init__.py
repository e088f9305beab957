"""The staff console: pages on one base, each with its permission (docs/console.md)."""
