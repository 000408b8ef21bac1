// Measures checking a signature over 400 bytes in JavaScript: Ed25519 by WebCrypto, Ed25519 by @noble/ed25519, and the two multiplications that any check
// of SM2 needs, with the same library's arithmetic on a field of the same size. Run: node web/measure/offline.mjs
import { webcrypto } from "node:crypto";
import * as ed from "@noble/ed25519";

const message = webcrypto.getRandomValues(new Uint8Array(400));
const secret = ed.utils.randomPrivateKey();
const key = await ed.getPublicKeyAsync(secret);
const signature = await ed.signAsync(message, secret);
const own = await webcrypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);

async function median(f) {
  const times = [];
  for (let i = 0; i < 300; i++) {
    const begin = performance.now();
    if (!(await f())) throw new Error("a good signature is refused");
    times.push(performance.now() - begin);
  }
  times.sort((a, b) => a - b);
  return times[150].toFixed(3) + " ms";
}

// SM2 on its own curve (GB/T 32918.5), in Jacobian coordinates: s*G + t*P for random s and t, the bulk of a check.
const p = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn;
const G = [0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n, 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n, 1n];
const mod = (a) => ((a % p) + p) % p;
function twice([x, y, z]) {
  const delta = mod(z * z), gamma = mod(y * y), beta = mod(x * gamma), alpha = mod(3n * (x - delta) * (x + delta)); // a = -3
  const x3 = mod(alpha * alpha - 8n * beta);
  return [x3, mod(alpha * (4n * beta - x3) - 8n * gamma * gamma), mod((y + z) * (y + z) - gamma - delta)];
}
function plus(a, b) {
  if (a[2] === 0n) return b;
  if (b[2] === 0n) return a;
  const z1 = mod(a[2] * a[2]), z2 = mod(b[2] * b[2]), u1 = mod(a[0] * z2), u2 = mod(b[0] * z1), s1 = mod(a[1] * b[2] * z2), s2 = mod(b[1] * a[2] * z1);
  if (u1 === u2) return s1 === s2 ? twice(a) : [1n, 1n, 0n];
  const h = mod(u2 - u1), r = mod(s2 - s1), h2 = mod(h * h), h3 = mod(h * h2), v = mod(u1 * h2), x = mod(r * r - h3 - 2n * v);
  return [x, mod(r * (v - x) - s1 * h3), mod(h * a[2] * b[2])];
}
function both(s, a, t, b) {
  const ab = plus(a, b);
  let sum = [1n, 1n, 0n];
  for (let i = 255n; i >= 0n; i--) {
    sum = twice(sum);
    const bits = ((s >> i) & 1n) * 2n + ((t >> i) & 1n);
    if (bits === 3n) sum = plus(sum, ab);
    else if (bits === 2n) sum = plus(sum, a);
    else if (bits === 1n) sum = plus(sum, b);
  }
  return sum;
}
const random = () => [...webcrypto.getRandomValues(new Uint8Array(32))].reduce((n, b) => n * 256n + BigInt(b), 0n);
const P = both(random(), G, 0n, G);

console.log(JSON.stringify({ "Ed25519, WebCrypto": await median(() => webcrypto.subtle.verify("Ed25519", own, signature, message)),
  "Ed25519, library": await median(() => ed.verifyAsync(signature, message, key)),
  "SM2, multiplications only": await median(() => both(random(), G, random(), P)[2] !== 0n) }));
