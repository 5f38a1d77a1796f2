// The policy lab: scenarios are opened one by one, set back, and written as files; the rest is in charts.js.
const bench = document.querySelector("[data-bench]");
const letters = [...bench.querySelectorAll(".scenarios [data-letter]")].map((item) => item.dataset.letter);
const selects = (letter) => [...bench.querySelectorAll("select[name]")].filter((select) => select.name.startsWith(`${letter}.`));
const moved = (letter) => selects(letter).filter((select) => select.value !== select.dataset.default);
const open = new Set(letters.filter((letter, place) => place === 0 || moved(letter).length));
const more = bench.querySelector("[data-more]");

function show() {
  for (const item of bench.querySelectorAll("[data-letter]")) item.hidden = !open.has(item.dataset.letter);
  more.hidden = open.size === letters.length;
  for (const letter of letters) {
    const anchor = bench.querySelector(`[data-scenario="${letter}"]`), address = new URL(anchor.href);
    address.searchParams.set("set", moved(letter).sort((a, b) => (a.name < b.name ? -1 : 1)).map((select) => `${select.name.slice(letter.length + 1)}=${select.value}`).join(";"));
    address.searchParams.set("since", document.querySelector("select[name=since]").value);
    anchor.href = address.pathname + address.search;
    bench.querySelector(`[data-reset="${letter}"]`).hidden = !moved(letter).length;
  }
}

more.addEventListener("click", () => {
  const next = letters.find((letter) => !open.has(letter));
  open.add(next);
  show();
  bench.querySelector(`.sliders [data-letter="${next}"] input[type=range]`)?.focus();
});
for (const button of bench.querySelectorAll("[data-reset]"))
  button.addEventListener("click", () => {
    for (const select of moved(button.dataset.reset)) {
      select.value = select.dataset.default;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    }
    bench.querySelector(`.sliders [data-letter="${button.dataset.reset}"] input[type=range]`)?.focus();
  });
document.addEventListener("change", show);
show();

// On a phone the picture stays in sight while the sliders below it are moved.
const ahead = bench.querySelector(".ahead"), plot = ahead.querySelector("[data-plot]");
new ResizeObserver(() => {
  bench.style.setProperty("--up", `${plot.getBoundingClientRect().top - ahead.getBoundingClientRect().top}px`);
  bench.style.setProperty("--high", `${ahead.getBoundingClientRect().bottom - plot.getBoundingClientRect().top + 12}px`);
  const held = document.activeElement;  // a picture that has grown may hide the slider in focus
  if (bench.contains(held) && held.matches(".measure input, .measure select")) held.scrollIntoView({ block: "nearest" });
}).observe(ahead);
