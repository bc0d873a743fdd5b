// northwick: what the pages do by themselves. There is no server side; the basket lives in sessionStorage.
'use strict';

const find = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const pounds = (amount) => (amount < 0 ? '−' : '') + '£' + Math.abs(amount).toFixed(2);

const startBasket = {
  'fellside-moss': { name: 'Fellside trail running shoe – waterproof', price: 89, count: 1 },
  'merino-oat': { name: 'Merino hiking socks, pack of two', price: 12, count: 2 },
};
const basket = JSON.parse(sessionStorage.getItem('basket') || 'null') || startBasket;
let delivery = Number(sessionStorage.getItem('delivery') || 3.95);

function saveBasket() {
  sessionStorage.setItem('basket', JSON.stringify(basket));
  sessionStorage.setItem('delivery', String(delivery));
  showBasket();
}

function showBasket() {
  const entries = Object.values(basket);
  const items = entries.reduce((sum, entry) => sum + entry.price * entry.count, 0);
  const count = entries.reduce((sum, entry) => sum + entry.count, 0);
  const promo = -items / 10;
  const sums = { items, delivery, promo, total: items + delivery + promo };
  for (const [name, amount] of Object.entries(sums)) {
    for (const place of all(`[data-sum=${name}]`)) place.textContent = pounds(amount);
  }
  for (const place of all('[data-basket-count]')) place.textContent = String(count);
  if (find('#empty')) find('#empty').hidden = count > 0;
}

let toastTimer = 0;
function toast(words) {
  const box = find('.toast');
  find('span', box).textContent = words;
  box.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { box.hidden = true; }, 6000);
}

function put(slug, name, price, count) {
  const entry = basket[slug] || (basket[slug] = { name, price, count: 0 });
  entry.count += count;
  saveBasket();
  toast(`${name} is in your basket.`);
}

function startLines() {
  const list = find('#lines');
  if (!list) return;
  const model = find('.line', list).cloneNode(true);
  for (const [slug, entry] of Object.entries(basket)) {
    if (find(`[data-item=${slug}]`, list)) continue;
    const line = model.cloneNode(true);
    line.dataset.item = slug;
    find('img', line).src = `/images/${slug}.svg`;
    find('h2', line).textContent = entry.name;
    find('.meta', line).textContent = 'From the autumn collection';
    find('s', line)?.remove();
    list.append(line);
  }
  for (const line of all('.line', list)) showLine(line);
}

function showLine(line) {
  const entry = basket[line.dataset.item];
  if (!entry || entry.count < 1) { delete basket[line.dataset.item]; line.remove(); return; }
  find('output', line).textContent = String(entry.count);
  find('strong', line).textContent = pounds(entry.price * entry.count);
}

function step(button) {
  const line = button.closest('.line');
  const output = find('output', button.parentElement);
  const change = Number(button.dataset.step);
  if (line) {
    basket[line.dataset.item].count += change;
    showLine(line);
    saveBasket();
  } else {
    output.textContent = String(Math.min(9, Math.max(1, Number(output.textContent) + change)));
  }
}

function add(button) {
  const place = button.closest('[data-item]');
  const size = place.matches('.buy') ? find('#size') : null;
  if (size) {
    find('#size-problem').hidden = size.value !== '';
    if (size.value === '') { size.focus(); return; }
  }
  const name = find('[data-name], h3', place).textContent;
  put(place.dataset.item, name, Number(place.dataset.price), size ? Number(find('output', place).textContent) : 1);
}

function startListing() {
  const form = find('#filters');
  if (!form) return;
  const grid = find('.grid');
  const cards = all('.card', grid);
  const show = () => {
    const data = new FormData(form);
    const kinds = data.getAll('kind');
    const [low, high] = (data.get('price') || '0-9999').split('-').map(Number);
    const words = (new URLSearchParams(location.search).get('q') || '').toLowerCase();
    for (const card of cards) {
      const price = Number(card.dataset.price);
      card.hidden = (kinds.length > 0 && !kinds.includes(card.dataset.kind)) || price < low || price > high
        || (data.get('sale') && !find('s', card)) || !card.textContent.toLowerCase().includes(words);
    }
    const left = cards.filter((card) => !card.hidden).length;
    find('#found').textContent = left === 1 ? '1 product' : `${left} products`;
  };
  const follow = () => {
    const wanted = location.hash.slice(1);
    for (const box of all('[name=kind]', form)) box.checked = box.value === wanted;
    find('[name=sale]', form).checked = wanted === 'sale';
    show();
  };
  form.addEventListener('change', show);
  form.addEventListener('reset', () => setTimeout(show));
  addEventListener('hashchange', follow);
  find('#sort').addEventListener('change', (event) => {
    const sign = { up: 1, down: -1 }[event.target.value] || 0;
    const sorted = [...cards].sort((a, b) => sign * (a.dataset.price - b.dataset.price));
    grid.append(...sorted);
  });
  follow();
}

