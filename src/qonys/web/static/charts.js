// Draws the charts of a page and redraws them when an input moves. Numbers, months and order come from the server.
const settings = document.getElementById("settings").dataset;
const LOCALES = {
  ru: { decimal: ",", thousands: "\u00a0", grouping: [3], currency: ["", ""], minus: "\u2212", percent: "\u00a0%" },
  kk: { decimal: ",", thousands: "\u00a0", grouping: [3], currency: ["", ""], minus: "\u2212", percent: "\u00a0%" },
  en: { decimal: ".", thousands: ",", grouping: [3], currency: ["", ""], minus: "\u2212" },
};
const figures = [...document.querySelectorAll("figure[data-chart]")];
const shown = new WeakMap();
let times;

// A value of a tooltip as HTML; four digits stand together, as texts write them in Russian and Kazakh.
const told = (value) => String(value).replace(/&/g, "&amp;").replace(/</g, "&lt;")
  .replace(/(?<![\d\u00a0])(\d)\u00a0(\d{3})(?![\d\u00a0])/g, "$1$2");

const part = (figure, name) => document.querySelector(`#${figure.id} [data-part="${name}"], [data-of="${figure.id}"] [data-part="${name}"]`);
const inputs = (root) => [...root.querySelectorAll("select[name], fieldset[name]")];

function state() {
  const found = {};
  for (const input of inputs(document)) found[input.name] = [input.value, input.dataset.default];
  return found;
}

function query(values) {
  return Object.keys(values).sort().map((k) => `${encodeURIComponent(k)}=${encodeURIComponent(values[k]).replaceAll("%2C", ",")}`).join("&");
}

function changed(values) {
  return Object.fromEntries(Object.entries(values).filter(([, [now, usual]]) => now !== usual).map(([k, [now]]) => [k, now]));
}

async function locale() {
  times ??= fetch(`/static/times-${settings.language}.json`).then((answer) => answer.json());
  return times;
}

// All of a chart's choices: what is usual on a page need not be usual for the chart.
function own(figure) {
  const names = new Set((figure.dataset.parameters ?? "").split(" ").filter(Boolean));
  const held = Object.fromEntries(new URLSearchParams(figure.dataset.held ?? ""));
  return { ...held, ...Object.fromEntries(Object.entries(state()).filter(([name]) => names.has(name)).map(([name, [now]]) => [name, now])) };
}

function address(figure, plot, form) {
  const width = Math.max(320, Math.floor((plot ?? figure).clientWidth));
  return `${settings.root}${figure.dataset.chart}.${form}?${query({ ...own(figure), w: Math.min(width, 1120) })}`;
}

function skeleton(spec) {
  return JSON.stringify({ ...spec, datasets: undefined });
}

async function vega(figure, plot, spec) {
  const before = shown.get(figure);
  const shape = skeleton(spec);
  if (before?.shape === shape) {
    for (const [name, rows] of Object.entries(spec.datasets)) before.view.data(name, rows);
    await before.view.runAsync();
    return;
  }
  const target = document.createElement("div");
  const { view } = await window.vegaEmbed(target, spec, {
    renderer: "svg", actions: false, ast: true, defaultStyle: false, mode: "vega-lite", logLevel: 1,
    formatLocale: LOCALES[settings.language], timeFormatLocale: await locale(),
    tooltip: { disableDefaultStyle: true, sanitize: told },
  });
  before?.view.finalize();
  plot.replaceChildren(target);
  target.querySelector("svg")?.setAttribute("aria-hidden", "true");
  shown.set(figure, { view, shape });
}

function links(figure, answer) {
  for (const kind of ["forms", "pictures"])
    for (const anchor of part(figure, kind)?.querySelectorAll("a") ?? []) anchor.href = answer[kind][anchor.dataset.form];
  const pinned = { ...changed(state()), rel: settings.rel, m: settings.m };
  const link = `${settings.page}?${query(pinned)}#${figure.id}`;
  const anchor = part(figure, "permalink");
  anchor.href = link;
  share(figure, answer.embed, answer.title);
}

// Link and code as the reader's browser knows the address of this site.
function share(figure, embed, title) {
  const anchor = part(figure, "permalink"), code = part(figure, "embed");
  const attribute = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  anchor.textContent = anchor.href;
  const address = attribute(new URL(embed, location.href).href);
  code.textContent = code.textContent.replace(/src="[^"]*"/, () => `src="${address}"`);
  if (title) code.textContent = code.textContent.replace(/title="[^"]*"/, () => `title="${attribute(title)}"`);
}

