/**
 * Korean particles follow the sound that a word ends with: after a consonant (받침) another one than after a vowel, and
 * ㄹ counts as a vowel for 으로/로. Names of classes may be Hangul, Latin letters or digits; of these it is known how
 * they are read aloud. https://ko.wikipedia.org/wiki/조사_(언어학)
 */
const PAIRS: Readonly<Record<string, readonly [afterConsonant: string, afterVowel: string]>> = {
  을: ['을', '를'],
  이: ['이', '가'],
  은: ['은', '는'],
  과: ['과', '와'],
  으로: ['으로', '로'],
  이나: ['이나', '나'],
  이라: ['이라', '라'],
};

export const PARTICLES: readonly string[] = Object.keys(PAIRS);

type Ending = 'vowel' | 'consonant' | 'rieul';

const HANGUL_FIRST = 0xac00;
const HANGUL_LAST = 0xd7a3;
const FINALS = 28;
const RIEUL = 8;
/** 영 일 이 삼 사 오 육 칠 팔 구; zeros alone end 십, 백, 천, 만, which end in a consonant as 영 does. */
const DIGITS: readonly Ending[] = [
  'consonant',
  'rieul',
  'vowel',
  'consonant',
  'vowel',
  'vowel',
  'consonant',
  'rieul',
  'rieul',
  'vowel',
];
/** 엘, 엠, 엔, 알; every other letter's name ends in a vowel. */
const LETTERS: Readonly<Record<string, Ending>> = { l: 'rieul', r: 'rieul', m: 'consonant', n: 'consonant' };

/** A name in capitals, or with one letter, is spelled out; others are read as a word. */
const isSpelled = (word: string): boolean => word.length === 1 || /^[A-Z]+$/.test(word);

/** How a Latin word ends when it is read in Korean (외래어 표기법 3.1): a short vowel and p, t, k or c closes. */
function endOfLatin(word: string): Ending {
  const letter = word.at(-1)?.toLowerCase() ?? '';
  if (isSpelled(word)) return LETTERS[letter] ?? 'vowel';
  const lower = word.toLowerCase();
  if (/(l|[^aeiou]le|[aeiou]le)$/.test(lower)) return 'rieul';
  if (/([mn]|ng|[aeiou][mn]e)$/.test(lower)) return 'consonant';
  if (/(ck|oak|(^|[^aeiou])[aeiou][ptkcb]|ook)$/.test(lower)) return 'consonant';
  return 'vowel';
}

/** What a word ends with when it is read aloud; null where nobody can know (other scripts, signs). */
export function endingOf(word: string): Ending | null {
  // A name's gloss and its quotes are not read: 고양이(cat), “고양이”.
  const read = word.replace(/\s*\([^()]*\)\s*$/, '').replace(/[^\p{L}\p{N}%]+$/u, '');
  const last = read.at(-1);
  if (last === undefined) return null;
  const code = last.charCodeAt(0);
  if (code >= HANGUL_FIRST && code <= HANGUL_LAST) {
    const final = (code - HANGUL_FIRST) % FINALS;
    if (final === 0) return 'vowel';
    return final === RIEUL ? 'rieul' : 'consonant';
  }
  // Single letters of Hangul are read by their names: 기역 … 리을; vowels as they sound.
  if (/[ㄱ-ㅎ]/.test(last)) return last === 'ㄹ' ? 'rieul' : 'consonant';
  if (/[ㅏ-ㅣ]/.test(last) || last === '%') return 'vowel';
  if (/[0-9]/.test(last)) return DIGITS[Number(last)] ?? null;
  const latin = /[A-Za-z]+$/.exec(read)?.[0];
  return latin === undefined ? null : endOfLatin(latin);
}

/**
 * A word with its particle. Where its sound is not known both are written, as Korean does: `犬을(를)`.
 * @param particle the form after a consonant: 을, 이, 은, 과, 으로, 이나, 이라
 * @example withParticle('고양이', '을') // '고양이를'
 */
export function withParticle(word: string, particle: string): string {
  const pair = PAIRS[particle];
  if (!pair) throw new RangeError(`No particle is written ${particle}.`);
  const [consonant, vowel] = pair;
  const ending = endingOf(word);
  if (ending === null) return `${word}${consonant === '으로' ? '(으)로' : `${consonant}(${vowel})`}`;
  const open = ending === 'vowel' || (ending === 'rieul' && consonant === '으로');
  return `${word}${open ? vowel : consonant}`;
}
