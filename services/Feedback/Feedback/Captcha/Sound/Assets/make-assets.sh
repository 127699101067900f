#!/usr/bin/env bash
# Speaks every character of the captcha's alphabet: vi and en, four voices each, 16 kHz, 16 bit, mono, silence cut off, equally loud.
# Wanted: espeak-ng 1.51, sox 14.4.
set -euo pipefail
cd "$(dirname -- "${BASH_SOURCE[0]}")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# speak <language> <character> <text>
speak() {
  local language=$1 character=$2 text=$3 voice
  mkdir -p "$language"
  for voice in f g m n; do
    case $language-$voice in
      vi-f) espeak-ng -v vi+f2 -s 105 -p 60 -w "$work/spoken.wav" "$text" ;;
      vi-g) espeak-ng -v vi-vn-x-south+f4 -s 95 -p 70 -w "$work/spoken.wav" "$text" ;;
      vi-m) espeak-ng -v vi+m3 -s 90 -p 42 -w "$work/spoken.wav" "$text" ;;
      vi-n) espeak-ng -v vi-vn-x-central+m7 -s 110 -p 30 -w "$work/spoken.wav" "$text" ;;
      en-f) espeak-ng -v en-us+f2 -s 130 -p 55 -w "$work/spoken.wav" "$text" ;;
      en-g) espeak-ng -v en-gb+f4 -s 115 -p 68 -w "$work/spoken.wav" "$text" ;;
      en-m) espeak-ng -v en-gb+m3 -s 110 -p 42 -w "$work/spoken.wav" "$text" ;;
      en-n) espeak-ng -v en-us+m7 -s 125 -p 30 -w "$work/spoken.wav" "$text" ;;
    esac
    # -R keeps sox from seeding its dither by the clock: the files are the same each time.
    sox -R -v 0.8 "$work/spoken.wav" -r 16000 -b 16 -c 1 "$work/cut.wav" silence 1 0.005 0.5% reverse silence 1 0.005 0.5% reverse
    sox -R "$work/cut.wav" "$language/$character-$voice.wav" fade t 0.004 -0 0.008 norm -6
  done
}

vi() { speak vi "$1" "$2"; }
en() { speak en "$1" "$2"; }

# The letter J is called gi, in the north the same sound as di, which the voice reads better.
vi 0 'không'; vi 2 'hai'; vi 3 'ba'; vi 4 'bốn'; vi 6 'sáu'; vi 7 'bảy'; vi 9 'chín'
vi F 'ép phờ'; vi H 'hát'; vi J 'di'; vi M 'em mờ'; vi R 'e rờ'; vi T 'tê'; vi W 'vê kép'; vi Y 'i dài'

en 0 'zero'; en 2 'two'; en 3 'three'; en 4 'four'; en 6 'six'; en 7 'seven'; en 9 'nine'
en F 'eff'; en H 'aitch'; en J 'jay'; en M 'em'; en R 'are'; en T 'tee'; en W 'double you'; en Y 'why'
