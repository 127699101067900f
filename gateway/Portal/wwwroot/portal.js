// Counts views and shows numbers. The contract: docs/integration.md.
(() => {
  'use strict';

  const script = document.currentScript || document.querySelector('script[data-site]');
  const loaded = Symbol.for('portal.js');
  if (!script || window[loaded]) return;
  window[loaded] = true;

  const { site } = script.dataset;
  const host = new URL(script.src).origin;
  const api = `${host}/api/sites/${encodeURIComponent(site)}`;
  const storageKey = `portal:${site}`; // the last numbers
  const keyOf = ({ view }) => `${storageKey}:${view}`;
  const maxWaitingViews = 50;
  const refreshSeconds = 30;
  const maxWaitSeconds = 60;

  const waitingViews = new Map(); // not acknowledged, by id
  let address, page, numbers, inFlight = 0, failures = 0, isStopped, isRefreshing, isFormLoaded, resendTimer, refreshTimer, refreshDue, updateTimer;

  // No fault in here is one of the page. Storage may be forbidden or full.
  const guarded = work => (...values) => { try { return work(...values); } catch {} };
  const store = guarded((key, value) => { sessionStorage[key] = JSON.stringify(value); });
  const stored = guarded(key => JSON.parse(sessionStorage[key]));
  const forget = guarded(key => delete sessionStorage[key]);
  const jittered = seconds => seconds * 1000 * (1 + Math.random() / 5);

  // vi_VN is vi-VN; no tag is vi.
  function languageOf(element) {
    const { lang } = element.closest('[lang]') || document.documentElement;
    return guarded(() => Intl.getCanonicalLocales(lang.replace(/_/g, '-'))[0])() || 'vi';
  }

  function warn(text) {
    if (!isStopped) console.warn(`portal.js: ${text}`);
    isStopped = true;
  }

  // The numbers; or the seconds to wait before the same is sent again; or null: never.
  async function request(path, options) {
    let wait = 0;
    try {
      const signal = AbortSignal.timeout && AbortSignal.timeout(20000);
      const response = await fetch(api + path, { credentials: 'omit', signal, ...options }), { status } = response;
      if (response.ok) {
        const reply = await response.json();
        if (reply.views) return reply;
      } else if (status < 500 && status !== 408 && status !== 429) {
        if (/40[34]/.test(status)) warn(`no site "${site}" for this page at ${host}.`);
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
    const view = crypto.getRandomValues(new Uint32Array(4)).join('-');
    const record = { page, view, referrer: referrer.slice(0, 2048) || undefined, at: Date.now() };
    guarded(() => Object.keys(sessionStorage).filter(key => key.startsWith(`${storageKey}:`)).forEach(key => {
      const earlier = stored(key);
      if (earlier && key === keyOf(earlier)) waitingViews.set(earlier.view, earlier);
      else forget(key);
    }))();
    if (waitingViews.size < maxWaitingViews) {
      waitingViews.set(view, record);
      store(keyOf(record), record);
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
    forget(keyOf(view));
    if (reply && view.page === page) show(reply);
    resendViews();
  }

  function resendViews() {
    const [oldest] = waitingViews.values();
    if (oldest && !inFlight && !isStopped) sendView(oldest);
  }

  // Numbers

  function scheduleRefresh() {
    refreshDue = Date.now() + jittered(refreshSeconds);
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
      // It may be older.
      if (reply && reply.views && !(reply.stale && numbers && reply.asOf < numbers.asOf)) {
        if (asked !== page) delete reply.page;
        show(reply);
        return;
      }
      numbers = numbers || { ...stored(storageKey), isRestored: true };
      numbers.stale = true;
      update();
    }
    scheduleRefresh();
  }

  function show(reply) {
    numbers = reply;
    store(storageKey, { ...reply, page: undefined });
    update();
    scheduleRefresh();
  }

  const update = guarded(() => {
    updateTimer = 0;
    if (document.querySelector('portal-feedback')) loadForm();
    if (!numbers) return;
    fillIn(document);
    document.querySelectorAll('portal-stats').forEach(guarded(({ shadowRoot }) => {
      const language = languageOf(shadowRoot.host), { stale, asOf } = numbers;
      fillIn(shadowRoot);
      shadowRoot.lastChild.textContent = stale && asOf ? textsOf(language)[5] + new Date(asOf).toLocaleString(language) : '';
    }));
  });

  const fillIn = root => root.querySelectorAll('[data-portal]').forEach(guarded(fill));

  function fill(element) {
    const { dataset, textContent } = element, { online, views, page: ofPage, asOf, stale, isRestored } = numbers;
    const value = { ...views, online, page: ofPage && ofPage.views.total }[dataset.portal], isKnown = value >= 0;
    // Numbers of an earlier page are older than this one's.
    const isKept = /\d/.test(textContent) && (isRestored || !isKnown);
    if (!isKnown && !isKept) return;
    const text = isKept ? textContent : format(value, element.getRootNode().host || element);
    if (textContent !== text) element.textContent = text;
    if (!stale) delete dataset.portalStale;
    else dataset.portalStale = isKept ? dataset.portalStale || new Date(performance.timeOrigin).toISOString() : asOf;
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
    + 'div{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 1rem;padding-top:.5rem}dd{color:var(--portal-accent,inherit)}';

  function append(parent, name, text) {
    const child = parent.appendChild(document.createElement(name));
    child.textContent = text;
    return child;
  }

  function build(box) {
    if (box.shadowRoot) return;
    const root = box.attachShadow({ mode: 'open' }), [title, ...labels] = textsOf(languageOf(box));
    guarded(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      root.adoptedStyleSheets = [sheet];
    })();
    const section = append(root, 'section', '');
    section.setAttribute('aria-label', title);
    append(section, 'p', title);
    const list = append(section, 'dl', '');
    ['online', 'today', 'week', 'total'].forEach((name, i) => {
      const row = append(list, 'div', '');
      append(row, 'dt', labels[i]);
      append(row, 'dd', '–').dataset.portal = name;
    });
    append(root, 'small', '');
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

  // A page that replaces only its query is not another one.
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
        history[name] = (...values) => {
          original.apply(history, values);
          moved(name === 'replaceState');
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
    scheduleRefresh();
    recordView(document.referrer);
    watchNavigation();
    addEventListener('online', resendViews);
    document.addEventListener('visibilitychange', awaitRefresh);
    new MutationObserver(() => { updateTimer = updateTimer || setTimeout(update, 100); })
      .observe(document, { childList: true, subtree: true, attributeFilter: ['data-portal', 'data-format'] });
    update();
  });

  if (!site || !location.protocol.startsWith('http')) return warn('needs data-site, and http or https.');
  guarded(() => customElements.define('portal-stats', class extends HTMLElement {
    connectedCallback() {
      guarded(build)(this);
      update();
    }
  }))();
  start();
})();
