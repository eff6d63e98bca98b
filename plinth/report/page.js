"use strict";
// Without this script the page shows every stack, one below the other, in the order of the plan.
document.documentElement.classList.add("scripted");

document.addEventListener("DOMContentLoaded", () => {
  const search = document.getElementById("search");
  const matches = document.getElementById("matches");
  const tabs = [...document.querySelectorAll(".stacks a")];
  const stacks = [...document.querySelectorAll(".stack")].map((element, index) => ({
    element,
    tab: tabs[index],
    hits: tabs[index].querySelector(".hits"),
    parts: [...element.querySelectorAll(".part")].map((part) => ({
      element: part,
      count: part.querySelector(".rows"),
      rows: [...part.querySelectorAll("tbody tr")].map((row) => ({ row, text: "" })),
    })),
  }));
  let current = stacks[0];

  // One stack at a time: the one that the address names, or that holds the section it names.
  function show() {
    const target = document.getElementById(location.hash.slice(1));
    current = stacks.find((stack) => stack.element.contains(target)) ?? current;
    for (const stack of stacks) {
      stack.element.classList.toggle("current", stack === current);
      if (stack === current) stack.tab.setAttribute("aria-current", "true");
      else stack.tab.removeAttribute("aria-current");
    }
    say();
    target?.scrollIntoView();
  }

  // Every word has to be in a row, in any case and any order.
  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const stack of stacks) {
      stack.found = stack.all = 0;
      for (const part of stack.parts) {
        let found = 0;
        for (const entry of part.rows) {
          entry.text ||= [...entry.row.cells].map((cell) => cell.textContent).join("\n").toLowerCase();
          const matching = words.every((word) => entry.text.includes(word));
          if (entry.row.hidden === matching) entry.row.hidden = !matching;
          if (matching) found += 1;
        }
        stack.found += found;
        stack.all += part.rows.length;
        part.element.hidden = words.length > 0 && found === 0;
        if (part.count) part.count.textContent = words.length ? `${spelt(found)} of ${spelt(part.rows.length)}` : spelt(found);
      }
      stack.hits.textContent = words.length ? spelt(stack.found) : "";
    }
    document.documentElement.classList.toggle("searching", words.length > 0);
    say();
  }

  function say() {
    matches.textContent = search.value.trim() ? `${spelt(current.found)} of ${spelt(current.all)} rows` : "";
  }

  function spelt(number) {
    return number.toLocaleString("en");
  }

  // Numbers begin with the largest, words with the first; what says nothing is always last.
  function sort(head) {
    const column = head.cellIndex;
    const body = head.closest("table").tBodies[0];
    const numeric = head.classList.contains("n");
    const was = head.getAttribute("aria-sort");
    const down = was ? was === "ascending" : numeric;
    for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const compare = new Intl.Collator("en", { numeric: true, sensitivity: "base" }).compare;
    const keyed = [...body.rows].map((row) => {
      const cell = row.cells[column];
      return { row, key: cell.classList.contains("none") ? null : numeric ? Number(cell.dataset.value) : cell.textContent };
    });
    keyed.sort((one, other) => {
      if (one.key === null || other.key === null) return (one.key === null) - (other.key === null);
      return (numeric ? one.key - other.key : compare(one.key, other.key)) * (down ? -1 : 1);
    });
    body.append(...keyed.map((entry) => entry.row));
  }

  document.addEventListener("click", (event) => {
    const head = event.target.closest("thead th");
    if (head) sort(head);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== search && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.select();
    } else if (event.key === "Escape" && document.activeElement === search) {
      search.value = "";
      filter();
    }
  });
  search.addEventListener("input", filter);
  window.addEventListener("hashchange", show);
  filter();
  show();
});
