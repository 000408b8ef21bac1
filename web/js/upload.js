import { find } from "./find.js";

// uploads says early that a file is too large, takes files dropped on a field, and shows how far a form with files is sent.
export function uploads(part) {
  for (const input of find(part, "input[type=file]", "upload")) {
    if (input.dataset.max) input.addEventListener("change", () => checkSize(input));
    for (const [name, over] of [["dragenter", true], ["dragover", true], ["dragleave", false], ["drop", false]]) {
      input.addEventListener(name, () => input.classList.toggle("file-over", over));
    }
  }
  for (const form of find(part, "form[data-progress]", "upload")) {
    form.addEventListener("submit", (event) => {
      const files = Array.from(form.querySelectorAll("input[type=file]")).some((input) => input.files.length);
      if (event.defaultPrevented || !files || !window.FormData) return;
      event.preventDefault();
      send(form, event.submitter);
    });
  }
}

function checkSize(input) {
  const most = Number(input.dataset.max);
  const tooLarge = Array.from(input.files).some((file) => file.size > most);
  const id = input.id + "-early";
  const old = document.getElementById(id);
  if (old) old.remove();
  input.removeAttribute("aria-invalid");
  if (!tooLarge) return;
  const note = document.createElement("p");
  note.id = id;
  note.className = "error";
  note.setAttribute("role", "alert");
  note.textContent = input.dataset.tooLarge;
  input.before(note);
  input.setAttribute("aria-invalid", "true");
  input.value = "";
}

function send(form, submitter) {
  if (form.querySelector(".upload")) return; // being sent already
  const data = new FormData(form);
  if (submitter && submitter.name) data.append(submitter.name, submitter.value);
  const box = document.createElement("div");
  box.className = "upload";
  box.setAttribute("role", "status");
  const words = document.createElement("span");
  words.textContent = form.dataset.progress;
  const bar = document.createElement("progress");
  bar.max = 100;
  bar.setAttribute("aria-label", form.dataset.progress);
  box.append(words, bar);
  (submitter || form.lastElementChild).before(box);

  const request = new XMLHttpRequest();
  const action = new URL((submitter && submitter.getAttribute("formaction")) || form.getAttribute("action") || "", location.href).href;
  request.open("POST", action);
  request.setRequestHeader("Accept", "text/html");
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    bar.value = (event.loaded / event.total) * 100;
    words.textContent = form.dataset.progress + " " + Math.round(bar.value) + "%";
  });
  request.addEventListener("load", () => {
    // After a redirect: go where the server led, so that going back works as it should.
    if (request.status < 300 && request.responseURL && request.responseURL !== action) location.assign(request.responseURL);
    else show(request.responseText); // the answer itself: refused, with what was typed, or what was asked for
  });
  request.addEventListener("error", () => {
    box.remove();
    HTMLFormElement.prototype.submit.call(form); // let the browser say what is wrong with the network
  });
  request.send(data);
}

// show puts a page that came by script in the place of this one.
function show(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  document.title = page.title;
  document.body.replaceWith(document.adoptNode(page.body));
  window.scrollTo(0, 0);
  document.dispatchEvent(new Event("xiangyun:page"));
}
