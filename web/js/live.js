import { find } from "./find.js";

// live follows a stream of the server: when it says that something changed, the part is fetched anew from the page's own address. A
// slow look now and then helps where no stream gets through.
export function live(part) {
  if (!window.EventSource || !window.fetch) return;
  for (const place of find(part, "[data-live]", "live")) {
    let busy = false;
    let again = false;
    const fetchAnew = async () => {
      if (busy) {
        again = true;
        return;
      }
      busy = true;
      try {
        const answer = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.getElementById(place.id);
        if (answer.ok && fresh) {
          place.innerHTML = fresh.innerHTML;
          place.dispatchEvent(new CustomEvent("xiangyun:page", { bubbles: true }));
        }
      } catch (gone) {
        // The line is down: the stream comes back by itself and tells again.
      }
      busy = false;
      if (again) {
        again = false;
        fetchAnew();
      }
    };
    const stream = new EventSource(place.dataset.live);
    let seen = place.dataset.seen;
    stream.addEventListener("changed", (event) => {
      // The first word too: something may have changed between the page and its stream.
      if (event.data !== seen) fetchAnew();
      seen = event.data;
    });
    const look = setInterval(fetchAnew, 60000);
    window.addEventListener("pagehide", () => {
      stream.close();
      clearInterval(look);
    });
  }
}

// speech says new calls aloud once somebody allowed it. What stood there before is not said.
const said = new Set();
let allowed = false;

export function speech(part) {
  const voice = window.speechSynthesis;
  if (!voice || !window.SpeechSynthesisUtterance) return;
  for (const place of find(part, "[data-speech]", "speech")) {
    place.hidden = false;
    const button = place.querySelector("button");
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      allowed = !allowed;
      button.setAttribute("aria-pressed", String(allowed));
      if (!allowed) voice.cancel();
    });
  }
  const calls = find(part, "[data-speak]", "speak").reverse();
  for (const call of calls) {
    const fresh = !said.has(call.dataset.speakKey);
    said.add(call.dataset.speakKey);
    if (!fresh || !allowed) continue;
    const words = new window.SpeechSynthesisUtterance(call.dataset.speak);
    words.lang = document.documentElement.lang;
    voice.speak(words);
  }
}
