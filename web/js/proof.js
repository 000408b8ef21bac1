import { fill, find } from "./find.js";

// SM3 (GB/T 32905-2016) and the inclusion proof of RFC 6962 over it: what the server says of its log, this browser checks by itself.
const start = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e];
const left = (x, n) => (x << (n & 31)) | (x >>> (32 - (n & 31)));
const p0 = (x) => x ^ left(x, 9) ^ left(x, 17);
const p1 = (x) => x ^ left(x, 15) ^ left(x, 23);

// left by a multiple of 32 must give x itself: JavaScript shifts by 32 as by 0, and x | x is x.
function compress(v, block) {
  const w = new Int32Array(68);
  for (let i = 0; i < 16; i++) w[i] = block.getInt32(4 * i);
  for (let i = 16; i < 68; i++) w[i] = p1(w[i - 16] ^ w[i - 9] ^ left(w[i - 3], 15)) ^ left(w[i - 13], 7) ^ w[i - 6];
  let [a, b, c, d, e, f, g, h] = v;
  for (let i = 0; i < 64; i++) {
    const early = i < 16;
    const a12 = left(a, 12);
    const ss1 = left((a12 + e + left(early ? 0x79cc4519 : 0x7a879d8a, i)) | 0, 7);
    const tt1 = ((early ? a ^ b ^ c : (a & b) | (a & c) | (b & c)) + d + (ss1 ^ a12) + (w[i] ^ w[i + 4])) | 0;
    const tt2 = ((early ? e ^ f ^ g : (e & f) | (~e & g)) + h + ss1 + w[i]) | 0;
    d = c;
    c = left(b, 9);
    b = a;
    a = tt1;
    h = g;
    g = left(f, 19);
    f = e;
    e = p0(tt2);
  }
  return [a, b, c, d, e, f, g, h].map((x, i) => x ^ v[i]);
}

// sm3 returns the 32 bytes of the digest of bytes.
export function sm3(bytes) {
  const whole = new Uint8Array(64 * Math.ceil((bytes.length + 9) / 64));
  whole.set(bytes);
  whole[bytes.length] = 0x80;
  const view = new DataView(whole.buffer);
  view.setUint32(whole.length - 8, Math.floor(bytes.length / 0x20000000));
  view.setUint32(whole.length - 4, bytes.length << 3);
  let v = start;
  for (let at = 0; at < whole.length; at += 64) v = compress(v, new DataView(whole.buffer, at, 64));
  const out = new DataView(new ArrayBuffer(32));
  v.forEach((x, i) => out.setInt32(4 * i, x));
  return new Uint8Array(out.buffer);
}

export function bytes(hex) {
  if (!/^([0-9a-f]{2})*$/.test(hex)) throw new Error("not hexadecimal");
  return Uint8Array.from(hex.match(/../g) || [], (x) => parseInt(x, 16));
}

export const hex = (list) => Array.from(list, (x) => x.toString(16).padStart(2, "0")).join("");

const joined = (...parts) => Uint8Array.from(parts.flatMap((p) => Array.from(p)));

// included tells whether a commitment is the leaf at index in the tree of size leaves with this root (RFC 9162, 2.1.3.2).
// Everything but index and size is hexadecimal. Sizes may pass 2^32, so they are halved by division.
export function included(commitment, index, size, path, root) {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  const half = (n) => Math.floor(n / 2);
  let r = sm3(joined([0], bytes(commitment)));
  let fn = index;
  let sn = size - 1;
  for (const p of path) {
    if (sn === 0 || p.length !== 64) return false;
    if (fn % 2 === 1 || fn === sn) {
      r = sm3(joined([1], bytes(p), r));
      while (fn % 2 === 0 && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else {
      r = sm3(joined([1], r, bytes(p)));
    }
    fn = half(fn);
    sn = half(sn);
  }
  return sn === 0 && hex(r) === root;
}

// opened tells whether an entry, its fields each after its length in four bytes, is what a commitment was made from.
export function opened(commitment, salt, fields) {
  const text = new TextEncoder();
  const parts = [bytes(salt)];
  for (const field of fields) {
    const content = text.encode(field);
    parts.push([content.length >>> 24, (content.length >>> 16) & 255, (content.length >>> 8) & 255, content.length & 255], content);
  }
  return hex(sm3(joined(...parts))) === commitment;
}

// proofs checks each proof on the page and says what came out, and how long it took.
export function proofs(part) {
  for (const place of find(part, "[data-proof]", "proof")) {
    const says = place.querySelector(".proof-check");
    const d = place.dataset;
    if (!says) continue;
    const began = performance.now();
    let good = false;
    try {
      good = included(d.proof, Number(d.index), Number(d.size), d.path ? d.path.split(" ") : [], d.root);
    } catch (broken) {
      console.error(broken); // what can't be read is not proved
    }
    const took = Math.max(0.1, performance.now() - began).toFixed(1);
    place.dataset.proved = good ? "yes" : "no";
    place.dataset.took = took;
    says.textContent = fill(good ? d.good : d.bad, took);
    says.classList.add(good ? "proof-good" : "proof-bad");
    says.hidden = false;
  }
}
