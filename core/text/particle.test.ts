import { describe, expect, it } from 'vitest';
import { PARTICLES, withParticle } from './particle.ts';

const all = (word: string): string => PARTICLES.map((particle) => withParticle(word, particle)).join(' ');

describe('TEXT-5 a word takes the particle of the sound that it ends with', () => {
  it('in Hangul, with a final consonant, without one, and with ㄹ', () => {
    expect(all('고양이')).toBe('고양이를 고양이가 고양이는 고양이와 고양이로 고양이나 고양이라');
    expect(all('트럭')).toBe('트럭을 트럭이 트럭은 트럭과 트럭으로 트럭이나 트럭이라');
    expect(all('말')).toBe('말을 말이 말은 말과 말로 말이나 말이라');
    expect(withParticle('ㄹ', '으로')).toBe('ㄹ로');
    expect(withParticle('ㄱ', '이')).toBe('ㄱ이');
    expect(withParticle('ㅏ', '이')).toBe('ㅏ가');
  });

  it.each([
    ['0', '0으로', '0을'],
    ['1', '1로', '1을'],
    ['2', '2로', '2를'],
    ['3', '3으로', '3을'],
    ['4', '4로', '4를'],
    ['5', '5로', '5를'],
    ['6', '6으로', '6을'],
    ['7', '7로', '7을'],
    ['8', '8로', '8을'],
    ['9', '9로', '9를'],
    ['100', '100으로', '100을'],
    ['64%', '64%로', '64%를'],
  ])('in digits as they are read: %s', (word, towards, object) => {
    expect(withParticle(word, '으로')).toBe(towards);
    expect(withParticle(word, '을')).toBe(object);
  });

  it.each([
    ['cat', 'cat으로', 'cat을'],
    ['dog', 'dog로', 'dog를'],
    ['truck', 'truck으로', 'truck을'],
    ['crab', 'crab으로', 'crab을'],
    ['Keycloak', 'Keycloak으로', 'Keycloak을'],
    ['ship', 'ship으로', 'ship을'],
    ['horse', 'horse로', 'horse를'],
    ['airplane', 'airplane으로', 'airplane을'],
    ['automobile', 'automobile로', 'automobile을'],
    ['apple', 'apple로', 'apple을'],
    ['deer', 'deer로', 'deer를'],
    ['boat', 'boat로', 'boat를'],
    ['book', 'book으로', 'book을'],
    ['king', 'king으로', 'king을'],
    ['plastic', 'plastic으로', 'plastic을'],
  ])('in Latin words as they are read: %s', (word, towards, object) => {
    expect(withParticle(word, '으로')).toBe(towards);
    expect(withParticle(word, '을')).toBe(object);
  });

  it('in letters that are spelled', () => {
    expect(withParticle('A', '이')).toBe('A가');
    expect(withParticle('L', '으로')).toBe('L로');
    expect(withParticle('M', '을')).toBe('M을');
    expect(withParticle('CNN', '은')).toBe('CNN은');
    expect(withParticle('GPU', '은')).toBe('GPU는');
  });

  it('past quotes and glosses, and with both forms where the sound is not known', () => {
    expect(withParticle('“고양이”', '을')).toBe('“고양이”를');
    expect(withParticle('고양이(cat)', '을')).toBe('고양이(cat)를');
    expect(withParticle('犬', '을')).toBe('犬을(를)');
    expect(withParticle('🐕', '으로')).toBe('🐕(으)로');
    expect(() => withParticle('말', 'x')).toThrow(RangeError);
  });
});
