// SPDX-License-Identifier: Apache-2.0
// Names and values that are signed, as a person can tell them apart: what can't be seen, what sits on
// the letter before it, and what looks like another letter is shown by its number in Unicode
// (`v1/\u0430pp.tgz`). Words of one script stay as they are. After Unicode Technical Standard 39, which
// calls these mixed-script and whole-script confusables; the tables are of what looks like ASCII.
import { characterCode } from './terminal-text.ts';

/** Letters of an alphabet that is close to Latin, which look like ASCII letters or digits in most fonts. */
const LIKE_ASCII = new Set(
  [
    // Cyrillic
    'асԁеһіјӏорԛсԝхуѕнтмквгпдбзѵүҫҽ',
    'АВСЕНІЈКМОРԚЅТԜХУЗЬѴӀҮ',
    // Greek
    'αγεηικνοπρτυχωϲϳ',
    'ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹϺ',
    // Armenian
    'ցօոսհզքաղոյտբգԼՍՕՏԶ',
  ].flatMap((letters) => Array.from(letters)),
);

/** Alphabets in which a whole word can pass for a Latin one. */
const CLOSE_SCRIPT = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}]/u;

/** Scripts that nobody takes for Latin. */
const FAR_SCRIPT =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Hangul}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Georgian}\p{Script=Ethiopic}\p{Script=Tibetan}\p{Script=Mongolian}]/u;

/** Of those scripts, what looks like a dash, a slash, a bar or a dot, also between letters of its own script. */
const LIKE_SIGNS = new Set(Array.from('一丨丶丿ノーㅡㅣ〇٠۰०০੦૦୦௦౦೦൦၀๐໐ו｡。'));

/** Latin letters beyond ASCII that are letters of a language and look like themselves. */
const LATIN_LETTERS = new Set(Array.from('ßæœøðþłđħŋÆŒØÐÞŁĐĦŊ'));

/** An ASCII letter under signs of its own: é, ç, ở. */
const WITH_SIGNS = /^[A-Za-z]\p{M}+$/u;

/** Runs in which letters of two scripts must not stand together. */
const WORD = /[\p{L}\p{M}\p{N}]+/gu;
const SIGN = /^\p{M}$/u;
const ASCII = /^[\u0020-\u007e]$/;

function isOwnLatin(character: string): boolean {
  return LATIN_LETTERS.has(character) || WITH_SIGNS.test(character.normalize('NFD'));
}

/** Whether a letter beyond ASCII looks like itself in a word that has these scripts. */
function isPlain(character: string, word: { readonly latin: boolean; readonly foreign: boolean }): boolean {
  if (ASCII.test(character)) return true;
  if (LIKE_SIGNS.has(character) || character.normalize('NFKC') !== character) return false;
  if (CLOSE_SCRIPT.test(character)) return word.foreign && !word.latin;
  // Signs on a letter: of the scripts that are written so, never of those for all scripts.
  return FAR_SCRIPT.test(character) || isOwnLatin(character);
}

function visibleWord(word: string): string {
  const characters = Array.from(word);
  const scripts = {
    latin: characters.some((character) => /\p{Script=Latin}/u.test(character)),
    // One letter that no Latin one looks like shows the whole word to be none.
    foreign: characters.some((character) => CLOSE_SCRIPT.test(character) && !LIKE_ASCII.has(character)),
  };
  return characters
    .map((character, at) => {
      // A sign of another script on a Latin letter is one on top of it, whatever script it is of.
      const isStray = SIGN.test(character) && !FAR_SCRIPT.test(characters[at - 1] ?? '');
      return !isStray && isPlain(character, scripts) ? character : characterCode(character);
    })
    .join('');
}

/** A value as canonical JSON, whose backslashes are doubled already. */
export function visibleJson(json: string): string {
  if (/^[\u0020-\u007e]*$/.test(json)) return json;
  let [shown, end] = ['', 0];
  for (const { 0: word, index } of json.matchAll(WORD)) {
    shown += visibleSigns(json.slice(end, index)) + visibleWord(word);
    end = index + word.length;
  }
  return shown + visibleSigns(json.slice(end));
}

/** Between words: a slash, hyphen, dot or quote that is none of ASCII looks like one. */
function visibleSigns(text: string): string {
  return Array.from(text, (character) => (ASCII.test(character) ? character : characterCode(character))).join('');
}

/** A name: what stands for a character by its number can't be one that was written out. */
export function visibleName(name: string): string {
  return visibleJson(name.replaceAll('\\', '\\\\'));
}
