import { find } from "./find.js";

// clock lets the time beside a code run, so that a picture of the page shows when it was taken, and keeps the screen on while the code is shown.
export function clock(part) {
  for (const place of find(part, "[data-clock]", "clock")) {
    const two = (n) => String(n).padStart(2, "0");
    const tick = () => {
      if (!place.isConnected) return;
      const now = new Date();
      place.textContent = `${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`;
      setTimeout(tick, 1000 - now.getMilliseconds());
    };
    tick();
    if (navigator.wakeLock) navigator.wakeLock.request("screen").catch(() => {});
  }
}
