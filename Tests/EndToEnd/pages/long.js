const list = document.getElementById("list");
for (let n = 1; n <= 100; n += 1) {
  const item = document.createElement("li");
  for (const [name, text] of [["div", ""], ["h2", `Product ${n}`],
    ["p", "A fine thing for rain and for shine, in many colours"],
    ["b", `£${n}.00`], ["s", `£${n + 10}.00`], ["span", " In stock"], ["button", "Add to basket"]]) {
    const part = document.createElement(name);
    part.textContent = text;
    if (name === "div") part.className = "pic";
    item.append(part);
  }
  list.append(item);
}
