// Solves the portal's proof-of-work captcha: window.solveCaptchaWork(challenge) → the text to send as captcha.work, or in the form field "altcha".
//   const challenge = await (await fetch('/api/sites/sonla/captchas/work')).json();
//   form.elements.altcha.value = await solveCaptchaWork(challenge);
// It tries numbers in a worker, so the page stays free. It brings its own SHA-256: crypto.subtle is missing in pages that came over plain http.
(function work() {
  'use strict';

  const root = (prime, power) => { const part = prime ** power; return ((part - Math.floor(part)) * 2 ** 32) | 0; };
  const primes = [2];
  for (let n = 3; primes.length < 64; n++) if (primes.every(prime => n % prime)) primes.push(n);
  const K = Int32Array.from(primes, prime => root(prime, 1 / 3)), START = Int32Array.from(primes.slice(0, 8), prime => root(prime, 1 / 2)), W = new Int32Array(64);

  // One block of 64 bytes (FIPS 180-4, 6.2.2), of which the first 16 words of W are made; the state goes from one array to another.
  function compress(from, to, bytes, at) {
    for (let i = 0; i < 16; i++, at += 4) W[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    for (let i = 16; i < 64; i++) {
      const x = W[i - 15], y = W[i - 2];
      W[i] = (W[i - 16] + W[i - 7] + (((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)) + (((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10))) | 0;
    }
    let a = from[0], b = from[1], c = from[2], d = from[3], e = from[4], f = from[5], g = from[6], h = from[7];
    for (let i = 0; i < 64; i++) {
      const one = (h + (((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))) + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
      const two = ((((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
    }
    to[0] = from[0] + a; to[1] = from[1] + b; to[2] = from[2] + c; to[3] = from[3] + d; to[4] = from[4] + e; to[5] = from[5] + f; to[6] = from[6] + g; to[7] = from[7] + h;
  }

  // The number whose digits, after the salt, have the hash; -1 when there is none. The whole blocks of the salt are hashed once.
  function solve({ salt, challenge, maxnumber }) {
    const bytes = new TextEncoder().encode(salt), whole = bytes.length - (bytes.length % 64), state = START.slice(), hash = new Int32Array(8);
    for (let at = 0; at < whole; at += 64) compress(state, state, bytes, at);
    const rest = bytes.subarray(whole), wanted = Int32Array.from({ length: 8 }, (_, i) => parseInt(challenge.slice(8 * i, 8 * i + 8), 16) | 0), tail = new Uint8Array(128);
    for (let number = 0; number <= maxnumber; number++) {
      const digits = String(number), length = rest.length + digits.length, end = length + 9 <= 64 ? 64 : 128;
      tail.fill(0).set(rest);
      for (let i = 0; i < digits.length; i++) tail[rest.length + i] = digits.charCodeAt(i);
      tail[length] = 128;
      const bits = (whole + length) * 8;
      tail[end - 3] = bits >>> 16; tail[end - 2] = bits >>> 8; tail[end - 1] = bits;
      compress(state, hash, tail, 0);
      if (end === 128) compress(hash, hash, tail, 64);
      if (hash[0] === wanted[0] && hash.every((word, i) => word === wanted[i])) return number;
    }
    return -1;
  }

  if (typeof document === 'undefined') {
    self.onmessage = message => self.postMessage(solve(message.data));
    return;
  }

  // A module does not know its address, and a page of another origin may load this script but start no worker from it: then the worker is made of its text.
  const source = document.currentScript ? document.currentScript.src : '';
  const start = () => source && new URL(source).origin === location.origin ? new Worker(source)
    : new Worker(URL.createObjectURL(new Blob([`(${work})()`], { type: 'text/javascript' })));
  window.solveCaptchaWork = challenge => new Promise((resolve, reject) => {
    const worker = start(), { algorithm, salt, signature } = challenge;
    worker.onmessage = ({ data: number }) => {
      worker.terminate();
      if (number < 0) reject(new Error('The challenge has no solution.'));
      else resolve(btoa(JSON.stringify({ algorithm, challenge: challenge.challenge, number, salt, signature })));
    };
    worker.onerror = event => { worker.terminate(); reject(new Error(event.message || 'The worker did not start.')); };
    worker.postMessage(challenge);
  });
})();
