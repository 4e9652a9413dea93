// A live feed: reconnects by itself and continues after the last number it has seen.

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const ENDED = 1000;

/**
 * Watch a feed of the API. `onMessage` gets each message; `onState` "live", "unavailable" or "ended".
 * Returns a function that closes it. A hidden page keeps its feed; a page that wakes up reconnects at once.
 */
export function watch(path, { onMessage, onState = () => {}, since = null }) {
  let seen = since;
  let wait = FIRST_WAIT_MS;
  let timer = null;
  let socket = null;
  let over = false;

  function connect() {
    timer = null;
    const address = new URL(path, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    if (seen !== null) address.searchParams.set("since", seen);
    socket = new WebSocket(address);
    socket.onopen = () => onState("live");
    socket.onmessage = (event) => {
      wait = FIRST_WAIT_MS;
      const message = JSON.parse(event.data);
      if (message.change !== undefined) seen = message.change;
      onMessage(message);
    };
    socket.onclose = (event) => {
      socket = null;
      if (over) return;
      if (event.code === ENDED) {
        onState("ended");
        return;
      }
      onState("unavailable");
      timer = setTimeout(connect, wait * (0.5 + Math.random() / 2));
      wait = Math.min(2 * wait, LONGEST_WAIT_MS);
    };
  }

  const hurry = () => {
    if (timer !== null) {
      clearTimeout(timer);
      connect();
    }
  };
  addEventListener("online", hurry);
  document.addEventListener("visibilitychange", hurry);
  connect();
  return () => {
    over = true;
    clearTimeout(timer);
    removeEventListener("online", hurry);
    document.removeEventListener("visibilitychange", hurry);
    socket?.close();
  };
}

const SAYS = { live: "live", unavailable: "reconnecting…", ended: "ended" };

/** Show a feed's state in an element with role=status. */
export function showState(element) {
  return (state) => {
    element.className = `live ${state}`;
    element.textContent = SAYS[state];
  };
}
