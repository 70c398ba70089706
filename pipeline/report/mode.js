(() => {
  let kept = null;
  try { kept = localStorage.getItem("podium-mode"); } catch (error) { kept = null; }
  const asked = new URLSearchParams(location.search).get("mode");
  const mode = asked || kept;
  if (mode === "light" || mode === "dark") document.documentElement.dataset.mode = mode;
})();
