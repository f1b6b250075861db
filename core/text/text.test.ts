import { describe, expect, it } from 'vitest';
import { AppError, notFound } from '../errors.ts';
import { english } from './en/index.ts';
import { makeFormat } from './format.ts';
import { format as koreanWords } from './ko/format.ts';
import { korean } from './ko/index.ts';
import { chooseLanguage, parseLanguage, PSEUDO } from './languages.ts';
import { pseudo } from './pseudo.ts';
import { inEnglish } from './in-english.ts';
import { say, spell } from './said.ts';
import { makeText } from './text.ts';

const en = makeText('en', english.everywhere);
const ko = makeText('ko', korean.everywhere);

describe('messages', () => {
  it('TEXT-7 writes numbers and plurals as the language does', () => {
    expect(en.t('common.unsentHere', { count: 1 })).toMatch(/^1 decision wait/u);
    expect(en.t('common.unsentHere', { count: 1200 })).toMatch(/^1,200 decisions wait/u);
    expect(ko.t('common.unsentHere', { count: 1200 })).toMatch(/^이 기기에 결정 1,200건이/u);
    expect(ko.t('home.labeledOf', { labeled: 5, total: 12 })).toBe('12장 중 5장 라벨링됨');
  });

  it('TEXT-5 puts the particle of a value into a sentence', () => {
    expect(ko.t('people.signInWith', { provider: 'Google' })).toBe('Google로 로그인');
    expect(ko.t('shell.said.run:finished', { run: '실행 3' })).toBe('실행 3이 끝났습니다');
    expect(ko.t('shell.said.run:finished', { run: '실행 4' })).toBe('실행 4가 끝났습니다');
  });

  it('TEXT-1 shows a key that it does not know instead of nothing', () => {
    expect(makeText('ko', {}).t('people.signIn')).toBe('people.signIn');
    expect(ko.told('error.no-such-key', {})).toBeNull();
  });

  it('gives a sentence in pieces for values that are drawn', () => {
    expect(en.pieces('home.labeledOf', ['total'], { labeled: 5 })).toEqual([
      { text: '5' },
      { text: ' of ' },
      { name: 'total' },
      { text: ' labeled' },
    ]);
  });
});

describe('TEXT-2 the language of a page', () => {
  it.each([
    ['ko-KR,ko;q=0.9,en-US;q=0.8', 'ko'],
    ['en-US,en;q=0.9,ko;q=0.8', 'en'],
    ['de-DE, ko;q=0.3, en;q=0.2', 'ko'],
    ['ko;q=0, en;q=0.1', 'en'],
    ['kok', 'en'],
    ['fr', 'en'],
    ['', 'en'],
  ])('is what a browser asks for first among ours: %s', (header, language) => {
    expect(chooseLanguage(header)).toBe(language);
  });

  it('is one that there is, whatever a cookie says', () => {
    expect(parseLanguage('ko')).toBe('ko');
    expect(parseLanguage(PSEUDO)).toBe(PSEUDO);
    expect(parseLanguage('xx')).toBeNull();
    expect(parseLanguage(undefined)).toBeNull();
  });
});

describe('TEXT-4 what is refused', () => {
  it('travels as a key with values, and reads in English where nobody translates it', () => {
    const error = new AppError('FORBIDDEN', say('error.role', { role: 'viewer' }));
    expect(error.message).toBe('Your role (viewer) does not allow this. Ask an owner to change it.');
    expect(inEnglish(say('error.bug', { requestId: 'r-1' }))).toMatch(/this number: r-1\.$/u);
    expect(error.said && spell(error.said, ko.told)).toBe(
      '현재 역할(viewer)로는 할 수 없습니다. 소유자에게 역할 변경을 요청하세요.',
    );
    // A sentence within a sentence is read in its language too, with its particle.
    const within = say('error.otherSite', { from: 'http://a.test', own: say('error.unreadableAddress') });
    expect(inEnglish(within)).toContain('by http://a.test to an unreadable address.');
    expect(spell(within, ko.told)).toContain('http://a.test에서 읽을 수 없는 주소로 보냈습니다');
    expect(spell(within, () => null)).toBeNull();
    expect(notFound('image').message).toBe('This image does not exist, or you do not have access to it.');
    expect(notFound('image').said?.key).toBe('error.notFound.image');
    expect(new AppError('CONFLICT', { plain: 'Not moved yet.' }).said).toBeNull();
  });
});

describe('TEXT-7 formats in Korean', () => {
  const format = makeFormat('ko', koreanWords);

  it('writes durations, times and large numbers', () => {
    expect(format.duration(185)).toBe('3분 5초');
    expect(format.duration(7800)).toBe('2시간 10분');
    expect(format.about(20)).toBe('1분 미만');
    expect(format.about(750)).toBe('약 13분');
    expect(format.compact(1_230_000)).toBe('123만');
    const now = new Date('2026-03-10T12:00:00Z');
    const at = (seconds: number) => format.relative(new Date(now.getTime() - seconds * 1000), now);
    expect(at(10)).toBe('방금');
    expect(at(300)).toBe('5분 전');
    expect(at(86_400)).toBe('어제');
    expect(at(86_400 * 30)).toBe('2026년 2월 8일');
    expect(format.anyOf(['안나', '베르트', '지민'])).toBe('안나, 베르트 또는 지민');
  });
});

it('the language of nobody keeps the places of a message and is a third longer', () => {
  const message = 'The last {count|one=# image|other=# images} of {name}';
  const text = makeText(PSEUDO, { 'home.projects': pseudo(message) });
  const shown = text.told('home.projects', { count: 2, name: 'Anna' });
  expect(shown).toMatch(/^\[Ťĥé łášť|^\[Ťĥé /u);
  expect(shown).toContain('2 ');
  expect(shown).toContain('Anna');
  expect(pseudo('Undo').length).toBeGreaterThan('Undo'.length + 2);
});
