"""What `doctor` looks at, each check by itself."""
