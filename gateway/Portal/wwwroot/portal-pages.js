// What the portal's own pages do besides portal.js: the age of the numbers, and answers that are like a title that is typed. Without it the pages lack only this.
(() => {
  'use strict';

  // portal.js marks numbers that are not current with the instant they are of.
  for (const age of document.querySelectorAll('.stats-age')) {
    const number = age.parentElement.querySelector('[data-portal]');
    const show = () => {
      const { portalStale } = number.dataset;
      const at = portalStale && new Date(portalStale);
      age.textContent = at ? `${age.dataset.age} ${at.toLocaleString(document.documentElement.lang === 'en' ? 'en-GB' : 'vi', { dateStyle: 'short', timeStyle: 'short' })}` : '';
    };
    new MutationObserver(show).observe(number, { attributes: true, attributeFilter: ['data-portal-stale'], childList: true });
  }

  const place = document.querySelector('[data-similar]');
  if (!place) return;
  const delayMilliseconds = 400;
  let timer, shown = '';

  async function showSimilar(title) {
    if (title === shown) return;
    shown = title;
    let items = [];
    if (title.length >= 4) {
      try {
        const response = await fetch(`${place.dataset.similar}?title=${encodeURIComponent(title.slice(0, 200))}`);
        if (response.ok) ({ items } = await response.json());
      } catch { /* none is shown */ }
    }
    if (title !== shown) return;
    place.replaceChildren();
    if (!items.length) return;
    const heading = document.createElement('h2'), list = document.createElement('ul');
    heading.textContent = place.dataset.heading;
    for (const { title: words, answer } of items) {
      const item = document.createElement('li'), details = document.createElement('details'), summary = document.createElement('summary'), text = document.createElement('p');
      summary.textContent = words;
      text.textContent = answer;
      text.className = 'said';
      details.append(summary, text);
      item.append(details);
      list.append(item);
    }
    place.append(heading, list);
  }

  // The form is in a shadow tree: what is typed there is found by the event's path.
  document.addEventListener('input', event => {
    const [target] = event.composedPath();
    if (target.name !== 'title') return;
    clearTimeout(timer);
    timer = setTimeout(() => showSimilar(target.value.trim()), delayMilliseconds);
  });
})();
