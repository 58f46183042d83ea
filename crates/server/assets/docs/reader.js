// Renders /openapi.json. Builds elements and sets text only, so no markup from anywhere is interpreted.

const METHODS = ["get", "put", "post", "patch", "delete"];

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function resolve(description, schema) {
  const path = schema?.$ref?.split("/").slice(1);
  return path ? path.reduce((at, part) => at?.[part], description) ?? {} : schema ?? {};
}

function typeName(schema) {
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants) return variants.map(typeName).join(" | ");
  if (schema.items) return `${typeName(schema.items)}[]`;
  const types = [schema.type ?? "any"].flat().join(" | ");
  return schema.format ? `${types} (${schema.format})` : types;
}

function fields(description, schema) {
  const resolved = resolve(description, schema);
  const properties = Object.entries(resolved.properties ?? {});
  if (properties.length === 0) return element("pre", {}, JSON.stringify(resolved, null, 2));
  const rows = properties.map(([name, inner]) =>
    element("tr", {},
      element("td", {}, element("code", {}, name), resolved.required?.includes(name) ? "" : " ?"),
      element("td", {}, element("code", {}, typeName(inner))),
      element("td", {}, inner.description ?? "")));
  return element("table", {}, element("tbody", {}, ...rows));
}

function parameters(operation) {
  const rows = (operation.parameters ?? []).map((parameter) =>
    element("tr", {},
      element("td", {}, element("code", {}, parameter.name), parameter.required ? "" : " ?"),
      element("td", {}, parameter.in),
      element("td", {}, parameter.description ?? parameter.schema?.description ?? "")));
  return rows.length ? [element("h2", {}, "Parameters"), element("table", {}, element("tbody", {}, ...rows))] : [];
}

function body(description, title, content) {
  const schema = Object.values(content ?? {})[0]?.schema;
  return schema ? [element("h2", {}, title), fields(description, schema)] : [];
}

function render(description, path, method, operation) {
  const answer = Object.entries(operation.responses ?? {}).find(([status]) => status.startsWith("2"))?.[1];
  const head = element("summary", {},
    element("span", { className: "method" }, method.toUpperCase()), element("code", {}, path),
    ` ${operation.summary ?? ""}`);
  const made = element("details", { id: operation.operationId ?? "" }, head,
    element("p", { className: "facts" }, `Operation ${operation.operationId ?? ""}`),
    ...(operation.description ? [element("p", {}, operation.description)] : []),
    ...parameters(operation),
    ...body(description, "Request", resolve(description, operation.requestBody).content),
    ...body(description, "Answer", resolve(description, answer).content));
  made.dataset.words = `${method} ${path} ${operation.operationId} ${operation.summary}`.toLowerCase();
  return made;
}

function filterBy(list, word) {
  for (const item of list.children) item.hidden = !item.dataset.words.includes(word.toLowerCase());
}

async function main() {
  const list = document.getElementById("operations");
  const answer = await fetch("/openapi.json");
  if (!answer.ok) {
    list.textContent = "The description of the API could not be loaded. Try again in a moment.";
    return;
  }
  const description = await answer.json();
  const operations = Object.entries(description.paths ?? {}).flatMap(([path, methods]) =>
    METHODS.filter((method) => methods[method]).map((method) => render(description, path, method, methods[method])));
  list.replaceChildren(...operations);
  document.getElementById("filter").addEventListener("input", (event) => filterBy(list, event.target.value));
  const linked = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (linked) {
    linked.open = true;
    linked.scrollIntoView();
  }
}

main();
