"""The documentation site: pages generated from the code, and the strict build."""