function words(figure, answer) {
  part(figure, "title").textContent = answer.title;
  const says = part(figure, "says");
  if (says && says.textContent !== answer.says) says.textContent = answer.says;
  part(figure, "source").textContent = answer.source;
  const notes = part(figure, "notes");
  if (notes) notes.replaceChildren(...answer.notes.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  const parts = { table: answer.sheet, code: answer.code, meaning: answer.meaning, keys: answer.keys };
  for (const [name, html] of Object.entries(parts)) {
    const held = part(figure, name);
    held?.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
    if (held && name === "keys") held.hidden = !held.querySelector("li");
  }
}

async function draw(figure, first = false) {
  const plot = figure.querySelector("[data-plot]");
  if (first && !plot) return;
  const turn = (figure.turn = (figure.turn ?? 0) + 1);
  plot?.setAttribute("aria-busy", "true");
  try {
    const reply = await fetch(address(figure, plot, "json"));
    const answer = await reply.json();
    if (turn !== figure.turn) return;
    if (!reply.ok) throw new Error(answer.error);
    if (answer.svg) {
      const parsed = new DOMParser().parseFromString(answer.svg, "image/svg+xml").documentElement;
      const linked = parsed.querySelector("a[href]") !== null;
      plot.setAttribute("role", linked ? "group" : "img");
      if (!linked) parsed.setAttribute("aria-hidden", "true");
      else for (const shape of parsed.querySelectorAll("text, rect, circle, .arc")) shape.setAttribute("aria-hidden", "true");
      const held = plot.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
      plot.replaceChildren(document.adoptNode(parsed));
      if (held) [...plot.querySelectorAll("a")].find((link) => link.getAttribute("href") === held)?.focus();
    } else if (answer.spec) {
      await vega(figure, plot, answer.spec);
    }
    plot?.setAttribute("aria-label", answer.says || answer.title);
    if (!first) {
      words(figure, answer);
      links(figure, answer);
    }
    figure.dataset.drawn = turn;
    delete figure.dataset.old;
  } catch (error) {
    const says = part(figure, "says");
    if (says) says.textContent = `${error.message || settings.failed}`;
  } finally {
    if (turn === figure.turn) {
      plot?.removeAttribute("aria-busy");
      figure.dispatchEvent(new Event("drawn"));
    }
  }
}

// While a slider is being moved: data and one sentence, the last state only, never two requests at once.
async function follow(figure, begin) {
  figure.moved = begin;
  const before = shown.get(figure);
  if (figure.following || !before) return;
  figure.following = true;
  const plot = figure.querySelector("[data-plot]"), says = part(figure, "says");
  const slow = setTimeout(() => plot.setAttribute("aria-busy", "true"), 500);
  says?.setAttribute("aria-live", "off");
  try {
    while (figure.moved) {
      const start = figure.moved, turn = (figure.turn = (figure.turn ?? 0) + 1);
      figure.moved = 0;
      const asked = performance.now();
      const reply = await fetch(address(figure, plot, "live.json"));
      const answer = await reply.json();
      if (!reply.ok) throw new Error(answer.error);
      if (turn !== figure.turn) continue;
      const got = performance.now(), view = shown.get(figure).view;
      for (const [name, rows] of Object.entries(answer.datasets)) view.data(name, rows);
      await view.runAsync();
      if (says) says.textContent = answer.says;
      await new Promise(requestAnimationFrame);
      const end = performance.now();
      tell(figure, { total: end - start, network: got - asked - answer.made, model: answer.model, made: answer.made, drawing: end - got });
    }
  } catch (error) {
    if (says) says.textContent = `${error.message || settings.failed}`;
  } finally {
    figure.following = false;
    clearTimeout(slow);
    plot.removeAttribute("aria-busy");
    says?.removeAttribute("aria-live");
  }
}

function tell(figure, times) {
  figure.dataset.times = JSON.stringify(times);
  figure.dataset.followed = Number(figure.dataset.followed ?? 0) + 1;
  const line = part(figure, "took");
  if (line && settings.took) line.textContent = settings.took.replace(/\[(\w+)\]/g, (_, name) => Math.max(0, Math.round(times[name])));
}

// A slider over the values of a select; the select stays for those who read the page without a script.
function slider(select) {
  const range = Object.assign(document.createElement("input"), {
    type: "range", min: 0, max: select.options.length - 1, step: 1, value: select.selectedIndex, id: `${select.id}-range`,
  });
  const output = document.createElement("output");
  const label = select.parentElement.querySelector("label");
  label.htmlFor = range.id;
  output.htmlFor = range.id;
  const tell = () => {
    output.textContent = select.options[select.selectedIndex].text;
    range.value = select.selectedIndex;
    range.setAttribute("aria-valuetext", output.textContent);
  };
  range.addEventListener("input", () => {
    select.selectedIndex = Number(range.value);
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
  const marks = [...select.options].filter((option) => "mark" in option.dataset);
  if (marks.length) {
    const list = Object.assign(document.createElement("datalist"), { id: `${range.id}-marks` });
    list.append(...marks.map((option) => Object.assign(document.createElement("option"), { value: option.index })));
    range.setAttribute("list", list.id);
    select.after(list);
  }
  if (label.querySelector(".unseen")) range.setAttribute("aria-label", label.textContent);
  select.tell = tell;
  select.hidden = true;
  select.before(range);
  label.append(output);
  tell();
}

// Boxes of which several may be ticked, as one input: its value is their sorted list. One stays ticked, and no more than `most`.
function picker(fieldset) {
  const boxes = [...fieldset.querySelectorAll("input[type=checkbox]")], ticked = () => boxes.filter((box) => box.checked);
  Object.defineProperty(fieldset, "value", {
    get: () => ticked().map((box) => box.value).sort().join(","),
    set: (text) => { for (const box of boxes) box.checked = text.split(",").includes(box.value); },
  });
  fieldset.tell = () => {
    const found = ticked();
    for (const box of boxes) box.disabled = !box.checked && found.length >= Number(fieldset.dataset.most);
    fieldset.querySelector("[data-part=chosen]").textContent = found.map((box) => box.parentElement.textContent.trim()).join(", ");
  };
  fieldset.addEventListener("change", (event) => {
    if (!ticked().length) {
      event.target.checked = true;
      event.stopImmediatePropagation();
    }
  });
  fieldset.tell();
}

let waiting, settling;
const stale = new Set();
const concerned = (select) => figures.filter((figure) => (figure.dataset.parameters ?? "").split(" ").includes(select.name));

function moved(select, begin) {
  for (const twin of inputs(document)) {
    if (twin.name === select.name && twin !== select) twin.value = select.value;
    if (twin.name === select.name) twin.tell?.();
  }
  const next = query(changed(state()));
  history.replaceState(null, "", next ? `?${next}` : location.pathname);
  const patient = concerned(select).filter((figure) => "patient" in figure.dataset);
  if (patient.length) {
    for (const figure of patient) {
      stale.add(figure);
      old(figure);
      if ("live" in figure.dataset && select.closest("form.panel")) follow(figure, begin);
    }
    clearTimeout(settling);
    settling = setTimeout(settle, 350);
    return;
  }
  clearTimeout(waiting);
  waiting = setTimeout(() => concerned(select).forEach((figure) => draw(figure)), 40);
}

// What stands there answers the inputs of a moment ago: it fades, and its sentence gives way, until it is drawn anew.
function old(figure) {
  if ("live" in figure.dataset) return;
  figure.dataset.old = "";
  const says = part(figure, "says");
  if (says) says.textContent = settings.old;
}

// Charts that run a projection are drawn whole when the inputs rest; those out of sight when they come into sight.
function settle() {
  if (figures.some((figure) => figure.following)) {
    settling = setTimeout(settle, 60);
    return;
  }
  for (const figure of stale) {
    seen.unobserve(figure);
    seen.observe(figure);
  }
}

document.documentElement.classList.add("ready");
for (const select of document.querySelectorAll("select[data-slider]")) slider(select);
for (const fieldset of document.querySelectorAll("fieldset[name]")) picker(fieldset);
for (const select of inputs(document)) select.addEventListener("change", (event) => moved(select, event.timeStamp));
for (const form of document.querySelectorAll("form.controls, form.panel")) form.addEventListener("submit", (event) => event.preventDefault());
for (const anchor of document.querySelectorAll("[data-language]"))
  anchor.addEventListener("click", () => (anchor.href = anchor.pathname + location.search));
for (const figure of figures) share(figure, part(figure, "embed").dataset.embed);
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const given = button.previousElementSibling;
    await navigator.clipboard?.writeText(given.href ?? given.textContent);
    button.textContent = settings.copied;
  });
}

