"""Who may use the S3 server of the tests."""

ACCOUNT, USER, SECRET = "arena", "gateway", "secret-of-the-tests"
ACCESS_KEY = f"{ACCOUNT}:{USER}"
REGION = "us-east-1"
