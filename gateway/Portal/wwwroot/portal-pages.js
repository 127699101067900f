// What the portal's own pages do besides portal.js: the age of the numbers, and answers that are like a title that is typed. Without it the pages lack only this.
(() => {
  'use strict';

  // As the server writes a moment, by the clock of the site: 00:15 01/12/2026, 00:15 1 Dec 2026.
  function momentOf(instant, timeZone) {
    const isEnglish = document.documentElement.lang === 'en';
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone, hourCycle: 'h23', hour: '2-digit', minute: '2-digit', day: isEnglish ? 'numeric' : '2-digit', month: isEnglish ? 'short' : '2-digit', year: 'numeric',
    });
    const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]));
    return `${parts.hour}:${parts.minute} ${[parts.day, parts.month, parts.year].join(isEnglish ? ' ' : '/')}`;
  }

  // portal.js marks numbers that are not current with the instant they are of, and takes the mark away when they are. Numbers that came
  // with an age are marked by it before portal.js runs, so that this age goes, too, though the numbers may stay the same.
  for (const age of document.querySelectorAll('.stats-age')) {
    const numbers = [...age.parentElement.querySelectorAll('[data-portal]')];
    if (age.textContent) numbers.forEach(({ dataset }) => { dataset.portalStale = age.textContent; });
    const observer = new MutationObserver(() => {
      const mark = numbers.map(({ dataset }) => dataset.portalStale).find(Boolean) || '';
      const instant = new Date(mark);
      age.textContent = Number.isNaN(instant.getTime()) ? mark : `${age.dataset.age} ${momentOf(instant, age.dataset.zone)}`;
    });
    numbers.forEach(number => observer.observe(number, { attributeFilter: ['data-portal-stale'] }));
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
