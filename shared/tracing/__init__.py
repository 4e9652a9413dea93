"""Traces: which one work belongs to, and the recording of their spans."""
