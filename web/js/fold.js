import { find } from "./find.js";

// fold opens on wide screens what is folded on a phone, and again when the screen is turned.
export function fold(part) {
  const wide = window.matchMedia("(min-width: 980px)");
  for (const details of find(part, "details[data-wide-open]", "fold")) {
    if (wide.matches) details.open = true;
  }
}

// menu closes an open menu by Escape and by a press elsewhere.
export function menu(part) {
  for (const details of find(part, "details[data-menu]", "menu")) {
    document.addEventListener("click", (event) => {
      if (details.open && !details.contains(event.target)) details.open = false;
    });
    details.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !details.open) return;
      details.open = false;
      details.querySelector("summary").focus();
    });
  }
}
