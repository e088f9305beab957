"""The operations, one module for each thing."""
