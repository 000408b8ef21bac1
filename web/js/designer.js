// The editor of processes: bpmn-js draws, our panel says what BPMN leaves open. Loaded on the one page that needs it. The XML in the page's fields named
// "source" is the truth: what is drawn is written into them, and what a form saves is drawn anew.
import Modeler from "bpmn-js/lib/Modeler";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/bpmn-font/css/bpmn.css";

const root = document.querySelector("[data-process-canvas]");
if (root) start(root);

function start(root) {
  const drawing = root.querySelector("[data-process-drawing]");
  const panel = root.querySelector("[data-process-panel]");
  const note = root.querySelector("[data-process-note]");
  const words = JSON.parse(root.dataset.words || "{}");
  const translate = (text, values) => (words[text] || text).replace(/{([^}]+)}/g, (_, key) => (values && values[key]) || "{" + key + "}");
  const modeler = new Modeler({ container: drawing, additionalModules: [{ translate: ["value", translate] }] });
  const sources = () => [...document.querySelectorAll('[name="source"]')];
  let pending = Promise.resolve();
  let open = "";
  let asked = 0;

  root.hidden = false;
  document.querySelector("[data-process-plain]")?.setAttribute("hidden", "");
  draw(sources()[0]?.value || "", true);
  modeler.on("commandStack.changed", () => {
    pending = modeler.saveXML({ format: true }).then(({ xml }) => write(xml));
  });
  modeler.on("selection.changed", ({ newSelection }) => {
    const chosen = newSelection.length === 1 ? newSelection[0].id : "";
    if (chosen && chosen !== open) show(chosen.replace(/_label$/, ""));
  });

  // Forms of the page are sent with what is drawn, not with what was drawn a moment ago.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.querySelector('[name="source"]')) return;
    if (panel.contains(form)) {
      event.preventDefault();
      save(form, event.submitter);
      return;
    }
    if (form.dataset.current) {
      delete form.dataset.current;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    const submitter = event.submitter;
    pending.then(() => {
      form.dataset.current = "1";
      form.requestSubmit(submitter || undefined);
    });
  }, true);

  function write(xml) {
    for (const field of sources()) field.value = xml;
  }

  async function draw(xml, fit) {
    const canvas = modeler.get("canvas");
    const view = fit ? null : canvas.viewbox();
    try {
      await modeler.importXML(xml);
    } catch (problem) {
      note.textContent = root.dataset.failed;
      return;
    }
    if (fit) {
      canvas.zoom("fit-viewport", "auto");
      if (canvas.zoom() > 1) canvas.zoom(1);
      // The tools lie over the left of the drawing: its beginning stands beside them.
      const tools = root.querySelector(".djs-palette");
      const seen = canvas.viewbox(), covered = (tools ? tools.offsetLeft + tools.offsetWidth + 16 : 0) / seen.scale;
      const short = seen.inner.x - covered - seen.x;
      if (short < 0) canvas.viewbox({ x: seen.x + short, y: seen.y, width: seen.width - short, height: seen.height - short * seen.height / seen.width });
    } else canvas.viewbox({ x: view.x, y: view.y, width: view.width, height: view.height });
    root.dataset.drawn = "true";
  }

  async function ask(body) {
    const turn = ++asked;
    note.textContent = "";
    try {
      const answer = await fetch(root.dataset.panel, { method: "POST", body, headers: { Accept: "text/html" } });
      const text = await answer.text();
      if (turn !== asked) return false; // something else was chosen meanwhile
      if (answer.status >= 500 || !text.includes("data-process-answer")) throw new Error(String(answer.status));
      panel.innerHTML = text;
      return answer.ok;
    } catch (problem) {
      note.textContent = root.dataset.failed;
      return false;
    }
  }

  async function show(id) {
    open = id;
    await pending;
    await ask(new URLSearchParams({ source: sources()[0]?.value || "", open: id }));
  }

  async function save(form, submitter) {
    await pending;
    const body = new URLSearchParams(new FormData(form));
    if (submitter?.name) body.set(submitter.name, submitter.value);
    if (!(await ask(body))) return;
    const changed = panel.querySelector('[name="source"]');
    if (!changed) return;
    write(changed.value);
    await draw(changed.value, false);
    const element = modeler.get("elementRegistry").get(open);
    if (element) modeler.get("selection").select(element);
  }
}
