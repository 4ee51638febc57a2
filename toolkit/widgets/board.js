// The campaign board's page. It knows no rule and no sentence: `state` (board_words.py) holds what it shows.
// Cards are moved by drag and drop (a finger holds a card a moment first), by keys, or in the card's own form.

const PATIENCE = 10000; // ms to wait for an answer
const HOLD = 250; // ms a finger rests on a card before it lifts it
const SLACK = 6; // px a pointer may tremble

function make(name, classes, text, more = {}) {
  const made = Object.assign(document.createElement(name), more);
  if (classes) made.className = classes;
  if (text !== undefined) made.textContent = text; // text, never HTML
  return made;
}

function render({ model, el }) {
  const state = () => model.get("state");
  const words = (name, facts = {}) => state().words[name].replace(/\{(\w+)\}/g, (_, key) => facts[key]);
  const parting = new AbortController();
  const during = { signal: parting.signal };
  let shown = null; // the column that a narrow page shows
  let held = null; // the card that the keyboard holds: id, version, name, from, to
  let drag = null; // the card that a pointer is on
  let lately = false; // a card was let go this moment: the click that follows opens nothing
  let sent = null; // a card on its way: id, to
  const unfolded = new Set();

  // --- what stands on the page ---------------------------------------------------------------------------------------

  el.dataset.lmSuppressShortcuts = "true"; // JupyterLab's keys are not meant while one works here
  const top = make("div", "top");
  const notes = make("div", "notes");
  const trouble = make("p", "trouble", "", { hidden: true });
  const said = make("p", "told", ""); // what became of what one did here
  const news = make("p", "news", ""); // what others did
  const chips = make("nav", "chips");
  const lanes = make("div", "lanes");
  const week = make("section", "week");
  const form = make("dialog", "form");
  const touch = make("p", "touch");
  const keys = make("p", "keys", "", { id: `keys-${Math.random().toString(36).slice(2)}` });
  trouble.setAttribute("role", "alert");
  for (const line of [said, news]) line.setAttribute("role", "status");
  const lines = make("div", "lines");
  lines.append(said, news);
  el.append(top, notes, trouble, lines, touch, chips, lanes, keys, week, form);

  function draw() {
    if (drag?.lifted) return; // not under somebody's finger; drawn when it is let go
    const focused = document.activeElement?.closest?.("[data-card]")?.dataset.card;
    const now = state();
    top.replaceChildren(make("h2", "headline", now.headline));
    if (now.can_add) top.append(make("button", "add", words("add"), { type: "button", onclick: opensNew }));
    notes.replaceChildren(...now.notes.map((line) => make("p", "note", line)));
    keys.textContent = now.read_only ? "" : words("keys");
    touch.textContent = now.read_only ? "" : words("touch");
    const known = now.lanes.map((lane) => lane.code);
    if (!known.includes(shown)) shown = (now.lanes.find((lane) => lane.cards.length) ?? now.lanes[0]).code;
    chips.setAttribute("aria-label", words("columns"));
    chips.replaceChildren(...now.lanes.map(chip));
    lanes.replaceChildren(...now.lanes.map(lane));
    week.replaceChildren(make("h3", "", now.moves_title), list("ul", now.moves));
    week.hidden = !now.moves.length;
    if (focused) cardOf(focused)?.focus({ preventScroll: true });
  }

  function list(name, lines) {
    const made = make(name);
    made.append(...lines.map((line) => make("li", "", line)));
    return made;
  }

  function chip(one) {
    const made = make("button", one.over ? "chip full" : "chip", "", { type: "button" });
    made.append(make("b", "", one.name), make("span", "", one.over ? `▲ ${one.count}` : one.count));
    made.setAttribute("aria-pressed", String(one.code === shown));
    if (one.known) made.dataset.column = one.code;
    made.onclick = () => show(one.code);
    return made;
  }

  function show(code) {
    shown = code;
    draw();
  }

  function lane(one) {
    const made = make("section", one.code === shown ? "lane shown" : "lane");
    const head = make("header");
    head.append(make("h3", "", one.name), make("span", "count", one.count));
    if (one.over) head.append(make("span", "over", `▲ ${one.over}`));
    if (one.note) head.append(make("span", "was", one.note));
    made.append(head);
    made.setAttribute("aria-label", `${one.name} ${one.count} ${one.over}`);
    if (one.known) made.dataset.column = one.code;
    if (held?.to === one.code) made.classList.add("target");
    const rows = make("ul");
    const here = one.cards.filter((card) => sent?.id !== card.id || sent.to === one.code);
    const coming = sent && sent.to === one.code && !here.some((card) => card.id === sent.id) ? [find(sent.id)] : [];
    const most = unfolded.has(one.code) ? here.length : Math.max(one.shown, 0);
    rows.append(...[...coming.filter(Boolean), ...here.slice(0, most)].map(card));
    made.append(rows);
    if (!rows.children.length) made.append(make("p", "empty", words("empty_lane")));
    if (one.more && here.length > most) {
      const unfold = () => (unfolded.add(one.code), draw());
      made.append(make("button", "more", one.more, { type: "button", onclick: unfold }));
    }
    return made;
  }

  function card(one) {
    const row = make("li");
    const made = make("div", `ticket is-${one.state}`);
    made.dataset.card = one.id;
    made.tabIndex = 0;
    made.setAttribute("role", "button");
    made.setAttribute("aria-label", one.label);
    made.setAttribute("aria-describedby", keys.id);
    if (held?.id === one.id) made.classList.add("held");
    if (sent?.id === one.id) made.classList.add("sent");
    const bar = make("span", "bar");
    const done = make("i");
    done.style.width = `${one.progress ?? 0}%`;
    bar.append(done);
    const progress = make("span", "meter");
    progress.append(bar, make("span", "share", one.share));
    const stand = make("span", "stand", one.sign ? `${one.sign} ${one.stand}` : one.stand);
    const foot = make("span", "foot");
    foot.append(make("span", "owner", one.owner), stand);
    made.append(make("b", "name", one.name), make("span", "about", one.about), progress, foot);
    made.onclick = () => lately || opens(find(one.id));
    if (!state().read_only) made.onpointerdown = (event) => presses(event, one, made);
    made.onkeydown = (event) => types(event, one.id);
    row.append(made);
    return row;
  }

  const cardOf = (id) => lanes.querySelector(`[data-card="${CSS.escape(id)}"]`);
  const find = (id) => state().lanes.flatMap((one) => one.cards).find((one) => one.id === id);

  // What a card is held over: the column, and whether it is full already.
  function over(name, code) {
    const { name: column, count, full } = state().lanes.find((one) => one.code === code);
    return words(full ? "held_full" : "held", { name, column, count });
  }

  function tell(text, alarm = false) {
    said.classList.toggle("alarm", alarm);
    said.setAttribute("role", alarm ? "alert" : "status");
    said.textContent = text;
  }

  // --- asking the kernel ---------------------------------------------------------------------------------------------

  const waiting = new Map();
  const mine = Math.random().toString(36).slice(2);
  let asked = 0;

  function ask(message) {
    const ref = `${mine}-${(asked += 1)}`;
    return new Promise((done) => {
      const lost = () => (waiting.delete(ref), done({ ok: false, lost: true, text: words("lost") }));
      const timer = setTimeout(lost, PATIENCE);
      waiting.set(ref, (answer) => (clearTimeout(timer), waiting.delete(ref), done(answer)));
      try {
        model.send({ ...message, ref });
      } catch {
        lost();
      }
    });
  }

  const answers = (answer) => waiting.get(answer.ref)?.(answer);

  let timer = 0;
  let looking = false;

  async function look() {
    clearTimeout(timer);
    if (!looking && !drag?.lifted && !document.hidden && el.checkVisibility()) {
      looking = true;
      const answer = await ask({ kind: "look" });
      looking = false;
      trouble.textContent = answer.ok ? "" : answer.text;
      trouble.hidden = answer.ok;
      if (answer.ok && answer.text) news.textContent = answer.text;
    }
    if (!parting.signal.aborted) timer = setTimeout(look, model.get("every"));
  }

  async function moves(id, version, to) {
    sent = { id, to };
    draw();
    const answer = await ask({ kind: "change", id, version, column: to });
    sent = null;
    draw();
    tell(answer.text, !answer.ok);
    return answer.ok;
  }

  // --- by pointer ----------------------------------------------------------------------------------------------------

  function presses(event, one, from) {
    if (event.button || sent || drag) return;
    const box = from.getBoundingClientRect();
    const at = { x: event.clientX, y: event.clientY };
    drag = { one, from, box, at, pointer: event.pointerId, mouse: event.pointerType === "mouse" };
    if (!drag.mouse) drag.timer = setTimeout(lifts, HOLD);
  }

  function lifts() {
    drag.lifted = true;
    held = null;
    drag.ghost = drag.from.cloneNode(true);
    drag.ghost.classList.add("ghost");
    drag.ghost.style.width = `${drag.box.width}px`;
    drag.from.classList.add("away");
    el.append(drag.ghost);
    places(drag.at);
  }

  function places(at) {
    const page = el.getBoundingClientRect();
    drag.ghost.style.left = `${drag.box.left + at.x - drag.at.x - page.left}px`;
    drag.ghost.style.top = `${drag.box.top + at.y - drag.at.y - page.top}px`;
    const under = document.elementFromPoint(at.x, at.y)?.closest("[data-column]");
    const to = el.contains(under) ? under.dataset.column : null;
    if (to && to !== drag.to) tell(over(drag.one.name, to));
    drag.to = to;
    for (const spot of el.querySelectorAll("[data-column]")) spot.classList.toggle("target", spot === under);
  }

  function drags(event) {
    if (event.pointerId !== drag?.pointer) return;
    const at = { x: event.clientX, y: event.clientY };
    const far = Math.hypot(at.x - drag.at.x, at.y - drag.at.y) > SLACK;
    if (!drag.lifted && far) drag.mouse ? lifts() : ends(false); // a finger that moves at once scrolls
    if (drag?.lifted) places(at);
  }

  function ends(dropped) {
    if (!drag) return;
    const { lifted, one, to, ghost, timer } = drag;
    drag = null;
    clearTimeout(timer);
    if (!lifted) return;
    ghost.remove();
    lately = true;
    setTimeout(() => (lately = false));
    if (dropped && to && to !== one.column) return moves(one.id, one.version, to);
    draw();
    tell(words("put_back", { name: one.name }));
  }

  // --- by keys -------------------------------------------------------------------------------------------------------

  function types(event, id) {
    const one = find(id);
    const steps = { ArrowLeft: -1, ArrowRight: 1 };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (held && event.key in steps) aims(steps[event.key]);
    else if (held && [" ", "Enter"].includes(event.key)) puts();
    else if (held && ["Escape", "Tab"].includes(event.key)) putsBack();
    else if (event.key === " " && !state().read_only) picks(one);
    else if (event.key === "Enter") opens(one);
    else if (event.key.startsWith("Arrow")) goes(event.key, id);
    else return;
    if (event.key !== "Tab") event.preventDefault();
    event.stopPropagation();
  }

  function picks(one) {
    if (sent) return;
    held = { id: one.id, version: one.version, name: one.name, from: one.column, to: one.column };
    draw();
    tell(over(one.name, one.column));
  }

  function aims(step) {
    const codes = state().columns.map(([code]) => code);
    held.to = codes[Math.min(codes.length - 1, Math.max(0, codes.indexOf(held.to) + step))];
    draw();
    tell(over(held.name, held.to));
  }

  function putsBack() {
    const { name } = held;
    held = null;
    draw();
    tell(words("put_back", { name }));
  }

  async function puts() {
    const { id, version, from, to } = held;
    if (from === to) return putsBack();
    held = null;
    shown = to;
    await moves(id, version, to);
    shown = find(id)?.column ?? shown;
    draw();
    cardOf(id)?.focus();
  }

  function goes(key, id) {
    const here = cardOf(id);
    const all = [...lanes.children].map((one) => [...one.querySelectorAll("[data-card]")]);
    const column = all.findIndex((cards) => cards.includes(here));
    const row = all[column].indexOf(here);
    const aside = (step) => {
      for (let n = column + step; n >= 0 && n < all.length; n += step) {
        if (all[n].length) return all[n][Math.min(row, all[n].length - 1)];
      }
      return null;
    };
    const next = { ArrowUp: () => all[column][row - 1], ArrowDown: () => all[column][row + 1],
      ArrowLeft: () => aside(-1), ArrowRight: () => aside(1) }[key](); // prettier-ignore
    if (!next) return;
    const code = next.closest(".lane").dataset.column;
    if (code && code !== shown) show(code);
    cardOf(next.dataset.card).focus();
  }

  // --- a card's form, and a new campaign's ---------------------------------------------------------------------------

  function field(label, input, name) {
    const made = make("label", "field");
    made.append(make("span", "", label), Object.assign(input, { name }));
    return made;
  }

  function fixes(row, why) {
    row.lastChild.disabled = true;
    row.append(make("small", "", why));
  }

  function choice(options, chosen, blank) {
    const made = make("select");
    const missing = chosen && !options.some(([key]) => key === chosen) ? [[chosen, chosen]] : [];
    const rows = [...(blank ? [["", words("none")]] : []), ...missing, ...options];
    made.append(...rows.map(([value, text]) => new Option(text, value, false, value === (chosen ?? ""))));
    return made;
  }

  function asks(title, fields, more, send) {
    const wrong = make("p", "wrong", "");
    wrong.setAttribute("role", "alert");
    const inside = make("form", "", undefined, { method: "dialog" });
    const buttons = make("div", "acts");
    const save = make("button", "save", words("save"), { type: "submit" });
    const cancel = make("button", "", words("cancel"), { type: "button", onclick: () => form.close() });
    buttons.append(...(send ? [save, cancel] : [cancel]));
    inside.append(make("h3", "", title), ...fields, ...more, wrong, buttons);
    inside.onsubmit = async (event) => {
      event.preventDefault();
      save.disabled = true;
      const answer = await send(Object.fromEntries(new FormData(inside)), inside.elements);
      save.disabled = false;
      wrong.textContent = answer.ok ? "" : answer.text; // what was typed stays
      if (!answer.ok) return;
      form.close();
      tell(answer.text);
    };
    form.replaceChildren(inside);
    form.setAttribute("aria-label", title);
    form.showModal();
  }

  function opens(one) {
    if (!one || sent) return;
    const now = state();
    const number = make("input", "", undefined, { type: "number", min: 0, max: 100, step: 1, value: one.progress ?? "" });
    const day = make("input", "", undefined, { type: "date", value: one.due_on });
    const fields = [
      field(words("column"), choice(now.columns, one.column), "column"),
      field(words("percent"), number, "progress"),
      field(words("owner"), choice(now.owners, one.owner_id, true), "owner_id"),
      field(words("due"), day, "due_on"),
    ];
    if (now.read_only) fields.forEach((row) => (row.lastChild.disabled = true));
    if (now.owner_fixed) fixes(fields[2], now.owner_fixed);
    const path = one.path.length ? [make("h4", "", words("path")), list("ul", one.path)] : [];
    const facts = make("p", "about", one.about);
    asks(one.name, [facts, ...fields], path, now.read_only ? null : saves);
    async function saves(typed, inputs) {
      const progress = typed.progress === "" ? null : Number(typed.progress);
      const answer = await ask({ kind: "change", id: one.id, version: one.version, ...typed, progress });
      if (answer.ok) shown = typed.column;
      else if (find(one.id)) one = catchUp(one, find(one.id), inputs);
      draw();
      return answer;
    }
    form.onclose = () => cardOf(one.id)?.focus();
  }

  // Somebody else saved the card: what was typed here stays, every other field takes what stands there now.
  function catchUp(was, now, inputs) {
    for (const name of ["column", "progress", "owner_id", "due_on"]) {
      if (!inputs[name].disabled && inputs[name].value === String(was[name] ?? "")) inputs[name].value = now[name] ?? "";
    }
    return now;
  }

  function opensNew() {
    const now = state();
    const fields = [
      field(words("name"), make("input", "", undefined, { type: "text", required: true, maxLength: 80 }), "name"),
      field(words("account"), choice(now.accounts, "", true), "account_id"),
      field(words("industry"), choice(now.industries, "", true), "industry_id"),
      field(words("column"), choice(now.columns, now.columns[0][0]), "column"),
      field(words("owner"), choice(now.owners, "", true), "owner_id"),
      field(words("due"), make("input", "", undefined, { type: "date" }), "due_on"),
    ];
    asks(words("add"), fields, [], async (typed) => {
      const answer = await ask({ kind: "add", ...typed });
      if (answer.ok) shown = typed.column;
      draw();
      return answer;
    });
    form.onclose = () => top.querySelector(".add")?.focus();
  }

  // --- begin and end -------------------------------------------------------------------------------------------------

  model.on("change:state", draw);
  model.on("msg:custom", answers);
  document.addEventListener("pointermove", drags, during);
  document.addEventListener("pointerup", (event) => event.pointerId === drag?.pointer && ends(true), during);
  document.addEventListener("pointercancel", (event) => event.pointerId === drag?.pointer && ends(false), during);
  el.addEventListener("touchmove", (event) => drag?.lifted && event.preventDefault(), { ...during, passive: false });
  el.addEventListener("contextmenu", (event) => drag && !drag.mouse && event.preventDefault(), during);
  document.addEventListener("keydown", (event) => event.key === "Escape" && ends(false), during);
  document.addEventListener("visibilitychange", look, during);
  draw();
  timer = setTimeout(look, model.get("every"));

  return () => {
    parting.abort();
    clearTimeout(timer);
    model.off("change:state", draw);
    model.off("msg:custom", answers);
  };
}

export default { render };
