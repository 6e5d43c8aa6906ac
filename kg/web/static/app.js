// What the pages gain by JavaScript: completion in fields, and buttons that copy. Without it they work all the same.
"use strict";

(() => {
  const DELAY = 120;

  function complete(field, number) {
    const list = document.createElement("datalist");
    list.id = "completion-" + number;
    document.body.append(list);
    field.setAttribute("list", list.id);
    field.setAttribute("autocomplete", "off");
    let timer = 0;
    let last = "";
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(async () => {
        // In a field for several names, the last one is completed.
        const several = field.dataset.many === "true";
        const parts = several ? field.value.match(/^(.*[\s,;])?([^\s,;]*)$/) : [null, "", field.value];
        const before = (parts && parts[1]) || "";
        const typed = (parts && parts[2]) || "";
        if (!typed || field.value === last) return;
        last = field.value;
        const asked = new URLSearchParams({ q: typed });
        for (const kind of (field.dataset.complete || "").split(" ")) if (kind) asked.append("kind", kind);
        const answer = await fetch("/complete?" + asked);
        if (!answer.ok || field.value !== last) return;
        list.replaceChildren(
          ...(await answer.json()).map((hit) => {
            const option = document.createElement("option");
            option.value = before + hit.value;
            option.label = hit.label;
            return option;
          }),
        );
      }, DELAY);
    });
  }

  function copy(element) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.setAttribute("aria-label", "Copy " + (element.dataset.label || element.dataset.copy));
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(element.dataset.copy);
        button.textContent = "Copied";
      } catch {
        button.textContent = "Not allowed";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
    element.after(button);
  }

  document.querySelectorAll("input[data-complete]").forEach(complete);
  if (navigator.clipboard) document.querySelectorAll("[data-copy]").forEach(copy);
})();
