// One question in view, answers kept on the way, and sent once the network is there.
// Without this script the page is one form with one button, and nothing is missing.
(() => {
  const form = document.getElementById("checkin");
  const steps = [...form.querySelectorAll(".step")];
  const [back, next, send] = ["back", "next", "send"].map((id) => document.getElementById(id));
  const said = document.getElementById("said");
  const moment = document.getElementById("moment");
  const about = moment.textContent;
  const howFar = document.getElementById("how-far");
  let at = 0;
  let sending = false;

  // A follow-up is asked where one of the questions before it was answered above its lowest.
  function asked(step) {
    if (!step.dataset.after) return true;
    return step.dataset.after.split(" ").some((name) => {
      const field = form.elements[name];
      return field && field.value !== "" && field.value !== lowest(field);
    });
  }

  function lowest(field) {
    return field instanceof RadioNodeList ? field[0].value : field.min;
  }

  function show(step, { move = true } = {}) {
    const forwards = step >= at;
    at = step;
    while (!asked(steps[at])) at += forwards ? 1 : -1;
    const rest = steps.slice(at + 1).filter(asked).length;
    steps.forEach((part, place) => { part.hidden = place !== at; });
    back.hidden = at === 0;
    next.hidden = rest === 0;
    send.hidden = rest !== 0;
    howFar.hidden = false;
    howFar.max = steps.filter(asked).length;
    howFar.value = howFar.max - rest;
    const left = rest === 0 ? form.dataset.last : form.dataset.left.replace("{n}", rest);
    moment.textContent = `${about} · ${left}`;
    if (move) steps[at].querySelector("input, textarea").focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }

  function keep(field) {
    const body = new URLSearchParams({ name: field.name, value: field.value });
    // A lost draft loses nothing: everything on the page is sent at the end.
    fetch(form.dataset.one, { method: "POST", body, keepalive: true }).catch(() => {});
  }

  function helpFirst(field) {
    const help = document.getElementById("help");
    if (help && "help" in field.dataset && !document.querySelector("main > .help")) {
      form.before(help.content.cloneNode(true));
    }
  }

  async function deliver() {
    if (sending) return;
    sending = true;
    said.textContent = form.dataset.sending;
    const body = new URLSearchParams(new FormData(form));
    for (let wait = 1000; ; wait = Math.min(wait * 2, 15000)) {
      try {
        const answer = await fetch(form.action || location.href, { method: "POST", body });
        if (answer.status < 500) return finish(await answer.text());
      } catch { /* no network: it is tried again */ }
      said.textContent = form.dataset.waiting;
      await pause(wait);
    }
  }

  function pause(wait) {
    return new Promise((go) => {
      const done = () => { clearTimeout(timer); removeEventListener("online", done); go(); };
      const timer = setTimeout(done, wait);
      addEventListener("online", done);
    });
  }

  function finish(text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    document.querySelector("main").replaceWith(page.querySelector("main"));
    document.title = page.title;
    const heading = document.querySelector("main h1");
    if (heading) { heading.tabIndex = -1; heading.focus(); }
    window.scrollTo(0, 0);
  }

  form.addEventListener("change", (event) => {
    const field = event.target;
    if (!field.name.startsWith("a.")) return;
    keep(field);
    helpFirst(field);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (send.hidden) show(at + 1); else deliver();
  });
  next.addEventListener("click", () => show(at + 1));
  back.addEventListener("click", () => show(at - 1));
  // A page that comes back from the browser's memory shows nothing of before.
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  show(0, { move: false });
})();
