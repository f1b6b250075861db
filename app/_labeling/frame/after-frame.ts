/** A page that draws nothing (a tab behind another) goes on after this long, ms. */
const HIDDEN_MS = 100;

/** Runs once the next frame is on its way to the screen, so that what it does cannot hold that frame up. */
export function afterFrame(work: () => void): void {
  let isDone = false;
  const once = () => {
    if (isDone) return;
    isDone = true;
    clearTimeout(timer);
    work();
  };
  const timer = setTimeout(once, HIDDEN_MS);
  requestAnimationFrame(() => setTimeout(once, 0));
}

/** Tells the newest of what it is given, right behind the next frame; once, however much is given until then. */
export function behindFrame<T>(tell: (newest: T) => void): (value: T) => void {
  let waiting: { value: T } | null = null;
  return (value) => {
    if (waiting !== null) return void (waiting.value = value);
    const held = { value };
    waiting = held;
    afterFrame(() => {
      waiting = null;
      tell(held.value);
    });
  };
}
