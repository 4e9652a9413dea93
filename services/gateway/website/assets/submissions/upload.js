// One upload with its progress. It keeps its key when it is sent again, so that it is accepted only once.

import { Problem } from "../shared/api.js";

const FIRST_WAIT_MS = 1000;
const TIMES = 5;
const UNAVAILABLE = new Set([0, 502, 503, 504]);

/** Return a unique key. `crypto.randomUUID` exists only in secure contexts, and plain HTTP on a LAN is none. */
export function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Send a file until there is an answer. `onProgress` gets the part that was sent, from 0 to 1; `onWait` gets the number of
 * tries when the connection is lost; `signal` aborts it. Returns the answer; throws a Problem, or null when aborted.
 */
export async function upload(path, { file, phase, environment, publishZip, key, signal, onProgress, onWait }) {
  for (let time = 1; ; time += 1) {
    try {
      return await send(path, { file, phase, environment, publishZip, key, signal, onProgress });
    } catch (problem) {
      if (problem === null || !UNAVAILABLE.has(problem.status) || time === TIMES) throw problem;
      onWait(time);
      await pause(FIRST_WAIT_MS * 2 ** (time - 1), signal);
    }
  }
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => { clearTimeout(timer); reject(null); }, { once: true });
  });
}

function send(path, { file, phase, environment, publishZip, key, signal, onProgress }) {
  const form = new FormData();
  form.append("phase", phase);
  if (environment) form.append("environment", environment);
  if (publishZip) form.append("publish_zip", "true");
  form.append("file", file, file.name);
  const request = new XMLHttpRequest(); // fetch cannot tell how far an upload is
  request.open("POST", path);
  request.setRequestHeader("Accept", "application/json");
  request.setRequestHeader("Idempotency-Key", key);
  request.responseType = "json";
  return new Promise((resolve, reject) => {
    request.upload.onprogress = (event) => { if (event.lengthComputable) onProgress(event.loaded / event.total); };
    request.onload = () => {
      if (request.status === 202) resolve(request.response);
      else reject(refusal(request));
    };
    request.onerror = () => reject(new Problem(0, { detail: "The connection was lost." }));
    request.onabort = () => reject(null);
    signal.addEventListener("abort", () => request.abort(), { once: true });
    if (signal.aborted) reject(null);
    else request.send(form);
  });
}

function refusal(request) {
  const problem = new Problem(request.status, request.response);
  problem.retryAfterS = Number(request.getResponseHeader("Retry-After")) || null;
  return problem;
}
