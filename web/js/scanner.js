import { find } from "./find.js";

// reader is the browser's own reader of codes, or ours, fetched when it is first needed.
function reader(address) {
  if ("BarcodeDetector" in window) return Promise.resolve(new window.BarcodeDetector({ formats: ["qr_code"] }));
  if (window.xiangyunReader) return Promise.resolve(window.xiangyunReader);
  return new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => done(window.xiangyunReader);
    script.onerror = failed;
    document.head.appendChild(script);
  });
}

// scanner reads a code with the camera into the text field beside it, where there is a camera and a reader of codes: the browser's own, or ours on pages
// that name it.
export function scanner(part) {
  if (!navigator.mediaDevices) return;
  for (const box of find(part, "[data-scanner]", "scanner")) {
    const field = document.getElementById(box.dataset.scanner);
    if (!field || (!("BarcodeDetector" in window) && !box.dataset.reader)) continue;
    const button = box.querySelector("button");
    const words = button.querySelector("span");
    const start = words.textContent;
    const video = box.querySelector("video");
    const note = box.querySelector(".scanner-note");
    let stream = null;
    box.hidden = false;

    const stop = () => {
      if (stream) stream.getTracks().forEach((track) => track.stop());
      stream = null;
      video.hidden = true;
      words.textContent = start;
    };
    const read = async (detector) => {
      if (!stream) return;
      const codes = await detector.detect(video).catch(() => []);
      if (codes.length && stream) {
        field.value = codes[0].rawValue;
        stop();
        field.focus();
        if (box.dataset.submit !== undefined && field.form) field.form.requestSubmit ? field.form.requestSubmit() : field.form.submit();
        return;
      }
      setTimeout(() => read(detector), 200);
    };
    button.addEventListener("click", async () => {
      if (stream) return stop();
      note.textContent = "";
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
        video.srcObject = stream;
        video.hidden = false;
        words.textContent = box.dataset.stop;
        await video.play();
        read(await reader(box.dataset.reader));
      } catch (refused) {
        stop();
        note.textContent = box.dataset.refused;
      }
    });
    window.addEventListener("pagehide", stop);
  }
}