async function startProduct() {
  const buy = find('.buy');
  const slug = new URLSearchParams(location.search).get('item');
  if (!buy || !slug || slug === buy.dataset.item) return;
  const listing = new DOMParser().parseFromString(await (await fetch('/')).text(), 'text/html');
  const card = find(`[data-item="${CSS.escape(slug)}"]`, listing);
  if (!card) return;
  Object.assign(buy.dataset, { item: slug, price: card.dataset.price });
  for (const place of all('[data-name]')) place.textContent = find('h3', card).textContent;
  find('.price', buy).replaceWith(document.importNode(find('.price', card), true));
  showPicture(slug);
}

function showPicture(slug) {
  find('#big').src = `/images/${slug}.svg`;
  for (const thumb of all('[data-picture]')) {
    if (thumb.dataset.picture === slug) thumb.setAttribute('aria-current', 'true');
    else thumb.removeAttribute('aria-current');
  }
}

function showTab(tab) {
  for (const other of all('[role=tab]')) {
    other.setAttribute('aria-selected', String(other === tab));
    other.tabIndex = other === tab ? 0 : -1;
    find('#' + other.getAttribute('aria-controls')).hidden = other !== tab;
  }
  tab.focus();
}

/** Marks one field as wrong or right. */
function mark(field, wrong) {
  if (wrong) field.setAttribute('aria-invalid', 'true');
  else field.removeAttribute('aria-invalid');
  return wrong;
}

// The outward part alone, or half of the inward part, looks right to the shopper and is refused.
const fullPostcode = /^[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}$/i;

function checkDelivery(form) {
  const fields = form.elements;
  const badPostcode = mark(fields.postcode, !fullPostcode.test(fields.postcode.value.trim()));
  find('#postcode-problem').hidden = !badPostcode;
  const others = all('[required]', form).filter((field) => field !== fields.postcode);
  const missing = others.filter((field) => mark(field, !field.value.trim() || !field.checkValidity())).length;
  const short = mark(fields.password, fields.account.checked && fields.password.value.length < 10);
  const count = Number(badPostcode) + missing + Number(short) + Number(!fields.terms.checked);
  const summary = find('#summary');
  summary.hidden = count === 0;
  summary.textContent = count === 1 ? 'One thing needs another look before you can order.'
    : `${count} things need another look before you can order.`;
  return count === 0;
}

function startDelivery() {
  const form = find('#delivery');
  if (!form) return;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (checkDelivery(form)) location.href = '/order-done';
    else form.querySelector('[aria-invalid=true]')?.focus();
  });
  form.elements.postcode.addEventListener('blur', () => {
    if (form.elements.postcode.value) checkPostcodeOnly(form);
  });
  for (const method of form.elements.method) {
    method.addEventListener('change', () => { delivery = Number(method.value); saveBasket(); });
  }
}

function checkPostcodeOnly(form) {
  const wrong = !fullPostcode.test(form.elements.postcode.value.trim());
  find('#postcode-problem').hidden = !mark(form.elements.postcode, wrong);
}

function startPromo() {
  const form = find('#promo');
  if (!form) return;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    mark(form.elements.promo, true);
    find('.problem', form).hidden = false;
  });
}

document.addEventListener('click', (event) => {
  const button = event.target.closest?.('button');
  if (!button) return;
  const { step: change, picture, open } = button.dataset;
  if (change) step(button);
  else if (picture) showPicture(picture);
  else if (open) find('#' + open).showModal();
  else if ('add' in button.dataset) add(button);
  else if ('later' in button.dataset) toast('We could not save your basket. Try again.');
  else if (button.matches('[role=tab]')) showTab(button);
  else if (button.closest('.toast')) find('.toast').hidden = true;
});

document.addEventListener('keydown', (event) => {
  const tab = event.target.closest?.('[role=tab]');
  const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!tab || !move) return;
  const tabs = all('[role=tab]');
  showTab(tabs[(tabs.indexOf(tab) + move + tabs.length) % tabs.length]);
});

startLines();
startListing();
startProduct();
startDelivery();
startPromo();
showBasket();
