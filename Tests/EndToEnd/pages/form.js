const rows = document.getElementById("rows");
for (let n = 1; n <= 40; n += 1) {
  const row = document.createElement("div");
  row.textContent = `Row number ${n}`;
  rows.append(row);
}
const root = document.getElementById("host").attachShadow({ mode: "open" });
root.innerHTML = "<p>Words in a shadow root, <slot></slot></p>";
document.getElementById("host").textContent = "and slotted words";
document.getElementById("form").addEventListener("submit", (event) => event.preventDefault());
