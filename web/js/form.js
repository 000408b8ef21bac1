import { find } from "./find.js";

// confirming asks before a button that says so sends its form.
export function confirming(part) {
  for (const button of find(part, "[data-confirm]", "confirm")) {
    button.addEventListener("click", (event) => {
      if (!window.confirm(button.dataset.confirm)) event.preventDefault();
    });
  }
}

// once keeps an impatient second press from sending a form again; the server would answer the same, but later.
export function once(part) {
  for (const form of find(part, "form", "once")) {
    if (form.method !== "post") continue;
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "1";
      const button = event.submitter;
      if (button) button.setAttribute("aria-busy", "true");
      setTimeout(() => {
        delete form.dataset.sent;
        if (button) button.removeAttribute("aria-busy");
      }, 4000);
    });
  }
}

// guard has the browser ask before a page with answers not sent yet is left.
export function guard(part) {
  for (const form of find(part, "form[data-guard]", "guard")) {
    let changed = false;
    form.addEventListener("input", () => (changed = true));
    form.addEventListener("submit", () => (changed = false));
    window.addEventListener("beforeunload", (event) => {
      if (changed && form.isConnected) event.preventDefault();
    });
  }
}
