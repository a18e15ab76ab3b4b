// One tap for a run of answers that are alike, shown in every row; a row that was chosen stays.
// Without this script the same is done when the form is sent.
(() => {
  const form = document.getElementById("mirror");
  const rows = [...form.querySelectorAll(".segments:not(.all)")];
  const own = new Set(); // rows that were answered by themselves

  function showFollowUps() {
    for (const row of rows.filter((one) => one.dataset.after)) {
      const above = row.dataset.after.trim().split(" ").some((name) => {
        const chosen = form.querySelector(`[data-name="${name}"] input:checked`);
        return chosen && chosen !== form.querySelector(`[data-name="${name}"] input`);
      });
      row.hidden = !above;
      if (!above) row.querySelectorAll("input").forEach((input) => { input.checked = false; });
    }
  }

  form.addEventListener("change", (event) => {
    const row = event.target.closest(".segments");
    if (!row) return;
    if (row.classList.contains("all")) {
      for (const other of row.parentElement.querySelectorAll(".segments:not(.all)")) {
        if (own.has(other)) continue;
        other.querySelector(`input[value="${event.target.value}"]`).checked = true;
      }
    } else {
      own.add(row);
    }
    showFollowUps();
  });
  showFollowUps();
})();
