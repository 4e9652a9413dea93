"""Submits a zip, follows it until it has ended, and prints its score: `python client.py ZIP COMPETITION PHASE`."""

import json
import os
import sys
import time
import uuid
from pathlib import Path

import httpx
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import connect

url, token = os.environ["ARENA_URL"], os.environ["ARENA_TOKEN"]
path, competition, phase = sys.argv[1:]
headers = {"Authorization": f"Bearer {token}"}

submissions = f"{url}/api/v1/competitions/{competition}/submissions"
once = {"Idempotency-Key": uuid.uuid4().hex}  # the same request again is then no second submission
files = {"file": ("optimizer.zip", Path(path).read_bytes())}
answer = httpx.post(submissions, headers=headers | once, files=files, data={"phase": phase})
submission, since = answer.json(), ""
if answer.is_error:
    sys.exit(f"{submission['code']}: {submission['detail']}")

feed = f"{url.replace('http', 'ws', 1)}/api/v1/submissions/{submission['id']}/live"
while submission["ended_at"] is None:
    try:
        with connect(feed + since, additional_headers=headers, max_size=None) as messages:
            for message in map(json.loads, messages):
                submission, since = message["submission"], f"?since={message['change']}"
                print(submission["state"], submission["studies_done"], "of", submission["studies_total"], flush=True)
    except (ConnectionClosedError, OSError):
        time.sleep(1)  # the platform restarts, or the network is gone: go on after the last message
print(submission["verdict"], submission["score"])
