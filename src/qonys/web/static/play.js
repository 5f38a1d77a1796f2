// Plays a slider of years: the next step comes when every chart that follows the slider is drawn, so that none piles up.
// Whoever asks for less motion goes on by one step at each press.
const words = document.getElementById("settings").dataset;
const still = matchMedia("(prefers-reduced-motion: reduce)");
const LEAST = 900, LONGEST = 20000;
let stop = null; // ends what is being played; one slider at a time

const following = (select) => [...document.querySelectorAll("figure[data-chart]")].filter((figure) => (figure.dataset.parameters ?? "").split(" ").includes(select.name));

function step(select) {
  const drawn = following(select).map((figure) => new Promise((done) => figure.addEventListener("drawn", done, { once: true })));
  select.selectedIndex = (select.selectedIndex + 1) % select.options.length;
  select.dispatchEvent(new Event("change", { bubbles: true }));
  return Promise.all(drawn);
}

const rest = (time) => new Promise((next) => setTimeout(next, time));

async function play(select, tell) {
  let going = true;
  const says = following(select).map((figure) => figure.querySelector("[data-part=says]")).filter(Boolean);
  stop = () => {
    going = false;
    stop = null;
    for (const line of says) line.removeAttribute("aria-live");
    tell();
  };
  const mine = stop;
  for (const line of says) line.setAttribute("aria-live", "off"); // each year would interrupt the one before
  tell(true);
  do {
    await Promise.race([Promise.all([step(select), rest(LEAST)]), rest(LONGEST)]);
  } while (going && select.selectedIndex < select.options.length - 1);
  if (stop === mine) stop();
}

function button(select) {
  const control = select.parentElement, range = control.querySelector("input[type=range]"), track = document.createElement("div");
  const found = Object.assign(document.createElement("button"), { type: "button", className: "play" });
  const name = control.querySelector("label").firstChild.textContent.trim();
  const tell = (playing = false) => {
    const text = playing ? words.stop : still.matches ? words.next : words.play;
    found.classList.toggle("on", playing);
    found.setAttribute("aria-label", `${text}: ${name}`);
    found.title = text;
  };
  track.className = "track";
  range.replaceWith(track);
  track.append(found, range);
  found.addEventListener("click", () => {
    const mine = found.classList.contains("on");
    stop?.();
    if (mine) return;
    if (still.matches) step(select);
    else play(select, tell);
  });
  control.addEventListener("keydown", (event) => event.key === "Escape" && stop?.());
  range.addEventListener("input", () => stop?.());
  still.addEventListener("change", () => {
    stop?.();
    tell();
  });
  tell();
}

for (const select of document.querySelectorAll("select[data-plays]")) button(select);
document.addEventListener("visibilitychange", () => document.hidden && stop?.());
