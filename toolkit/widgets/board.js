// The campaign board's page. It knows no rule and no sentence: `state` (board_words.py) holds what it shows.
// Cards are moved by drag and drop (board_drag.js, which stands before this), by keys, or in the card's own form.

const PATIENCE = 10000; // ms to wait for an answer
const STAYS = 15000; // ms that what was done is said

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
  let sent = null; // a card on its way: id, to
  const unfolded = new Set();
  const versions = new Map(); // of the cards as they were drawn last: what changed since lights up

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
  el.append(top, notes, trouble, touch, chips, lanes, lines, keys, week, form);

  function draw() {
    if (pointer.holds()) return; // not under somebody's finger; drawn when it is let go
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
    for (const one of now.lanes.flatMap((some) => some.cards)) versions.set(one.id, one.version);
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
    if (held?.to === one.code) made.classList.add("target");
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
    if (versions.size && versions.get(one.id) !== one.version) made.classList.add("fresh");
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
    made.onclick = () => pointer.lately() || opens(find(one.id));
    if (!state().read_only) made.onpointerdown = (event) => sent || pointer.presses(event, made, one);
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

  // A line that says something, for a while; what went wrong stays until the next thing is done.
  function tell(text, alarm = false, line = said) {
    line.classList.toggle("alarm", alarm);
    line.setAttribute("role", alarm ? "alert" : "status");
    line.textContent = text;
    clearTimeout(line.fading);
    if (!alarm && !held && !pointer.holds()) line.fading = setTimeout(() => (line.textContent = ""), STAYS);
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
    if (!looking && !pointer.holds() && !document.hidden && el.checkVisibility()) {
      looking = true;
      const answer = await ask({ kind: "look" });
      looking = false;
      trouble.textContent = answer.ok ? "" : answer.text;
      trouble.hidden = answer.ok;
      if (answer.ok && answer.text) tell(answer.text, false, news);
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

  // --- by pointer (board_drag.js) ------------------------------------------------------------------------------------

  const pointer = dragging(el, during, {
    lifts: () => (held = null),
    over: (one, to) => tell(over(one.name, to)),
    drops: (one, to) => {
      if (to && to !== one.column) return moves(one.id, one.version, to);
      draw();
      tell(words("put_back", { name: one.name }));
    },
  });

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

  // A name and its input; `why`: it is not to be changed here.
  function field(label, input, name, why = "") {
    const made = make("div", "field");
    Object.assign(input, { name, id: `${keys.id}-${name}`, disabled: Boolean(why) || state().read_only });
    made.append(make("label", "", label, { htmlFor: input.id }), input);
    if (why) made.append(make("small", "", why));
    return made;
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
      field(words("owner"), choice(now.owners, one.owner_id, true), "owner_id", now.owner_fixed),
      field(words("due"), day, "due_on"),
    ];
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
