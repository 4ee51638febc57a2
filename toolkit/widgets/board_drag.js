// Drag and drop by mouse and finger. It knows no board: what can be dragged is pressed, what has data-column takes it.

const HOLD = 250; // ms a finger rests on a card before it lifts it; one that moves at once scrolls
const SLACK = 6; // px a pointer may tremble

// `lifts(what)`, `over(what, column)` and `drops(what, column or null)` are told what happens inside `el`.
function dragging(el, during, { lifts, over, drops }) {
  let drag = null; // what a pointer is on
  let lately = false; // it was let go this moment: the click that follows means nothing

  function presses(event, from, what) {
    if (event.button || drag) return;
    const at = { x: event.clientX, y: event.clientY };
    const mouse = event.pointerType === "mouse";
    drag = { what, from, at, mouse, box: from.getBoundingClientRect(), pointer: event.pointerId };
    if (!mouse) drag.timer = setTimeout(lift, HOLD);
  }

  function lift() {
    drag.ghost = drag.from.cloneNode(true);
    drag.ghost.classList.add("ghost", drag.mouse ? "whole" : "small");
    if (drag.mouse) drag.ghost.style.width = `${drag.box.width}px`;
    drag.from.classList.add("away");
    el.append(drag.ghost);
    lifts(drag.what);
    place(drag.at);
  }

  function place(at) {
    const page = el.getBoundingClientRect();
    const left = drag.mouse ? drag.box.left + at.x - drag.at.x : at.x - drag.ghost.offsetWidth / 2;
    const top = drag.mouse ? drag.box.top + at.y - drag.at.y : at.y + 28; // beside the finger, not under it
    drag.ghost.style.left = `${Math.max(0, Math.min(left - page.left, page.width - drag.ghost.offsetWidth))}px`;
    drag.ghost.style.top = `${top - page.top}px`;
    const under = document.elementFromPoint(at.x, at.y)?.closest("[data-column]");
    const to = el.contains(under) ? under.dataset.column : null;
    for (const spot of el.querySelectorAll("[data-column]")) spot.classList.toggle("target", spot === under);
    if (to && to !== drag.to) over(drag.what, to);
    drag.to = to;
  }

  function move(event) {
    if (event.pointerId !== drag?.pointer) return;
    const at = { x: event.clientX, y: event.clientY };
    const far = Math.hypot(at.x - drag.at.x, at.y - drag.at.y) > SLACK;
    if (!drag.ghost && far) drag.mouse ? lift() : end(false);
    if (drag?.ghost) place(at);
  }

  function end(dropped) {
    if (!drag) return;
    const { what, to, ghost, timer } = drag;
    drag = null;
    clearTimeout(timer);
    if (!ghost) return;
    ghost.remove();
    lately = true;
    setTimeout(() => (lately = false));
    drops(what, dropped ? to : null);
  }

  const mine = (event) => event.pointerId === drag?.pointer;
  document.addEventListener("pointermove", move, during);
  document.addEventListener("pointerup", (event) => mine(event) && end(true), during);
  document.addEventListener("pointercancel", (event) => mine(event) && end(false), during);
  document.addEventListener("keydown", (event) => event.key === "Escape" && end(false), during);
  el.addEventListener("touchmove", (event) => drag?.ghost && event.preventDefault(), { ...during, passive: false });
  el.addEventListener("contextmenu", (event) => drag && !drag.mouse && event.preventDefault(), during);
  return { presses, holds: () => Boolean(drag?.ghost), lately: () => lately };
}
