// The page that checks a certificate's code without a network. It knows the public key and the last list of codes that no longer hold; what has happened
// since that list it cannot know, and says so.
import { verifyAsync } from "@noble/ed25519";
import { find } from "./find.js";

const mark = "XY1.";
const encoder = new TextEncoder();

function bytes(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new Error("no base64url");
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (c) => c.charCodeAt(0));
}

function joined(text, more) {
  const head = encoder.encode(text);
  const all = new Uint8Array(head.length + more.length);
  all.set(head);
  all.set(more, head.length);
  return all;
}

// verifier checks signatures with the browser's own Ed25519 where there is one, otherwise with a small audited library.
export async function verifier(key) {
  try {
    const own = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
    return { own: true, verify: (signature, message) => crypto.subtle.verify("Ed25519", own, signature, message) };
  } catch (unknown) {
    return { own: false, verify: (signature, message) => verifyAsync(signature, message, key) };
  }
}

// readCode returns what a code says, or null for one that is not ours or was changed.
export async function readCode(text, check) {
  const hash = text.indexOf("#");
  if (hash >= 0) text = text.slice(hash + 1);
  const parts = text.trim().split(".");
  if (parts.length !== 3 || parts[0] + "." !== mark) return null;
  try {
    const payload = bytes(parts[1]);
    if (!(await check.verify(bytes(parts[2]), joined("xiangyun offline code 1\n", payload)))) return null;
    const [serial, made, expires, name, holder, number, issuer, until, lines] = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
    return { serial, made: made * 60000, expires: expires * 60000, name, holder, number, issuer, until, lines };
  } catch (broken) {
    return null;
  }
}

// readList returns the list when it is ours, with its serials as a set of texts.
export async function readList(list, check) {
  try {
    if (list.format !== "offline-list/1") return null;
    const good = await check.verify(bytes(list.signature), encoder.encode(`xiangyun offline list 1\n${list.at}\n${list.serials}`));
    if (!good) return null;
    const all = bytes(list.serials);
    const serials = new Set();
    for (let i = 0; i + 8 <= all.length; i += 8) serials.add(String.fromCharCode(...all.subarray(i, i + 8)));
    return { at: list.at * 1000, has: (serial) => serials.has(String.fromCharCode(...bytes(serial))) };
  } catch (broken) {
    return null;
  }
}

// judge says what can be known without a network: good, forged, early, expired, ended (the certificate's own date) or recalled.
export function judge(code, list, now) {
  if (!code) return "forged";
  if (now < code.made - 10 * 60000) return "early"; // this device's clock is wrong, or somebody's was
  if (now >= code.expires) return "expired";
  const today = new Date(now + 8 * 3600000).toISOString().slice(0, 10); // Beijing's day
  if (code.until && today > code.until) return "ended";
  if (list && list.has(code.serial)) return "recalled";
  return "good";
}

function time(ms) {
  const d = new Date(ms + 8 * 3600000).toISOString();
  return d.slice(0, 10) + " " + d.slice(11, 16);
}

// page makes the form of the page work.
async function page(box) {
  const words = JSON.parse(box.dataset.words);
  const say = (key, ...values) => values.reduce((text, v, i) => text.replace(`{${i + 1}}`, v), words[key]);
  const result = box.querySelector("[data-result]");
  const state = box.querySelector("[data-list-state]");
  const field = box.querySelector("textarea, input[type=text]");
  const check = await verifier(bytes(box.dataset.key));
  let list = null;

  const fetchList = async () => {
    try {
      const answer = await fetch(box.dataset.list, { credentials: "omit" });
      const fresh = answer.ok ? await readList(await answer.json(), check) : null;
      if (fresh && (!list || fresh.at >= list.at)) list = fresh;
    } catch (gone) {
      // No network and no list kept: said below.
    }
    state.textContent = list ? say("list", time(list.at)) : say("no_list");
  };

  const show = async () => {
    const begin = performance.now();
    const code = await readCode(field.value, check);
    const verdict = judge(code, list, Date.now());
    box.dataset.took = String(performance.now() - begin);
    result.textContent = "";
    result.className = "offline-result offline-" + (verdict === "good" ? "good" : "bad");
    const add = (tag, text, kind) => {
      const e = document.createElement(tag);
      e.textContent = text;
      if (kind) e.className = kind;
      result.appendChild(e);
      return e;
    };
    add("p", say(verdict), "offline-verdict");
    if (code) {
      const facts = [[words.name, code.name], [words.holder, code.holder], [words.number, code.number], [words.issuer, code.issuer],
        [words.until, code.until || words.endless], ...code.lines, [words.code_until, time(code.expires)]];
      const table = document.createElement("dl");
      table.className = "offline-facts";
      for (const [label, value] of facts) {
        if (!value) continue;
        const term = document.createElement("dt");
        term.textContent = label;
        const says = document.createElement("dd");
        says.textContent = value;
        table.append(term, says);
      }
      result.appendChild(table);
    }
    if (verdict === "good") add("p", list ? say(list.at >= code.made ? "unknown_since" : "unknown_all", time(list.at)) : say("unknown_all", "–"), "offline-limits");
    box.dataset.verdict = verdict;
  };

  box.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    show();
  });
  await fetchList();
  box.dataset.ready = check.own ? "own" : "library";
  const fromAddress = async () => {
    if (!location.hash.startsWith("#" + mark)) return;
    field.value = location.hash.slice(1);
    history.replaceState(null, "", location.pathname); // the code must not stay in the history
    await show();
  };
  window.addEventListener("hashchange", fromAddress);
  await fromAddress();
}

for (const box of find(document, "[data-offline]", "offline")) page(box);
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/verify/offline/worker.js", { scope: "/verify/offline/" }).catch(() => {});
