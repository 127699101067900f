// The feedback form, <portal-feedback>. portal.js loads this file where a page has one; a script tag of its own with data-site does, too.
(() => {
  'use strict';

  const script = document.currentScript;
  if (!script || !script.dataset.site || customElements.get('portal-feedback')) return;

  const site = encodeURIComponent(script.dataset.site);
  const host = new URL(script.src).origin;
  const maxSendSeconds = 45; // with all retries
  const maxWaitSeconds = 15; // before one retry
  const maxCaptchaSeconds = 900; // then a code that nobody began to type is renewed
  const fields = [
    { name: 'fullName', max: 100, isRequired: true, autocomplete: 'name' },
    { name: 'email', max: 254, type: 'email', autocomplete: 'email' },
    { name: 'phone', max: 30, type: 'tel', autocomplete: 'tel' },
    { name: 'category', max: 32 },
    { name: 'title', max: 200, isRequired: true },
    { name: 'content', max: 5000, isRequired: true, rows: 6 },
  ];

  const allTexts = {
    vi: {
      form: 'Gửi ý kiến',
      fullName: 'Họ và tên',
      email: 'Thư điện tử',
      phone: 'Số điện thoại',
      title: 'Tiêu đề',
      content: 'Nội dung',
      category: 'Lĩnh vực',
      captcha: 'Mã xác nhận',
      captchaHint: 'Nhập 6 ký tự trong hình hoặc trong âm thanh. Không phân biệt chữ hoa, chữ thường.',
      captchaLater: 'Hình ảnh hiện ra khi bạn bắt đầu điền.',
      captchaImage: 'Hình ảnh mã xác nhận. Nếu không xem được, hãy bấm “Nghe mã”.',
      captchaMissing: 'Chưa có mã xác nhận. Hãy bấm “Đổi mã khác”.',
      captchaNone: 'Không tải được mã xác nhận. Hãy bấm “Đổi mã khác”, hoặc để trình duyệt tính toán thay.',
      imageFailed: 'Không hiển thị được hình ảnh. Hãy nghe mã, hoặc để trình duyệt tính toán thay.',
      renew: 'Đổi mã khác',
      renewed: 'Đã có mã xác nhận mới.',
      listen: 'Nghe mã',
      stop: 'Dừng nghe',
      soundFailed: 'Không phát được âm thanh.',
      useWork: 'Tôi không xem và không nghe được mã: để trình duyệt tính toán thay',
      optional: ' (không bắt buộc)',
      send: 'Gửi ý kiến',
      sending: 'Đang gửi…',
      retrying: 'Chưa gửi được. Đang thử lại…',
      working: 'Trình duyệt đang tính toán trước khi gửi. Vui lòng đợi…',
      errors: 'Chưa gửi được. Hãy sửa các mục sau:',
      required: name => `Hãy nhập ${name.toLowerCase()}.`,
      tooLong: max => `Tối đa ${max} ký tự.`,
      failed: 'Hiện chưa gửi được.',
      kept: 'Những gì bạn đã nhập vẫn còn đây. Hãy bấm “Gửi ý kiến” lần nữa.',
      keptUntil: seconds => `Những gì bạn đã nhập vẫn còn đây. Hãy gửi lại sau ${seconds} giây.`,
      received: 'Đã tiếp nhận ý kiến của bạn.',
      receipt: 'Mã biên nhận',
      receiptHint: 'Hãy lưu mã này: cần có mã để xem kết quả xử lý.',
      due: day => `Hạn trả lời: ${day}.`,
      copy: 'Sao chép mã',
      copied: 'Đã sao chép.',
      copyByHand: 'Mã đã được chọn. Hãy nhấn Ctrl+C để sao chép.',
      follow: 'Xem kết quả xử lý',
      another: 'Gửi ý kiến khác',
    },
    en: {
      form: 'Send feedback',
      fullName: 'Full name',
      email: 'E-mail',
      phone: 'Telephone',
      title: 'Title',
      content: 'Content',
      category: 'Category',
      captcha: 'Verification code',
      captchaHint: 'Enter the 6 characters of the image or the sound, in capital or small letters.',
      captchaLater: 'The image appears when you begin to fill in the form.',
      captchaImage: 'Image of the verification code. If you cannot see it, press “Listen”.',
      captchaMissing: 'There is no verification code yet. Press “New code”.',
      captchaNone: 'The verification code could not be loaded. Press “New code”, or let the browser compute instead.',
      imageFailed: 'The image cannot be shown. Listen to the code, or let the browser compute instead.',
      renew: 'New code',
      renewed: 'There is a new verification code.',
      listen: 'Listen',
      stop: 'Stop',
      soundFailed: 'The sound cannot be played.',
      useWork: 'I can neither see nor hear the code: let the browser compute instead',
      optional: ' (optional)',
      send: 'Send feedback',
      sending: 'Sending…',
      retrying: 'Not sent yet. Trying again…',
      working: 'The browser is computing before it sends. Please wait…',
      errors: 'Not sent. Please correct:',
      required: name => `Enter the ${name.toLowerCase()}.`,
      tooLong: max => `At most ${max} characters.`,
      failed: 'It cannot be sent at the moment.',
      kept: 'What you typed is still here. Press “Send feedback” again.',
      keptUntil: seconds => `What you typed is still here. Send it again in ${seconds} seconds.`,
      received: 'Your feedback was received.',
      receipt: 'Receipt',
      receiptHint: 'Keep this code: it is needed to see what becomes of your feedback.',
      due: day => `To be answered by ${day}.`,
      copy: 'Copy the code',
      copied: 'Copied.',
      copyByHand: 'The code is selected. Press Ctrl+C to copy it.',
      follow: 'See what becomes of it',
      another: 'Send other feedback',
    },
  };

  const css = `
    :host { --error: #b3261e; display: block; color: var(--portal-text, inherit); background: var(--portal-background, none); }
    @supports (color: light-dark(red, red)) { :host { --error: light-dark(#b3261e, #ffb4ab); } }
    :host([hidden]), [hidden] { display: none !important; }
    * { box-sizing: border-box; }
    p, ul { margin: 0; }
    form, section { display: grid; gap: 1rem; }
    .code { display: grid; gap: .5rem; }
    label { display: block; font-weight: 600; }
    input, textarea, select, button { font: inherit; color: inherit; border: 1px solid var(--portal-border, #767676); border-radius: var(--portal-radius, .5rem); }
    input, textarea, select { display: block; width: 100%; min-height: 2.75rem; margin-top: .25rem; padding: .5rem .75rem; background: var(--portal-field, Field); color: var(--portal-field-text, FieldText); }
    textarea { resize: vertical; }
    input[type=checkbox] { flex: none; width: 1.5rem; height: 1.5rem; margin: 0; accent-color: var(--portal-accent, #0a4f94); }
    [aria-invalid] { border: 2px solid var(--portal-error, var(--error)); }
    button { min-height: 2.75rem; padding: .5rem 1rem; background: none; cursor: pointer; }
    button[type=submit] { justify-self: start; background: var(--portal-accent, #0a4f94); border-color: transparent; color: var(--portal-on-accent, #fff); font-weight: 600; }
    button[aria-disabled] { opacity: .6; cursor: default; }
    button.link { min-height: 1.5rem; padding: 0; border: 0; text-decoration: underline; text-align: start; vertical-align: top; }
    :focus-visible { outline: 3px solid var(--portal-focus, currentColor); outline-offset: 2px; }
    .hint { font-size: .875em; font-weight: 400; }
    .error { color: var(--portal-error, var(--error)); font-weight: 600; overflow-wrap: anywhere; }
    .error:not(:empty) { margin-top: .25rem; }
    .summary, section { padding: 1rem; border: 2px solid var(--portal-border, currentColor); border-radius: var(--portal-radius, .5rem); }
    .summary { border-color: var(--portal-error, var(--error)); }
    .choice { display: flex; gap: .5rem; align-items: center; }
    .row { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; }
    .trap { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    img { display: block; max-width: 100%; height: auto; background: #fff; border-radius: var(--portal-radius, .5rem); }
    .picture { min-height: 90px; margin-top: .25rem; }
    .picture p { display: grid; place-items: center; width: 280px; max-width: 100%; min-height: 90px; padding: .5rem; border: 1px dashed var(--portal-border, #767676); border-radius: var(--portal-radius, .5rem); text-align: center; }
    progress { width: 100%; }`;

  // As the pages of the portal write a day: 09/12/2026, 9 Dec 2026.
  function dayOf(date, language) {
    const isEnglish = language === 'en';
    const parts = new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', day: isEnglish ? 'numeric' : '2-digit', month: isEnglish ? 'short' : '2-digit', year: 'numeric' }).formatToParts(date);
    return ['day', 'month', 'year'].map(name => parts.find(({ type }) => type === name).value).join(isEnglish ? ' ' : '/');
  }

  const wait = seconds => new Promise(resolve => setTimeout(resolve, seconds * 1000));
  const randomId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => (byte + 256).toString(16).slice(1)).join('');

  function make(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== undefined) element.setAttribute(key, value);
    }
    element.append(...children);
    return element;
  }

  // Status 0: no reply came.
  async function request(path, language, { headers, ...options } = {}) {
    try {
      const signal = AbortSignal.timeout ? AbortSignal.timeout(20000) : undefined;
      const response = await fetch(host + path, { mode: 'cors', credentials: 'omit', cache: 'no-store', signal, ...options, headers: { 'Accept-Language': language, ...headers } });
      const body = await response.json().catch(() => null);
      return { status: response.status, body: body || {}, code: (body && body.code) || '', retryAfter: Number(response.headers.get('Retry-After')) || 0 };
    } catch {
      return { status: 0, body: {}, code: '', retryAfter: 0 };
    }
  }

  // The language, and where somebody comes from, make no other page: typed text stays, and what is sent again keeps its key.
  function pageNow() {
    const kept = location.search.slice(1).split('&').filter(part => part && !/^(lang|utm_\w+|fbclid|gclid|zarsrc)(=|$)/.test(part));
    return location.pathname + (kept.length ? `?${kept.join('&')}` : '');
  }

  // The typed text of this page, for as long as the tab is open. Storage may be forbidden or full: then it lasts as long as the page.
  function openDraft() {
    const key = `portal-form:${script.dataset.site}:${pageNow()}`;
    let draft;
    try { draft = JSON.parse(sessionStorage.getItem(key)); } catch { /* none */ }
    if (!draft || typeof draft !== 'object') draft = {};
    const write = () => { try { sessionStorage.setItem(key, JSON.stringify(draft)); } catch { /* in memory only */ } };
    return {
      get: () => draft,
      set: values => { Object.assign(draft, values); write(); },
      replace: values => { draft = values; write(); },
    };
  }

  // Proof of work: SHA-256 (FIPS 180-4) of the salt and a number. crypto.subtle is missing on http, and a host page's policy may forbid workers, so it runs in slices.

  const fraction = root => ((root - Math.floor(root)) * 2 ** 32) | 0;
  const primes = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every(prime => n % prime)) primes.push(n);
  const roundConstants = Int32Array.from(primes, prime => fraction(Math.cbrt(prime)));
  const startState = Int32Array.from(primes.slice(0, 8), prime => fraction(Math.sqrt(prime)));
  const schedule = new Int32Array(64);
  const rotate = (word, by) => (word >>> by) | (word << (32 - by));

  // Adds the block of 16 words at `offset` to the state.
  function digestBlock(state, words, offset) {
    for (let i = 0; i < 16; i++) schedule[i] = words[offset + i];
    for (let i = 16; i < 64; i++) {
      const near = schedule[i - 2], far = schedule[i - 15];
      const nearSigma = rotate(near, 17) ^ rotate(near, 19) ^ (near >>> 10), farSigma = rotate(far, 7) ^ rotate(far, 18) ^ (far >>> 3);
      schedule[i] = (schedule[i - 16] + farSigma + schedule[i - 7] + nearSigma) | 0;
    }
    let a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
    for (let i = 0; i < 64; i++) {
      const chosen = (e & f) ^ (~e & g), majority = (a & b) ^ (a & c) ^ (b & c);
      const first = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + chosen + roundConstants[i] + schedule[i]) | 0;
      const second = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority) | 0;
      h = g; g = f; f = e; e = (d + first) | 0; d = c; c = b; b = a; a = (first + second) | 0;
    }
    state[0] += a; state[1] += b; state[2] += c; state[3] += d; state[4] += e; state[5] += f; state[6] += g; state[7] += h;
  }

  function putByte(words, index, byte) {
    words[index >> 2] |= byte << (24 - 8 * (index & 3));
  }

  // A function of a number: the state after the salt and its digits. Whole blocks of the salt are digested once.
  function digesterOf(salt) {
    const bytes = new TextEncoder().encode(salt), whole = bytes.length & ~63, rest = bytes.length - whole;
    const prefix = new Int32Array(32 + whole / 4), afterPrefix = startState.slice(), state = new Int32Array(8), tail = new Int32Array(32);
    bytes.forEach((byte, index) => putByte(prefix, index, byte));
    for (let offset = 0; offset < whole / 4; offset += 16) digestBlock(afterPrefix, prefix, offset);
    const tailStart = prefix.slice(whole / 4);
    return number => {
      const digits = String(number), length = rest + digits.length, isLong = length + 9 > 64;
      tail.set(tailStart);
      for (let i = 0; i < digits.length; i++) putByte(tail, rest + i, digits.charCodeAt(i));
      putByte(tail, length, 128);
      tail[isLong ? 31 : 15] = (whole + length) * 8;
      state.set(afterPrefix);
      digestBlock(state, tail, 0);
      if (isLong) digestBlock(state, tail, 16);
      return state;
    };
  }

  // The text for captcha.work; undefined when no number fits. Timers of a hidden page are slowed down, messages are not.
  async function solveWork({ algorithm, challenge, maxnumber, salt, signature }, onProgress) {
    const digest = digesterOf(salt), channel = new MessageChannel();
    const wanted = Int32Array.from({ length: 8 }, (_, i) => parseInt(challenge.slice(8 * i, 8 * i + 8), 16) | 0);
    for (let number = 0; number <= maxnumber;) {
      const end = performance.now() + 12;
      do {
        for (const stop = Math.min(number + 250, maxnumber + 1); number < stop; number++) {
          const state = digest(number);
          if (state[0] === wanted[0] && state.every((word, i) => word === wanted[i])) {
            channel.port1.close();
            return btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
          }
        }
      } while (number <= maxnumber && performance.now() < end);
      onProgress(number / maxnumber);
      await new Promise(resolve => { channel.port1.onmessage = resolve; channel.port2.postMessage(0); });
    }
    channel.port1.close();
    return undefined;
  }

  function mount(element) {
    const language = /^en/i.test((element.closest('[lang]') || document.documentElement).lang) ? 'en' : 'vi';
    const text = allTexts[language];
    const draft = openDraft();
    const inputs = {}, errorTexts = {};
    // The categories are those of a plain form inside the element.
    const categories = element.querySelector('select[name=category]');
    const shown = fields.filter(({ name }) => name !== 'category' || categories);
    const audio = new Audio();
    let captcha, renewal, isSending;

    // What is on the page

    function field({ name, isRequired, autocomplete, type, rows }, ...below) {
      const tag = name === 'category' ? 'select' : rows ? 'textarea' : 'input';
      const input = make(tag, { id: name, name, rows, type: tag === 'input' ? type || 'text' : undefined, autocomplete: autocomplete || 'off' });
      if (tag === 'select') input.append(...Array.from(categories.options, option => option.cloneNode(true)));
      input.required = Boolean(isRequired);
      const error = make('p', { id: `${name}-error`, class: 'error' });
      const hints = below.filter(({ id }) => id).map(({ id }) => id);
      input.setAttribute('aria-describedby', [error.id, ...hints].join(' '));
      inputs[name] = input;
      errorTexts[name] = error;
      const label = make('label', { for: name }, text[name], isRequired ? '' : make('span', { class: 'hint' }, text.optional));
      return make('div', {}, label, ...below, input, error);
    }

    const summary = make('div', { class: 'summary', tabindex: '-1', role: 'group', 'aria-labelledby': 'summary-title', hidden: '' });
    const status = make('p', { role: 'status' });
    const progress = make('progress', { max: '1', value: '0', 'aria-label': text.working, hidden: '' });
    const image = make('img', { alt: text.captchaImage, hidden: '' });
    const imagePlace = make('p', { class: 'hint' }, text.captchaLater);
    const listenButton = make('button', { type: 'button' }, text.listen);
    const renewButton = make('button', { type: 'button' }, text.renew);
    const useWork = make('input', { type: 'checkbox', id: 'use-work' });
    const sendButton = make('button', { type: 'submit' }, text.send);
    const trap = make('input', { id: 'website', name: 'website', tabindex: '-1', autocomplete: 'off' });
    const codeArea = make('div', { class: 'code' },
      field({ name: 'captcha', isRequired: true }, make('p', { id: 'captcha-hint', class: 'hint' }, text.captchaHint), make('div', { class: 'picture' }, image, imagePlace)),
      make('div', { class: 'row' }, listenButton, renewButton));
    for (const [name, value] of Object.entries({ autocapitalize: 'characters', spellcheck: 'false' })) inputs.captcha.setAttribute(name, value);
    const form = make('form', { 'aria-label': text.form, novalidate: '' },
      summary,
      ...shown.map(each => field(each)),
      codeArea,
      make('label', { class: 'hint choice' }, useWork, text.useWork),
      make('div', { class: 'trap', 'aria-hidden': 'true' }, make('label', { for: 'website' }, 'Website'), trap),
      sendButton,
      progress,
      status);
    const receiptPanel = make('section', { tabindex: '-1', 'aria-label': text.received, hidden: '' });
    const root = element.attachShadow({ mode: 'open' });
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      root.adoptedStyleSheets = [sheet];
    } catch {
      root.append(make('style', {}, css));
    }
    root.append(make('div', { lang: language }, form, receiptPanel));

    const say = words => { status.textContent = words; };

    function clearErrors() {
      summary.hidden = true;
      for (const [name, input] of Object.entries(inputs)) {
        input.removeAttribute('aria-invalid');
        errorTexts[name].textContent = '';
      }
    }

    function showErrors(title, errors = {}) {
      const list = make('ul', {});
      for (const [name, words] of Object.entries(errors)) {
        if (!inputs[name]) continue;
        inputs[name].setAttribute('aria-invalid', 'true');
        errorTexts[name].textContent = words;
        const link = make('button', { type: 'button', class: 'link' }, `${text[name]}: ${words}`);
        link.addEventListener('click', () => inputs[name].focus());
        list.append(make('li', {}, link));
      }
      summary.replaceChildren(make('p', { id: 'summary-title', class: 'error' }, title), ...(list.firstChild ? [list] : []));
      summary.hidden = false;
      summary.focus();
    }

    // The code

    function showImage(isShown) {
      image.hidden = !isShown;
      imagePlace.hidden = isShown;
    }

    // The first use of the form asks for a code, and so may the button that it is used by: both await the same.
    function renewCaptcha() {
      renewal = renewal || makeCaptcha().finally(() => { renewal = undefined; });
      return renewal;
    }

    async function makeCaptcha() {
      captcha = undefined;
      stopSound();
      inputs.captcha.value = '';
      const reply = await request(`/api/captchas?site=${site}`, language, { method: 'POST' });
      if (reply.status !== 201) {
        showImage(false);
        errorTexts.captcha.textContent = `${reply.body.title || ''} ${text.captchaNone}`.trim();
        say(errorTexts.captcha.textContent);
        return;
      }
      const lifetime = (Date.parse(reply.body.expiresAt) - Date.now()) / 1000 - 60;
      captcha = { id: reply.body.id, audioUrl: reply.body.audioUrl, staleAt: Date.now() + Math.min(Math.max(lifetime, 60), maxCaptchaSeconds) * 1000 };
      image.src = new URL(reply.body.imageUrl, host);
      showImage(true);
    }

    function stopSound() {
      audio.pause();
      listenButton.textContent = text.listen;
    }

    image.addEventListener('error', () => { showImage(false); errorTexts.captcha.textContent = text.imageFailed; });
    audio.addEventListener('ended', stopSound);
    listenButton.addEventListener('click', async () => {
      if (!audio.paused) return stopSound();
      if (!captcha) await renewCaptcha();
      if (!captcha) return undefined;
      listenButton.textContent = text.stop;
      try {
        const sound = new URL(captcha.audioUrl, host);
        sound.searchParams.set('lang', language);
        audio.src = sound;
        await audio.play();
      } catch (fault) {
        if (fault.name === 'AbortError') return undefined; // stopped before it began
        stopSound();
        say(text.soundFailed);
      }
      return undefined;
    });
    renewButton.addEventListener('click', async () => {
      if (isSending) return;
      clearErrors();
      await renewCaptcha();
      if (!captcha) return;
      say(text.renewed);
      inputs.captcha.focus();
    });
    useWork.addEventListener('change', () => { codeArea.hidden = useWork.checked; });
    // A captcha ages, so it is made when somebody begins to use the form, and again when it became old meanwhile.
    form.addEventListener('focusin', ({ target }) => {
      if (target === useWork || useWork.checked || isSending) return;
      const isOld = captcha && !inputs.captcha.value && Date.now() > captcha.staleAt;
      if ((!captcha && !errorTexts.captcha.textContent) || isOld) renewCaptcha();
    });

    // What is typed

    const valuesNow = () => Object.fromEntries(shown.map(({ name }) => [name, inputs[name].value]));

    function restore() {
      const values = draft.get().values || {};
      for (const { name } of shown) {
        // A plain form inside the element may have been typed in before this script came.
        const plain = element.querySelector(`[name=${name}]`) || { value: '', defaultValue: '' };
        const isTyped = plain.value !== (plain.defaultValue || '');
        inputs[name].value = isTyped ? plain.value : values[name] || plain.value;
        if (plain === document.activeElement) inputs[name].focus();
      }
      draft.set({ values: valuesNow() });
    }

    form.addEventListener('input', ({ target }) => {
      if (inputs[target.name] && target !== inputs.captcha) draft.set({ values: valuesNow() });
    });

    function check(values) {
      const errors = {};
      for (const { name, max, isRequired } of shown) {
        if (isRequired && !values[name].trim()) errors[name] = text.required(text[name]);
        else if (values[name].trim().length > max) errors[name] = text.tooLong(max.toLocaleString(language));
      }
      if (!useWork.checked && !inputs.captcha.value.trim()) errors.captcha = captcha ? text.required(text.captcha) : text.captchaMissing;
      return errors;
    }

    // Sending

    function setSending(value) {
      isSending = value;
      for (const input of Object.values(inputs)) input.readOnly = value;
      for (const button of [sendButton, renewButton]) {
        if (value) button.setAttribute('aria-disabled', 'true');
        else button.removeAttribute('aria-disabled');
      }
      progress.hidden = true;
    }

    async function computeWork() {
      say(text.working);
      const reply = await request(`/api/sites/${site}/captchas/work`, language);
      if (reply.status !== 200) return { reply };
      progress.value = 0;
      progress.hidden = false;
      const work = await solveWork(reply.body, value => { progress.value = value; });
      progress.hidden = true;
      say(text.sending);
      return { work, reply: { status: 0, body: {}, code: '', retryAfter: 0 } };
    }

    // The last reply; 201 is a receipt.
    async function send(values) {
      const body = Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim()));
      const page = pageNow();
      if (page.length <= 2048) body.page = page;
      const end = Date.now() + maxSendSeconds * 1000;
      let needsWork = useWork.checked, work, reply;
      for (let tries = 0; ; tries++) {
        // An unchanged text keeps its key: whatever became of an earlier try, it is taken once.
        const sent = JSON.stringify(body);
        if (draft.get().sent !== sent) draft.set({ sent, key: randomId() });
        if (needsWork && !work) ({ work, reply } = await computeWork());
        if (!needsWork || work) {
          reply = await request(`/api/sites/${site}/feedback`, language, {
            method: 'POST',
            headers: { 'Content-Type': 'application/json', 'Idempotency-Key': draft.get().key },
            body: JSON.stringify({ ...body, website: trap.value, captcha: work ? { work } : { id: captcha && captcha.id, answer: inputs.captcha.value } }),
          });
        }
        const { status: httpStatus, code, retryAfter } = reply;
        const isOver = Date.now() > end || retryAfter > maxWaitSeconds;
        if (code === 'captcha_work_required' || (work && code.startsWith('captcha_') && httpStatus === 400)) {
          if (tries >= 5) return reply;
          needsWork = true;
          work = undefined;
        } else if (code === 'invalid_fields' && body.page && reply.body.errors && reply.body.errors.page) {
          delete body.page;
        } else if (!isOver && (httpStatus === 0 || httpStatus >= 500 || [408, 429].includes(httpStatus) || ['request_in_progress', 'filled_too_fast'].includes(code))) {
          if (code !== 'filled_too_fast') say(text.retrying);
          await wait(Math.min(Math.max(retryAfter, 2 ** tries), maxWaitSeconds));
        } else {
          return reply;
        }
      }
    }

    async function showRefusal({ status: httpStatus, body, code, retryAfter }) {
      const title = body.title || text.failed;
      if (code === 'invalid_fields' && body.errors) {
        const errors = Object.entries(body.errors).map(([name, words]) => [name.split('.')[0], words.join(' ')]);
        showErrors(errors.every(([name]) => inputs[name]) ? text.errors : `${title} ${errors.map(([, words]) => words).join(' ')}`, Object.fromEntries(errors));
      } else if (httpStatus === 400 && code.startsWith('captcha_') && !useWork.checked) {
        await renewCaptcha();
        showErrors(text.errors, { captcha: title });
      } else {
        if (code === 'automated_submission') trap.value = '';
        if (code === 'idempotency_key_reused') draft.set({ sent: undefined });
        showErrors(`${title} ${retryAfter > 1 ? text.keptUntil(retryAfter) : text.kept}`);
      }
    }

    form.addEventListener('submit', async event => {
      event.preventDefault();
      if (isSending) return;
      clearErrors();
      const values = valuesNow(), errors = check(values);
      if (Object.keys(errors).length) {
        showErrors(text.errors, errors);
        return;
      }
      stopSound();
      setSending(true);
      say(text.sending);
      let reply;
      try {
        reply = await send(values);
      } catch {
        reply = { status: 0, body: {}, code: '', retryAfter: 0 };
      }
      setSending(false);
      say('');
      if (reply.status === 201) {
        draft.replace({ receipt: reply.body.receipt, dueBy: reply.body.dueBy });
        showReceipt();
        receiptPanel.focus();
      } else {
        await showRefusal(reply);
      }
    });

    // The receipt

    function showReceipt() {
      const { receipt, dueBy } = draft.get();
      const code = make('input', { id: 'receipt', readonly: '', value: receipt });
      const copied = make('p', { role: 'status' });
      const copyButton = make('button', { type: 'button' }, text.copy);
      const againButton = make('button', { type: 'button' }, text.another);
      const due = new Date(dueBy);
      const actions = make('div', { class: 'row' }, copyButton, againButton);
      const receiptPage = element.getAttribute('receipt-page');
      if (receiptPage) {
        const address = new URL(receiptPage, document.baseURI);
        address.searchParams.set('receipt', receipt);
        actions.append(make('a', { href: address.href }, text.follow));
      }
      copyButton.addEventListener('click', async () => {
        code.select();
        try {
          await navigator.clipboard.writeText(receipt); // missing on http
          copied.textContent = text.copied;
        } catch {
          copied.textContent = document.execCommand('copy') ? text.copied : text.copyByHand;
        }
      });
      againButton.addEventListener('click', () => {
        draft.replace({});
        form.reset();
        codeArea.hidden = false;
        captcha = undefined;
        showImage(false);
        clearErrors();
        say('');
        receiptPanel.hidden = true;
        form.hidden = false;
        inputs.fullName.focus();
      });
      receiptPanel.replaceChildren(
        make('p', {}, make('strong', {}, text.received)),
        make('div', {}, make('label', { for: 'receipt' }, text.receipt), code),
        make('p', {}, text.receiptHint, ' ', Number.isNaN(due.getTime()) ? '' : text.due(dayOf(due, language))),
        actions,
        copied);
      form.hidden = true;
      receiptPanel.hidden = false;
    }

    if (draft.get().receipt) showReceipt();
    else restore();
    return stopSound;
  }

  customElements.define('portal-feedback', class extends HTMLElement {
    connectedCallback() {
      if (!this.shadowRoot) this.stopSound = mount(this);
    }

    disconnectedCallback() {
      if (this.stopSound) this.stopSound();
    }
  });
})();
