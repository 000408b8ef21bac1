import { find } from "./find.js";

// dialogs opens <dialog> windows from the links and buttons that name them, and closes them again.
export function dialogs(part) {
  for (const opener of find(part, "[data-dialog]", "dialog")) {
    opener.addEventListener("click", (event) => {
      const dialog = document.getElementById(opener.dataset.dialog);
      if (!dialog || !dialog.showModal) return;
      event.preventDefault();
      dialog.showModal();
    });
  }
  for (const dialog of find(part, "dialog", "dialog")) {
    for (const closer of dialog.querySelectorAll("[data-close-dialog]")) {
      closer.addEventListener("click", (event) => {
        if (!dialog.open) return;
        event.preventDefault();
        dialog.close();
      });
    }
    // A refused form inside comes back with its errors: show them where they were made.
    if (dialog.showModal && dialog.querySelector(".error")) dialog.showModal();
  }
}
