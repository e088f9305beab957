"""What a hospital writes itself in the console, over the files that are shipped: kept as editions."""
