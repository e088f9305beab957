"""``/my/TOKEN``: a patient's own data on one page, behind a link that ends and the end of their identity number."""