const seen = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    seen.unobserve(entry.target);
    draw(entry.target, !stale.delete(entry.target));
  }
}, { rootMargin: "400px" });
for (const figure of figures) seen.observe(figure);

// Charts that nobody has scrolled to are drawn one by one once the page rests, so that print and capture hold them all.
async function rest() {
  for (const figure of figures) {
    if ((figure.turn && !stale.has(figure)) || !figure.querySelector("[data-plot]")) continue;
    while (figures.some((other) => other.following)) await new Promise((next) => setTimeout(next, 60));
    seen.unobserve(figure);
    await draw(figure, !stale.delete(figure));
    await new Promise((next) => (window.requestIdleCallback ?? setTimeout)(next));
  }
}
addEventListener("load", () => setTimeout(rest, 1500));
addEventListener("beforeprint", rest);

let width = innerWidth;
addEventListener("resize", () => {
  if (Math.abs(innerWidth - width) < 24) return;
  width = innerWidth;
  clearTimeout(waiting);
  waiting = setTimeout(() => figures.filter((figure) => figure.dataset.drawn).forEach((figure) => draw(figure)), 200);
});

function reveal() {
  const sought = location.hash && document.getElementById(location.hash.slice(1));
  for (let fold = sought?.closest?.("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
}
addEventListener("hashchange", reveal);
reveal();
