import { fill, find } from "./find.js";

// countdown says how long a code is still good, and covers it when it is not. It counts from the moment the page came, so a
// wrong clock of the phone does not matter; the server alone decides whether the code is taken.
export function countdown(part) {
  for (const panel of find(part, "[data-countdown]", "countdown")) {
    const note = panel.querySelector(".qr-left");
    const end = performance.now() + Number(panel.dataset.countdown) * 1000;
    const tick = () => {
      if (!panel.isConnected) return;
      const left = Math.ceil((end - performance.now()) / 1000);
      if (left <= 0) {
        panel.classList.add("qr-over");
        note.setAttribute("aria-live", "assertive");
        note.textContent = panel.dataset.over;
        return;
      }
      note.textContent = fill(panel.dataset.left, left);
      setTimeout(tick, 500);
    };
    tick();
  }
}
