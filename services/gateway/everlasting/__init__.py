"""A competition after its end: its final reopened as an everlasting benchmark."""
