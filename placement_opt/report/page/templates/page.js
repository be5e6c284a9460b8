"use strict";
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const people = read("people"), words = read("words");
  const keys = people.columns.map((column) => column.key);
  const at = (key) => keys.indexOf(key);
  const numeric = new Set(["hours", "coaching", "eur", "points"]);
  const digits = { hours: 1, coaching: 2, eur: 0, points: 1 };
  const format = (value, key) => value === null ? "" :
    new Intl.NumberFormat(words.locale, { maximumFractionDigits: digits[key] ?? 2 }).format(value);
  const compare = new Intl.Collator(words.locale, { numeric: true }).compare;
  const perPage = 50, onPaper = 200;
  const say = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const make = (tag, text, attributes = {}) => {
    const node = document.createElement(tag);
    if (text !== undefined) node.textContent = text;
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    return node;
  };
  const body = document.querySelector("#rows tbody"), head = document.querySelector("#rows thead tr");
  const search = document.getElementById("search"), kind = document.getElementById("kind");
  const found = document.getElementById("found"), where = document.getElementById("where");
  const previous = document.getElementById("previous"), following = document.getElementById("following");
  const searched = keys.filter((key) => !numeric.has(key)).map(at);
  const texts = people.rows.map((row) => searched.map((column) => row[column]).join("\n").toLowerCase());
  let order = people.rows.map((_, row) => row), shown = order, sorted = { column: 0, up: true }, page = 0;

  function select() {
    const parts = search.value.toLowerCase().split(/\s+/).filter(Boolean), opening = at("opening");
    shown = order.filter((row) =>
      (kind.value === "all" || (kind.value === "placed") === (people.rows[row][opening] !== "")) &&
      parts.every((part) => texts[row].includes(part)));
    page = 0;
    draw();
  }
  function sort(column) {
    sorted = { column, up: sorted.column === column ? !sorted.up : true };
    const sign = sorted.up ? 1 : -1, rows = people.rows;
    const isEmpty = (value) => value === null || value === "";
    order.sort((a, b) => {
      const one = rows[a][column], other = rows[b][column];
      if (isEmpty(one) || isEmpty(other)) return isEmpty(one) - isEmpty(other) || a - b;
      return sign * (numeric.has(keys[column]) ? one - other : compare(one, other)) || a - b;
    });
    [...head.children].forEach((cell, place) => {
      if (place === column) cell.setAttribute("aria-sort", sorted.up ? "ascending" : "descending");
      else cell.removeAttribute("aria-sort");
    });
    select();
  }
  // The name of the column, which a narrow screen shows before each value.
  const named = (column, attributes = {}) => ({ ...attributes, "data-name": people.columns[column].name });
  function line(row) {
    const tr = make("tr"), values = people.rows[row], isPlaced = values[at("opening")] !== "";
    values.forEach((value, column) => {
      const key = keys[column];
      if (key === "status" ? isPlaced : !isPlaced && key !== "person" && key !== "home") return;
      if (key === "person") {
        const cell = make("th", undefined, { scope: "row" });
        if (people.cards) {
          const button = make("button", value, {
            class: "person", type: "button", "aria-label": say(words.open_card, { person: value }),
          });
          button.addEventListener("click", () => card(row));
          cell.append(button);
        } else cell.textContent = value;
        tr.append(cell);
      } else if (numeric.has(key)) tr.append(make("td", format(value, key), named(column, { class: "n" })));
      else if (key !== "status") tr.append(make("td", value, named(column)));
      else tr.append(make("td", value, { class: "status", colspan: keys.length - tr.children.length - 1 }));
    });
    return tr;
  }
  function draw(most = perPage) {
    const start = page * perPage, pages = Math.max(1, Math.ceil(shown.length / perPage));
    body.replaceChildren(...shown.slice(start, start + most).map(line));
    found.textContent = say(words.found, { n: format(shown.length) });
    where.textContent = say(words.page_of, { page: format(page + 1), pages: format(pages) });
    previous.disabled = page === 0;
    following.disabled = page >= pages - 1;
  }
  people.columns.forEach((column, place) => {
    if (column.key === "status") return;
    const cell = make("th", undefined, { scope: "col" });
    if (numeric.has(column.key)) cell.className = "n";
    const button = make("button", column.name, {
      type: "button", "aria-label": say(words.sort_by, { column: column.name }),
    });
    button.addEventListener("click", () => sort(place));
    cell.append(button);
    head.append(cell);
  });
  const headings = [...head.querySelectorAll("button")];
  const dialog = document.getElementById("card");
  function list(title, lead, rows) {
    const part = make("div");
    part.append(make("h3", title));
    if (lead) part.append(make("p", lead, { class: "soft" }));
    const table = make("table");
    for (const cells of rows) {
      const tr = make("tr");
      cells.forEach((cell, place) => tr.append(
        make(place ? "td" : "th", cell, place ? {} : { scope: "row" })));
      table.append(tr);
    }
    part.append(table);
    return part;
  }
  function card(row) {
    const values = people.rows[row], person = values[at("person")], isPlaced = values[at("opening")] !== "";
    const facts = people.columns.flatMap((column, place) =>
      values[place] === null || values[place] === "" || column.key === "person" ? [] :
        [[column.name, numeric.has(column.key) ? format(values[place], column.key) : values[place]]]);
    const parts = [list(isPlaced ? words.placed : words.not_placed, "", facts)];
    if (isPlaced && people.cards.points[row]) parts.push(list(words.card_terms, "",
      people.cards.terms.map((term, place) => [term, format(people.cards.points[row][place], "points")])));
    const steps = people.cards.steps[person] ?? [];
    if (steps.length) parts.push(list(words.card_steps, "", steps.map((step) => [step])));
    const next = people.cards.next[person] ?? [];
    parts.push(list(words.card_next, words.card_next_lead, next.length ? next.map(([opening, points, free, why]) =>
      [opening, format(points, "points"), free > 0 ? say(words.places_free, { n: free }) : "",
        why.map((place) => people.cards.reasons[place]).join("; ")]) :
      [[words.card_none]]));
    document.getElementById("card-title").textContent = person;
    document.getElementById("card-body").replaceChildren(...parts);
    dialog.showModal();
  }
  document.getElementById("close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  search.addEventListener("input", select);
  kind.addEventListener("change", select);
  previous.addEventListener("click", () => { page -= 1; draw(); });
  following.addEventListener("click", () => { page += 1; draw(); });
  window.addEventListener("beforeprint", () => {
    page = 0;
    draw(onPaper);
    // Chromium repeats the names of columns on each sheet only where they are no buttons.
    headings.forEach((heading) => heading.replaceWith(heading.textContent));
  });
  window.addEventListener("afterprint", () => {
    headings.forEach((heading, place) => head.children[place].replaceChildren(heading));
    draw();
  });
  document.getElementById("tools").hidden = false;
  sort(0);
  if (!sorted.up) sort(0);
})();
