// Counts the views of a page and shows the numbers of its site. The contract: docs/integration.md.
(() => {
  'use strict';

  const script = document.currentScript || document.querySelector('script[data-site]');
  const loaded = Symbol.for('portal.js');
  if (!script || window[loaded]) return;
  window[loaded] = true;

  const { site } = script.dataset;
  const host = new URL(script.src).origin;
  const api = `${host}/api/sites/${encodeURIComponent(site)}`;
  const storageKey = `portal:${site}`; // the last numbers; below it the views that wait
  const maxWaitingViews = 50;
  const refreshSeconds = 30;
  const maxWaitSeconds = 60;

  const waitingViews = new Map(); // not acknowledged, by id
  let address, page, numbers, isRestored, inFlight = 0, failures = 0, isStopped, isRefreshing, isFormLoaded, resendTimer, refreshTimer, refreshDue, updateTimer;

  // A fault in here is no fault of the page. Storage may be forbidden or full.
  const guarded = work => (...values) => { try { return work(...values); } catch { return undefined; } };
  const withStorage = work => guarded(() => work(sessionStorage))();
  const jittered = seconds => seconds * 1000 * (1 + Math.random() / 5);
  const languageOf = element => (element.closest('[lang]') || document.documentElement).lang || 'vi';

  function warn(text) {
    if (!isStopped) console.warn(`portal.js: ${text}`);
    isStopped = true;
  }

  // The numbers; or after how many seconds to send the same again; or null where that is of no use.
  async function request(path, options) {
    let wait = 0;
    try {
      const signal = AbortSignal.timeout ? AbortSignal.timeout(20000) : undefined;
      const response = await fetch(api + path, { mode: 'cors', credentials: 'omit', signal, ...options });
      if (response.ok) {
        const reply = await response.json();
        if (reply.views) return reply;
      } else if (response.status < 500 && response.status !== 408 && response.status !== 429) {
        if (/40[34]/.test(response.status)) warn(`no site "${site}" for this page at ${host}.`);
        return null;
      } else {
        wait = Number(response.headers.get('Retry-After')) || 0;
      }
    } catch { /* no reply, or not of this API */ }
    return wait;
  }

  // Views

  function recordView(referrer) {
    if (isStopped) return;
    if (numbers) delete numbers.page;
    const view = Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => (byte + 256).toString(16).slice(1)).join('');
    const record = { page, view, referrer: referrer.slice(0, 2048) || undefined, at: Date.now() };
    withStorage(storage => Object.keys(storage).filter(key => key.startsWith(`${storageKey}:`)).forEach(key => {
      const earlier = JSON.parse(storage[key]);
      waitingViews.set(earlier.view, earlier);
    }));
    if (waitingViews.size < maxWaitingViews) {
      waitingViews.set(view, record);
      withStorage(storage => storage.setItem(`${storageKey}:${view}`, JSON.stringify(record)));
    }
    sendView(record);
  }

  async function sendView({ at, ...view }) {
    inFlight++;
    const body = JSON.stringify({ ...view, age: Math.max(0, Date.now() - at) });
    const reply = await request('/views', { method: 'POST', keepalive: true, body });
    inFlight--;
    if (typeof reply === 'number') {
      clearTimeout(resendTimer);
      resendTimer = setTimeout(resendViews, jittered(Math.min(Math.max(reply, 2 ** failures++), maxWaitSeconds)));
      if (failures === 1) refresh();
      return;
    }
    failures = 0;
    waitingViews.delete(view.view);
    withStorage(storage => storage.removeItem(`${storageKey}:${view.view}`));
    if (reply && view.page === page) show(reply);
    resendViews();
  }

  function resendViews() {
    const [oldest] = waitingViews.values();
    if (oldest && !inFlight && !isStopped) sendView(oldest);
  }

  // Numbers

  function scheduleRefresh(seconds) {
    refreshDue = Date.now() + jittered(seconds);
    awaitRefresh();
  }

  function awaitRefresh() {
    clearTimeout(refreshTimer);
    refreshTimer = setTimeout(refresh, refreshDue - Date.now());
  }

  async function refresh() {
    if (isRefreshing || isStopped || document.hidden) return;
    if (document.querySelector('[data-portal],portal-stats')) {
      isRefreshing = true;
      const asked = page;
      const reply = await request(`/stats?page=${encodeURIComponent(asked)}`);
      isRefreshing = false;
      if (reply && reply.views) {
        if (asked !== page) delete reply.page;
        show(reply);
        return;
      }
      isRestored = isRestored || !numbers;
      numbers = numbers || withStorage(storage => JSON.parse(storage[storageKey]));
      if (numbers) numbers.stale = true;
      update();
    }
    scheduleRefresh(refreshSeconds);
  }

  function show(reply) {
    numbers = reply;
    isRestored = false;
    withStorage(storage => storage.setItem(storageKey, JSON.stringify({ ...reply, page: undefined })));
    update();
    scheduleRefresh(refreshSeconds);
  }

  const update = guarded(() => {
    updateTimer = 0;
    if (document.querySelector('portal-feedback')) loadForm();
    if (!numbers) return;
    fillIn(document);
    document.querySelectorAll('portal-stats').forEach(box => {
      const language = languageOf(box);
      fillIn(box.shadowRoot);
      box.shadowRoot.lastChild.textContent = numbers.stale ? textsOf(language)[5] + new Date(numbers.asOf).toLocaleString(language) : '';
    });
  });

  const fillIn = root => root.querySelectorAll('[data-portal]').forEach(fill);

  function fill(element) {
    const name = element.dataset.portal, { online, views, page: ofPage } = numbers;
    const value = name === 'online' ? online : name === 'page' ? ofPage && ofPage.views.total : views[name];
    // Numbers from before this page are older than those that its server has written into it.
    if (!Number.isInteger(value) || (isRestored && /\d/.test(element.textContent))) return;
    const text = format(value, element.getRootNode().host || element);
    if (element.textContent !== text) element.textContent = text;
    if (numbers.stale) element.setAttribute('data-portal-stale', numbers.asOf);
    else element.removeAttribute('data-portal-stale');
  }

  function format(value, element) {
    const example = (element.closest('[data-format]') || script).dataset.format;
    if (!example) return value.toLocaleString(languageOf(element));
    return String(value).replace(/\B(?=(\d{3})+$)/g, example.replace(/\d/g, '').charAt(0));
  }

  // Elements

  const textsOf = language => (/^en/i.test(language)
    ? ['Visitor statistics', 'Online', 'Today', 'This week', 'Total views', 'As of ']
    : ['Thống kê truy cập', 'Đang trực tuyến', 'Hôm nay', 'Tuần này', 'Tổng lượt truy cập', 'Số liệu lúc ']);

  const css = ':host{display:block;color:var(--portal-text,inherit);background:var(--portal-background,none);border:1px solid var(--portal-border,currentColor);'
    + 'border-radius:var(--portal-radius,.5rem);padding:1rem}:host([hidden]){display:none}p,dl,dd{margin:0}p,dd{font-weight:600}'
    + 'div{display:flex;justify-content:space-between;gap:1rem;padding-top:.5rem}dd{color:var(--portal-accent,inherit);font-variant-numeric:tabular-nums}';

  function append(parent, name, text) {
    const child = parent.appendChild(document.createElement(name));
    child.textContent = text;
    return child;
  }

  function build(root) {
    const [title, ...labels] = textsOf(languageOf(root.host));
    guarded(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      root.adoptedStyleSheets = [sheet];
    })();
    const section = append(root, 'section', '');
    section.setAttribute('aria-labelledby', 'title');
    append(section, 'p', title).id = 'title';
    const list = append(section, 'dl', '');
    ['online', 'today', 'week', 'total'].forEach((name, i) => {
      const row = append(list, 'div', '');
      append(row, 'dt', labels[i]);
      append(row, 'dd', '–').dataset.portal = name;
    });
    append(root, 'small', '');
  }

  class PortalStats extends HTMLElement {
    connectedCallback() {
      guarded(() => {
        if (!this.shadowRoot) build(this.attachShadow({ mode: 'open' }));
        update();
      })();
    }
  }

  function loadForm() {
    if (isFormLoaded || customElements.get('portal-feedback')) return;
    isFormLoaded = true;
    const form = document.createElement('script');
    form.src = new URL('portal-form.js', script.src);
    form.nonce = script.nonce;
    form.dataset.site = site;
    document.head.append(form);
  }

  // Navigation

  const addressNow = () => location.href.split('#')[0];
  const pathOf = ({ pathname, search }) => pathname + search;

  // A page that only changes its own query (a filter, a position) is not another one.
  const moved = guarded(isReplaced => {
    const before = address;
    address = addressNow();
    if (address === before || (isReplaced && address.split('?')[0] === before.split('?')[0])) return;
    page = pathOf(location);
    recordView(before);
  });

  function watchNavigation() {
    if (window.navigation) {
      navigation.addEventListener('currententrychange', event => moved(event.navigationType === 'replace'));
    } else {
      for (const name of ['pushState', 'replaceState']) {
        const original = history[name];
        history[name] = function (...values) {
          const result = original.apply(this, values);
          moved(name === 'replaceState');
          return result;
        };
      }
      addEventListener('popstate', () => moved());
    }
    addEventListener('pageshow', event => event.persisted && guarded(recordView)(document.referrer));
  }

  const start = guarded(() => {
    if (document.prerendering) return document.addEventListener('prerenderingchange', start, { once: true });
    if (document.readyState === 'loading') return document.addEventListener('DOMContentLoaded', start, { once: true });
    const canonical = guarded(() => new URL(document.querySelector('link[rel=canonical]').href))();
    page = pathOf(canonical && canonical.origin === location.origin ? canonical : location);
    address = addressNow();
    scheduleRefresh(refreshSeconds);
    recordView(document.referrer);
    watchNavigation();
    addEventListener('online', resendViews);
    document.addEventListener('visibilitychange', awaitRefresh);
    new MutationObserver(() => { updateTimer = updateTimer || setTimeout(update, 100); })
      .observe(document, { childList: true, subtree: true, attributeFilter: ['data-portal', 'data-format'] });
    update();
  });

  if (!site || !location.protocol.startsWith('http')) return warn('needs data-site, and a page over http or https.');
  guarded(() => customElements.define('portal-stats', PortalStats))();
  start();
})();
