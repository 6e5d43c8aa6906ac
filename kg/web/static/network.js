// The genes that are named in figures together with one gene, as a small network and as a list.
"use strict";

(async () => {
  const place = document.getElementById("network");
  const list = document.getElementById("network-list");
  const answer = await fetch(place.dataset.source);
  if (!answer.ok) {
    list.textContent = "The network is not to be had just now.";
    place.hidden = true;
    return;
  }
  const { nodes, edges } = await answer.json();
  if (nodes.length < 2) {
    list.textContent = "No figure names another gene beside it by symbol, or by a synonym that means one gene alone.";
    place.hidden = true;
    return;
  }
  const items = document.createElement("ul");
  items.className = "facts";
  for (const node of nodes.filter((node) => !node.centre)) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = node.href;
    link.textContent = node.label;
    item.append(link, " " + node.figures);
    items.append(item);
  }
  list.replaceChildren(items);
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const network = cytoscape({
    container: place,
    elements: [
      ...nodes.map((node) => ({ data: node })),
      ...edges.map((edge) => ({ data: { ...edge, width: Math.min(8, 1 + Math.log2(edge.figures)) } })),
    ],
    style: [
      {
        selector: "node",
        style: {
          label: "data(label)", color: colour("--text"), "background-color": colour("--accent"), "font-size": 12,
          "text-valign": "top", width: 16, height: 16,
        },
      },
      { selector: "node[?centre]", style: { width: 26, height: 26, "font-weight": "bold" } },
      {
        selector: "edge",
        style: { width: "data(width)", "line-color": colour("--line"), "curve-style": "haystack" },
      },
    ],
    layout: {
      name: "concentric", animate: false, padding: 24, minNodeSpacing: 34,
      concentric: (node) => (node.data("centre") ? 2 : 1), levelWidth: () => 1,
    },
    userZoomingEnabled: false,
  });
  network.on("tap", "node", (event) => { location.href = event.target.data("href"); });
})();
