import { find } from "./find.js";

// scanner reads a code with the camera into the text field beside it, where the browser has both a camera and a reader of codes.
export function scanner(part) {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices) return;
  for (const box of find(part, "[data-scanner]", "scanner")) {
    const field = document.getElementById(box.dataset.scanner);
    if (!field) continue;
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
        read(new window.BarcodeDetector({ formats: ["qr_code"] }));
      } catch (refused) {
        stop();
        note.textContent = box.dataset.refused;
      }
    });
    window.addEventListener("pagehide", stop);
  }
}
