// Submits a zip, follows it until it has ended, and prints its score: `node client.mjs ZIP COMPETITION PHASE`.
// It needs Node 22 or later, which has WebSocket. Browsers have all of it but the reading of the file.

import { openAsBlob } from "node:fs";

const { ARENA_URL: url, ARENA_TOKEN: token } = process.env;
const [path, competition, phase] = process.argv.slice(2);

const body = new FormData();
body.set("file", await openAsBlob(path), "optimizer.zip");
body.set("phase", phase);
const once = { "Idempotency-Key": crypto.randomUUID() }; // the same request again is then no second submission
const headers = { Authorization: `Bearer ${token}`, ...once };
const answer = await fetch(`${url}/api/v1/competitions/${competition}/submissions`, { method: "POST", headers, body });
let submission = await answer.json();
if (!answer.ok) throw new Error(`${submission.code}: ${submission.detail}`);

function follow(since) {
  const address = `${url.replace("http", "ws")}/api/v1/submissions/${submission.id}/live${since}`;
  const feed = new WebSocket(address, ["arena.bearer", token]); // a browser cannot set headers here
  feed.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    submission = message.submission;
    since = `?since=${message.change}`;
    console.log(submission.state, submission.studies_done, "of", submission.studies_total);
  };
  feed.onclose = ({ code }) => {
    if (code === 1000) console.log(submission.verdict, submission.score);
    else setTimeout(follow, 1000, since); // the platform restarts, or the network is gone: go on after the last message
  };
}
follow("");
