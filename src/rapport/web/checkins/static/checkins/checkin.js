// One question in view, answers kept on the way, and sent once the network is there.
// Without this script the page is one form with one button, and nothing is missing.
(() => {
  const form = document.getElementById("checkin");
  const steps = [...form.querySelectorAll(".step")];
  const [back, skip, next, send, said, moment, bar] =
    ["back", "skip", "next", "send", "said", "moment", "how-far"].map((id) => document.getElementById(id));
  const { left, last, of, one, leave, ...says } = form.dataset;
  const IDLE = 10 * 60 * 1000; // then nothing of it stays on the screen
  const unsent = new Map(); // answers that were not kept yet, for want of a network
  const helped = new Map(); // fields whose help is on the screen or was, and the answer it came for
  let at = 0;
  let sending = false;
  let gone = false;
  let touched = null;
  let sleep = 0;

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
    const every = steps.filter(asked);
    const done = every.indexOf(steps[at]);
    const rest = every.length - done - 1;
    steps.forEach((part, place) => { part.hidden = place !== at; });
    back.hidden = at === 0;
    next.hidden = rest === 0;
    skip.hidden = rest === 0;
    send.hidden = rest !== 0;
    document.getElementById("open").hidden = true;
    bar.hidden = moment.hidden = false;
    bar.replaceChildren(...every.map((_, place) => segment(place, done)));
    const place = of.replace("{k}", done + 1).replace("{n}", every.length);
    moment.textContent = `${place} ${rest === 0 ? last : left.replace("{n}", rest)}`;
    if (move) focusOn(steps[at]);
    scrollTo(0, 0);
  }

  function segment(place, done) {
    const part = document.createElement("span");
    part.className = place < done ? "done" : place === done ? "now" : "";
    return part;
  }

  // A text field is not focused: a keyboard would cover the question.
  function focusOn(step) {
    const field = step.querySelector("input:checked, input");
    if (field) { field.focus({ preventScroll: true }); return; }
    const label = step.querySelector(".own");
    label.tabIndex = -1;
    label.focus({ preventScroll: true });
  }

  function post(name, value) {
    return fetch(one, { method: "POST", body: new URLSearchParams({ name, value }), keepalive: true });
  }

  // A lost draft loses nothing: everything on the page is sent at the end.
  async function keep(name, value) {
    unsent.set(name, value);
    try {
      const answer = await post(name, value);
      if (answer.status < 500 && unsent.get(name) === value) unsent.delete(name);
    } catch { /* no network: it is tried again */ }
  }

  function current() {
    return steps[at].querySelector("input[name^='a.']:checked");
  }

  // Help comes first, and the answer is kept in the same moment, whatever becomes of the page. What is
  // taken back as a slip is told, too: it stands beside the answer.
  function helpFirst(field) {
    const kind = field.dataset.help;
    const found = kind && document.querySelector(`.help-for[data-kind="${kind}"]`);
    if (!found || helped.get(field.name) === field.value) return false;
    helped.set(field.name, field.value);
    if (!tellOf(field)) keep(field.name, field.value);
    const page = found.content.cloneNode(true).firstElementChild;
    form.before(page);
    form.hidden = true;
    const title = page.querySelector("h1");
    title.tabIndex = -1;
    title.focus({ preventScroll: true });
    scrollTo(0, 0);
    page.addEventListener("click", (event) => {
      const way = event.target.dataset.go;
      if (!way) return;
      page.remove();
      form.hidden = false;
      if (way === "back") return takeBack(field);
      return way === "on" ? forwards() : deliver();
    });
    return true;
  }

  function tellOf(field) {
    return field.closest(".step").querySelector(".tell");
  }

  function takeBack(field) {
    field.checked = false;
    helped.delete(field.name);
    keep(field.name, "");
    show(at);
  }

  function waitsForChoice(step) {
    const tell = step.querySelector(".tell");
    return tell && step.querySelector("[data-help]:checked") && tell.querySelector("input[type=radio]");
  }

  function forwards() {
    if (next.hidden) { show(at); return; }
    show(at + 1);
  }

  function leaveOpen() {
    const field = current();
    if (field) { field.checked = false; helped.delete(field.name); keep(field.name, ""); }
    steps[at].querySelectorAll("input[type=number]").forEach((typed) => { typed.value = ""; keep(typed.name, ""); });
    forwards();
  }

  async function deliver() {
    if (sending) return;
    sending = true;
    send.disabled = true;
    said.textContent = says.sending;
    const body = new URLSearchParams(new FormData(form));
    for (let wait = 1000; ; wait = Math.min(wait * 2, 15000)) {
      try {
        const answer = await fetch(location.pathname, { method: "POST", body });
        if (answer.status < 500) return finish(await answer.text());
      } catch { /* no network: it is tried again */ }
      said.textContent = says.waiting;
      form.hidden = false;
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
    gone = true;
    form.reset();
    const page = new DOMParser().parseFromString(text, "text/html");
    document.querySelector("main").replaceWith(page.querySelector("main"));
    document.querySelectorAll("template").forEach((rest) => rest.remove());
    document.title = page.title;
    const heading = document.querySelector("main h1");
    if (heading) { heading.tabIndex = -1; heading.focus(); }
    scrollTo(0, 0);
  }

  // Ten minutes without a touch: the screen is emptied. What was not kept yet is still brought home.
  async function empty() {
    if (sending && !gone) return rest();
    const waiting = !gone && unsent.size > 0;
    form.reset();
    const line = document.createElement("p");
    line.textContent = waiting ? says.idleWaiting : says.idle;
    document.querySelector("main").replaceChildren(line);
    gone = true;
    for (let wait = 1000; unsent.size > 0; wait = Math.min(wait * 2, 15000)) {
      for (const [name, value] of unsent) await keep(name, value);
      if (unsent.size > 0) await pause(wait);
    }
    await fetch(leave, { method: "POST" }).catch(() => {});
    line.textContent = says.idle;
  }

  function rest() {
    clearTimeout(sleep);
    sleep = setTimeout(empty, IDLE);
  }

  addEventListener("pointerdown", (event) => {
    rest();
    touched = event.target.closest ? event.target.closest(".options label") : null;
  });
  addEventListener("keydown", () => { rest(); touched = null; });

  // A tap goes on; the arrow keys only choose, so that no question is left by accident.
  form.addEventListener("click", (event) => {
    const field = event.target;
    if (field.type !== "radio" || !touched || !touched.contains(field)) return;
    touched = null;
    if (field.name === "tell") { if (field.value !== "nobody" || !helpFirst(current())) forwards(); return; }
    if (waitsForChoice(steps[at])) { tellOf(field).scrollIntoView({ block: "nearest" }); return; }
    if (!helpFirst(field)) setTimeout(forwards, 140);
  });

  form.addEventListener("change", (event) => {
    const field = event.target;
    if (!field.name.startsWith("a.")) return;
    // An answer with help waits until help was read; one about the therapist until it is sent.
    if (field.dataset.help && document.querySelector(`.help-for[data-kind="${field.dataset.help}"]`)) return;
    helped.delete(field.name);
    keep(field.name, field.value);
  });
  form.addEventListener("submit", (event) => {
    const elsewhere = event.submitter && event.submitter.hasAttribute("formaction"); // a language
    if (elsewhere && navigator.onLine) return;
    event.preventDefault();
    if (!elsewhere) goOn(send.hidden ? forwards : deliver);
  });

  function goOn(then = forwards) {
    const field = current();
    const told = waitsForChoice(steps[at]) && !steps[at].querySelector(".tell [value=nobody]:checked");
    if (field && field.dataset.help && !told && helpFirst(field)) return;
    then();
  }

  next.addEventListener("click", () => goOn());
  skip.addEventListener("click", leaveOpen);
  back.addEventListener("click", () => show(at - 1));
  // Whoever leaves while help is on the screen has given that answer.
  addEventListener("pagehide", () => {
    if (gone) return;
    for (const [name, value] of helped) {
      const field = form.querySelector(`[name="${CSS.escape(name)}"]:checked`);
      if (field && !tellOf(field) && !sending) navigator.sendBeacon(one, new URLSearchParams({ name, value }));
    }
  });
  // A page that comes back from the browser's memory shows nothing of before.
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  addEventListener("online", () => { if (!gone && !sending) for (const [name, value] of unsent) keep(name, value); });
  rest();
  // Where this script comes late, whoever has begun stays where they are.
  show(Math.max(steps.findIndex((step) => step.contains(document.activeElement)), 0), { move: false });
})();
