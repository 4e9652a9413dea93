// One request at a time, and at most one in each interval, however often something asks for it.

/** Return a function that runs `ask`: at once, or once `gapMs` have passed since it last ran. */
export function atMostEvery(gapMs, ask) {
  let running = false;
  let wanted = false;
  return async function want() {
    wanted = true;
    if (running) return;
    running = true;
    while (wanted) {
      wanted = false;
      await ask();
      await new Promise((resolve) => setTimeout(resolve, gapMs));
    }
    running = false;
  };
}
