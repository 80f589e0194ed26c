// The present, as the ages on screen see it. It ticks slowly, and not at all while the window is hidden.

/** Ages are read, not watched: a repaint of every row each second would cost a core for nothing. */
const TICK_MS = 5_000;

class Clock {
  /** Milliseconds since the epoch. */
  now = $state(Date.now());

  /** Starts ticking; the returned function stops it. */
  start(): () => void {
    const tick = () => {
      if (!document.hidden) this.now = Date.now();
    };
    const timer = setInterval(tick, TICK_MS);
    document.addEventListener("visibilitychange", tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", tick);
    };
  }
}

export const clock = new Clock();
