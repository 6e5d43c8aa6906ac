// The query editor: Yasgui, told to ask this server and no other.
"use strict";

(() => {
  const place = document.getElementById("editor");
  const endpoint = new URL("/sparql", location.href).href;
  const given = new URLSearchParams(location.search).get("query");
  // Both ask the web for prefixes and terms.
  Yasgui.Yasqe.defaults.autocompleters = ["variables"];
  Yasgui.Yasqe.defaults.value = place.dataset.query;
  const yasgui = new Yasgui(place, {
    requestConfig: { endpoint, method: "POST" },
    copyEndpointOnNewTab: false,
    endpointCatalogueOptions: { getData: () => [{ endpoint }], keys: [] },
    autofocus: false,
    persistenceId: "kg-" + location.host,
  });
  for (const id of Object.keys(yasgui._tabs || {})) yasgui.getTab(id).setEndpoint(endpoint);
  if (given) {
    yasgui.addTab(true, { ...Yasgui.Tab.getDefaults(), requestConfig: { ...Yasgui.defaults.requestConfig, endpoint }, name: "Query" });
    yasgui.getTab().setQuery(given);
  }
})();
