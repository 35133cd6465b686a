// What the pages need of a browser beyond htmx: keys, one click one action, a thread that shows its end.
"use strict";

const typing = (target) => target.matches("input, textarea, select, [contenteditable]");
const rows = () => [...document.querySelectorAll("[data-row]")];

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.classList.contains("cursor"));
  const start = at < 0 ? all.findIndex((row) => row.hasAttribute("aria-current")) : at;
  const next = all[Math.min(all.length - 1, Math.max(0, start < 0 && step < 0 ? 0 : start + step))];
  all.forEach((row) => row.classList.toggle("cursor", row === next));
  next.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && typing(event.target)) return event.target.blur();
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("textarea")) return event.target.form.requestSubmit();
  if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "r") { const box = document.querySelector("[data-reply]"); if (box) { event.preventDefault(); box.focus(); } }
  else if (event.key === "/") { const box = document.querySelector("[type=search]"); if (box) { event.preventDefault(); box.focus(); } }
  else if (event.key === "Escape") { const back = document.querySelector("[data-back]"); if (back) back.click(); }
});

// A suggestion fills the box; the person still decides and sends.
document.addEventListener("click", (event) => {
  const chosen = event.target.closest("[data-suggest]");
  const box = document.querySelector("[data-reply]");
  if (!chosen || !box) return;
  box.value = chosen.dataset.suggest;
  box.focus();
});

// A double click sends once: the key in the form says so to the server, the button says so to the person.
document.addEventListener("submit", (event) => {
  const asked = event.target.dataset.sure;
  if (asked && !window.confirm(asked)) return event.preventDefault();
  setTimeout(() => event.target.querySelectorAll("button").forEach((button) => { button.disabled = true; }), 0);
});
window.addEventListener("pageshow", () => document.querySelectorAll("button[disabled]:not([data-off])").forEach((button) => { button.disabled = false; }));

document.addEventListener("change", (event) => { if (event.target.matches("[data-go]")) event.target.form.requestSubmit(); });

const toEnd = () => document.querySelectorAll(".talk").forEach((talk) => { talk.scrollTop = talk.scrollHeight; });
document.addEventListener("DOMContentLoaded", () => {
  toEnd();
  // On a phone the whole page scrolls: begin at what was said last, not at the first letter.
  const last = document.querySelector("#talk .talk > :last-child");
  if (last && window.matchMedia("(max-width: 860px)").matches) last.scrollIntoView({ block: "center" });
});
document.addEventListener("htmx:afterSettle", (event) => { if (event.target.closest("#talk")) toEnd(); });
