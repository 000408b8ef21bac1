import { find } from "./find.js";

// printing shows the button that prints a sheet: without a script it could do nothing.
export function printing(part) {
  for (const place of find(part, "[data-print]", "print")) {
    place.hidden = false;
    place.addEventListener("click", () => window.print());
  }
}
