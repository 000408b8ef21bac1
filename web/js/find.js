// find lists the elements of a part that match and were not met before under this name.
const met = new WeakMap();

export function find(part, selector, name) {
  const all = Array.from(part.querySelectorAll(selector));
  if (part !== document && part.matches && part.matches(selector)) all.unshift(part);
  return all.filter((element) => {
    const names = met.get(element) || new Set();
    if (names.has(name)) return false;
    met.set(element, names.add(name));
    return true;
  });
}

// fill puts values into the places {1}, {2} of a text.
export function fill(text, ...values) {
  return (text || "").replace(/\{(\d)\}/g, (_, n) => values[n - 1]);
}
