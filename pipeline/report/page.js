(() => {
  "use strict";
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const coarse = matchMedia("(pointer: coarse)");
  const twins = JSON.parse(document.getElementById("twins").textContent);
  const dark = () => (root.dataset.mode ? root.dataset.mode === "dark" : system.matches);
  const hidden = new Map();
  const drawn = new Set();

  const recolored = (value) => {
    if (typeof value === "string") return twins[value] || value;
    if (Array.isArray(value)) return value.map(recolored);
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, recolored(inner)]));
    }
    return value;
  };

  const specification = (node) => {
    const source = document.querySelector(`script[data-for="${node.id}"]`);
    let { data, layout } = JSON.parse(source.textContent);
    const picked = node.closest("figure")?.querySelector("select.pick")?.value;
    if (picked !== undefined) {
      data = data.filter((trace) => !trace.meta?.pick || trace.meta.pick === picked);
      const { yaxis, ...xaxis } = layout.meta.picks[picked];
      layout.xaxis = { ...layout.xaxis, ...xaxis, title: { ...layout.xaxis.title, ...xaxis.title } };
      if (yaxis) layout.yaxis = { ...layout.yaxis, ...yaxis, title: { ...layout.yaxis.title, ...yaxis.title } };
    }
    if (dark()) [data, layout] = [recolored(data), recolored(layout)];
    const off = hidden.get(node.closest("section").id) || new Set();
    for (const trace of data) trace.visible = !off.has(trace.meta?.model);
    layout.autosize = true;
    if (coarse.matches) layout.dragmode = false;
    return { data, layout };
  };

  const config = {
    displaylogo: false,
    displayModeBar: matchMedia("(hover: hover)").matches ? "hover" : false,
    modeBarButtonsToRemove: ["lasso2d", "select2d", "autoScale2d", "zoomIn2d", "zoomOut2d"],
  };

  const draw = (node) => {
    if (!window.Plotly) return;
    const { data, layout } = specification(node);
    drawn.add(node);
    Plotly.react(node, data, layout, config);
  };

  const plots = [...document.querySelectorAll(".plot")];
  const start = () => {
    const seen = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        seen.unobserve(entry.target);
        if (!drawn.has(entry.target)) draw(entry.target);
      }
    }, { rootMargin: "300px" });
    plots.forEach((node) => seen.observe(node));
    const sized = new ResizeObserver((entries) => {
      for (const { target } of entries) {
        const width = target.firstElementChild?.querySelector(".main-svg")?.clientWidth;
        if (drawn.has(target) && width && Math.abs(width - target.clientWidth) > 1) Plotly.Plots.resize(target);
      }
    });
    plots.forEach((node) => sized.observe(node));
    const idle = (work) => (window.requestIdleCallback ? requestIdleCallback(work, { timeout: 500 }) : setTimeout(work, 60));
    const rest = () => {
      const next = plots.find((node) => !drawn.has(node));
      if (!next) { root.dataset.drawn = "all"; return; }
      draw(next);
      idle(rest);
    };
    idle(rest);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
  const redraw = () => drawn.forEach(draw);

  const paint = () => {
    for (const dot of document.querySelectorAll("[style*='--dot']")) {
      dot.dataset.light ||= dot.style.getPropertyValue("--dot").trim();
      dot.style.setProperty("--dot", dark() ? twins[dot.dataset.light] || dot.dataset.light : dot.dataset.light);
    }
  };
  const repaint = () => { paint(); redraw(); };
  paint();
  system.addEventListener("change", repaint);
  document.getElementById("mode").addEventListener("click", () => {
    root.dataset.mode = dark() ? "light" : "dark";
    try { localStorage.setItem("podium-mode", root.dataset.mode); } catch (error) { /* private mode: not kept */ }
    repaint();
  });

  for (const section of document.querySelectorAll("section:has(.chooser)")) {
    const chips = [...section.querySelectorAll(".chip")];
    const apply = () => {
      hidden.set(section.id, new Set(chips.filter((c) => c.ariaPressed === "false").map((c) => c.dataset.model)));
      for (const node of section.querySelectorAll(".plot")) if (drawn.has(node)) draw(node);
    };
    for (const chip of chips) {
      chip.addEventListener("click", () => {
        chip.ariaPressed = chip.ariaPressed === "true" ? "false" : "true";
        apply();
      });
      chip.addEventListener("dblclick", () => {
        for (const other of chips) other.ariaPressed = String(other === chip);
        apply();
      });
    }
    apply();
  }

  for (const select of document.querySelectorAll("select.pick")) {
    select.addEventListener("change", () => {
      const node = select.closest("figure").querySelector(".plot");
      Plotly.purge(node);
      draw(node);
    });
  }

  const explorer = document.getElementById("explorer");
  if (explorer) {
    const known = JSON.parse(document.getElementById("explorer-data").textContent);
    const slider = explorer.querySelector("input[type=range]");
    const price = (name) => Math.max(0, Number(explorer.querySelector(`input[name=${name}]`).value) || 0);
    const percent = (share) => `${(100 * share).toFixed(1)} %`;
    const rates = (place) => {
      const [tp, fp, fn, tn] = ["tp", "fp", "fn", "tn"].map((name) => known[name][place]);
      return {
        precision: tp + fp ? tp / (tp + fp) : 1,
        recall: tp / (tp + fn),
        f1: (2 * tp) / (2 * tp + fp + fn),
        accuracy: (tp + tn) / (tp + fp + fn + tn),
        flagged: (tp + fp) / (tp + fp + fn + tn),
        cost: fp * price("fp") + fn * price("fn"),
      };
    };
    const show = () => {
      const place = Number(slider.value);
      const found = rates(place);
      explorer.querySelector(".at").textContent = known.thresholds[place].toFixed(2);
      for (const cell of explorer.querySelectorAll("[data-count]")) {
        cell.textContent = known[cell.dataset.count][place].toLocaleString("en");
      }
      for (const cell of explorer.querySelectorAll("[data-rate]")) {
        const name = cell.dataset.rate;
        cell.textContent = name === "cost" ? found.cost.toLocaleString("en", { maximumFractionDigits: 2 }) : percent(found[name]);
      }
    };
    const best = (name, sign) => {
      const worth = known.thresholds.map((_, place) => sign * rates(place)[name]);
      return worth.indexOf(Math.max(...worth));
    };
    const places = { f1: () => best("f1", 1), cost: () => best("cost", -1), used: () => known.start };
    for (const button of explorer.querySelectorAll("button[data-go]")) {
      if (button.dataset.go === "used") button.hidden = known.used === null;
      button.addEventListener("click", () => { slider.value = places[button.dataset.go](); show(); });
    }
    explorer.addEventListener("input", show);
    slider.value = known.start;
    show();
  }

  const key = (row, place) => {
    const text = row.cells[place].dataset.value ?? row.cells[place].textContent.trim();
    const number = Number(text);
    return text === "" ? null : Number.isNaN(number) ? text : number;
  };
  const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b)));
  for (const table of document.querySelectorAll("table.sortable")) {
    for (const head of table.tHead.rows[0].cells) {
      if (head.classList.contains("plain")) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.ariaSort !== "descending" && head.classList.contains("num") || head.ariaSort === "ascending";
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        head.ariaSort = down ? "descending" : "ascending";
        const sign = down ? -1 : 1;
        const rows = [...table.tBodies[0].rows].map((row) => [key(row, head.cellIndex), row]);
        rows.sort(([a], [b]) => (a === null) - (b === null) || (a === null ? 0 : sign * compare(a, b)));
        table.tBodies[0].append(...rows.map(([, row]) => row));
      });
    }
  }

  const links = new Map([...document.querySelectorAll("nav a")].map((a) => [a.hash.slice(1), a]));
  const spy = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      const link = links.get(entry.target.id);
      if (link && entry.isIntersecting) {
        links.forEach((other) => other.removeAttribute("aria-current"));
        link.setAttribute("aria-current", "true");
      }
    }
  }, { rootMargin: "-20% 0px -70% 0px" });
  document.querySelectorAll("main > section[id]").forEach((section) => spy.observe(section));
})();
