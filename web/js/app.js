// The script of every page. The pages are complete without it; each module below makes one thing smoother. A module is a
// function that takes the part of the page that is new: the whole page first, later what htmx brings.
import htmx from "htmx.org/dist/htmx.esm.js";
import { confirming, once, guard } from "./form.js";
import { count, copy } from "./text.js";
import { clock } from "./clock.js";
import { countdown } from "./countdown.js";
import { dialogs } from "./dialog.js";
import { errors } from "./errors.js";
import { fold, menu } from "./fold.js";
import { live, speech } from "./live.js";
import { printing } from "./print.js";
import { proofs } from "./proof.js";
import { scanner } from "./scanner.js";
import { toasts } from "./toast.js";
import { uploads } from "./upload.js";

const modules = [errors, dialogs, toasts, confirming, guard, uploads, once, count, copy, clock, countdown, scanner, fold, menu, printing, proofs, live, speech];

export function enhance(part) {
  for (const module of modules) {
    try {
      module(part);
    } catch (broken) {
      console.error(broken); // one broken module must not take the others along
    }
  }
}

window.htmx = htmx;
document.documentElement.classList.replace("no-js", "js");
enhance(document);
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) enhance(event.detail.elt);
});
// A refused form (422) is a page to show too.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 422) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
document.addEventListener("xiangyun:page", () => enhance(document));
