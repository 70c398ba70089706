// Put at the head of a copy of the report: uses the page as a reader would, and tells its frame what it saw.
const errors = [];
addEventListener("error", (event) => errors.push(String(event.message)));
addEventListener("unhandledrejection", (event) => errors.push(String(event.reason)));
for (const kind of ["error", "warn"]) console[kind] = (...words) => errors.push(words.join(" "));

const contrasts = [];
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const text = (name) => document.querySelector(name)?.textContent ?? "";

const sorted = () => {
  const first = () => document.querySelector("table.sortable tbody th").textContent.trim();
  const board = document.querySelector("table.sortable");
  board.querySelector("thead th:nth-child(2) button").click();
  const up = first();
  board.querySelector("thead th:nth-child(2) button").click();
  const down = first();
  const by = (name) => {
    const heads = [...board.tHead.rows[0].cells];
    const place = heads.findIndex((head) => head.textContent.trim() === name);
    if (place < 0) return null;
    heads[place].querySelector("button").click();
    return [...board.tBodies[0].rows].map((row) => row.cells[place].dataset.value).filter(Boolean).map(Number);
  };
  return { up, down, columns: Object.fromEntries(["Time", "Memory", "Weight"].map((n) => [n, by(n)])) };
};

const explored = () => {
  const slider = document.querySelector("#explorer input[type=range]");
  if (!slider) return null;
  const matrix = () => ["tn", "fp", "fn", "tp"].map((n) => Number(text(`[data-count=${n}]`).replaceAll(",", "")));
  const slide = (place) => {
    slider.value = place;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    return { matrix: matrix(), recall: text("[data-rate=recall]"), at: text("#explorer .at") };
  };
  const found = { low: slide(0), high: slide(100) };
  const miss = document.querySelector("#explorer input[name=fn]");
  miss.value = 1000;
  miss.dispatchEvent(new Event("input", { bubbles: true }));
  document.querySelector("#explorer [data-go=cost]").click();
  return { ...found, cost: { matrix: matrix(), cost: text("[data-rate=cost]") } };
};

const picked = () => [...document.querySelectorAll("select.pick")].map((select) => {
  const node = select.closest("figure").querySelector(".plot");
  const shown = () => [...new Set(node.data.filter((trace) => trace.meta?.pick).map((trace) => trace.meta.pick))];
  const before = shown();
  select.selectedIndex = select.options.length - 1;
  select.dispatchEvent(new Event("change"));
  return { id: node.id, first: select.options[0].value, last: select.value, before, after: shown() };
});

// What axe finds against WCAG 2.1 AA and its own good practice, as "rule: element"; null where axe is not there.
const violations = async () => {
  if (!window.axe) return null;
  const { violations, passes } = await axe.run(document);
  contrasts.push(passes.find((rule) => rule.id === "color-contrast")?.nodes.length ?? 0);
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`));
};

const look = async () => {
  const paint = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null;
  const chip = document.querySelector(".chip");
  if (chip) chip.click();
  const used = { ...(document.querySelector("table.sortable") && sorted()), explored: explored(), picked: picked() };
  await pause(400);
  const drawn = {
    width: innerWidth,
    scroll: document.documentElement.scrollWidth,
    plots: document.querySelectorAll(".plot").length,
    drawn: document.querySelectorAll(".plot.js-plotly-plot .main-svg:first-child").length,
    wide: [...document.querySelectorAll(".plot")].filter((p) => p.scrollWidth > p.clientWidth + 1).map((p) => p.id),
    unnamed: [...document.querySelectorAll("[role=img]")].filter((n) => !(n.ariaLabel ?? "").trim()).length,
  };
  const found = await violations();
  const mode = document.getElementById("mode");
  if (mode) {
    mode.click();
    await pause(400);
    found?.push(...await violations());
  }
  return { ...used, ...drawn, paint, violations: found, contrasts, errors };
};

const wait = setInterval(async () => {
  if (document.readyState !== "complete") return;
  if (document.querySelector(".plot") && document.documentElement.dataset.drawn !== "all") return;
  clearInterval(wait);
  let seen;
  try { seen = await look(); } catch (error) { seen = { errors: [...errors, String(error.stack)] }; }
  parent.postMessage(JSON.stringify(seen), "*");
}, 50);
