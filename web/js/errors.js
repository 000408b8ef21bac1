import { find } from "./find.js";

// errors brings the reader to the summary of what must be put right, and from its links into the fields.
export function errors(part) {
  for (const box of find(part, "[data-focus]", "errors")) {
    box.focus();
    box.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#']");
      const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (!field) return;
      event.preventDefault();
      const label = document.querySelector("label[for='" + field.id + "']");
      (field.closest("fieldset") || label || field).scrollIntoView();
      field.focus({ preventScroll: true });
    });
  }
}
