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
    if (dark()) [data, layout] = [recolored(data), recolored(layout)];
    const off = hidden.get(node.closest("section").id) || new Set();
    for (const trace of data) trace.visible = !(trace.meta && off.has(trace.meta.model));
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
