import { fill, find } from "./find.js";

// count tells how many characters are left in a text area. It speaks only when typing pauses.
export function count(part) {
  for (const area of find(part, "textarea[data-count]", "count")) {
    const note = document.getElementById(area.id + "-count");
    if (!note) continue;
    const most = Number(area.dataset.count);
    const spoken = document.createElement("span");
    spoken.className = "sr";
    spoken.setAttribute("role", "status");
    note.after(spoken);
    let pause;
    const show = () => {
      const left = most - Array.from(area.value).length;
      note.textContent = fill(left < 0 ? note.dataset.over : note.dataset.left, Math.abs(left));
      note.classList.toggle("count-over", left < 0);
      clearTimeout(pause);
      pause = setTimeout(() => (spoken.textContent = note.textContent), 1000);
    };
    area.addEventListener("input", show);
    if (area.value) show();
  }
}

// copy puts a button behind numbers that people carry elsewhere.
export function copy(part) {
  if (!navigator.clipboard) return;
  for (const text of find(part, "[data-copy]", "copy")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy-button";
    button.textContent = text.dataset.copy;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", () => {
      navigator.clipboard.writeText(text.textContent.trim()).then(() => {
        button.textContent = text.dataset.copied;
        setTimeout(() => (button.textContent = text.dataset.copy), 3000);
      }, () => text.classList.add("copy-refused"));
    });
    text.after(button);
  }
}
