// Calls the API; the browser's session cookie says who calls.

export class Problem extends Error {
  constructor(status, body) {
    super(body?.detail ?? `The platform answered ${status}; try again.`);
    this.status = status;
    this.body = body;
  }
}

async function ask(method, path, body) {
  const options = { method, headers: { Accept: "application/json" } };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers["Content-Type"] = "application/json";
  }
  let response;
  try {
    response = await fetch(`/api/v1${path}`, options);
  } catch {
    throw new Problem(0, { detail: "The platform cannot be reached; is there a network?" });
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Problem(response.status, answer);
  return answer;
}

export const get = (path) => ask("GET", path);

/** Return a whole list, read page by page; `name` is the key of the list in each page. */
export async function getAll(path, name) {
  const all = [];
  let cursor = null;
  do {
    const page = await get(`${path}?limit=1000${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
    all.push(...page[name]);
    cursor = page.next;
  } while (cursor);
  return all;
}

export const post = (path, body) => ask("POST", path, body);
export const put = (path, body) => ask("PUT", path, body);
export const remove = (path) => ask("DELETE", path);
