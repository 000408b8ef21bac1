import { find } from "./find.js";

const cross = '<svg class="icon" aria-hidden="true" width="24" height="24" viewBox="0 0 24 24"><path d="M18 6 6 18M6 6l12 12"/></svg>';

// toasts moves the outcome of the last action to the lower edge and lets messages be put away.
export function toasts(part) {
  const place = document.getElementById("toasts");
  if (!place) return;
  const closable = (box) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "put-away";
    button.innerHTML = cross;
    button.setAttribute("aria-label", place.dataset.close);
    button.addEventListener("click", () => box.remove());
    box.append(button);
  };
  for (const toast of find(part, "[data-toast]", "toast")) {
    if (toast.closest(".gallery-view")) continue;
    toast.removeAttribute("role"); // the place announces it
    place.append(toast);
    closable(toast);
  }
  for (const banner of find(part, "[data-closable]", "toast")) closable(banner);
}
