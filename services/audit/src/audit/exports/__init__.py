"""What leaves the log as a file: the bundle, and the forms that others read."""
