(() => {
  "use strict";
  const form = document.getElementById("filter");
  const topics = [...document.querySelectorAll("details.topic")];
  if (topics.length < 2) return;
  const chosen = (name) => form.elements[name]?.value ?? "";
  const apply = () => {
    const pair = chosen("pair");
    const kind = chosen("kind");
    let shown = 0;
    for (const topic of topics) {
      topic.hidden =
        (pair !== "" && topic.dataset.pair !== pair) || (kind !== "" && topic.dataset.kind !== kind);
      if (!topic.hidden) shown += 1;
    }
    for (const list of document.querySelectorAll("section.topics")) {
      const none = list.querySelector("p.none");
      if (none) none.hidden = list.querySelector("details.topic:not([hidden])") !== null;
    }
    form.elements.shown.value = `${shown} of ${topics.length} topics`;
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  apply();
})();
