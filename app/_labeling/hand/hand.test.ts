import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_HAND, nextRedo, readBack, readPace, readSummaryInterval, reduceHand } from './hand.ts';
import type { Hand } from './hand.ts';

const image = (id: string) => ({ id, fileName: id, width: 1, height: 1, flagged: false, token: 1, review: null });
const start = reduceHand(EMPTY_HAND, { type: 'received', images: ['a', 'b', 'c', 'd'].map(image) });
const decide = (hand: Hand, classId: string, redo = false, at = 0): Hand =>
  reduceHand(hand, {
    type: 'decided',
    annotationId: `${hand.queue[0]?.id}-${classId}-${hand.past.length}`,
    kind: 'decide',
    classId,
    at,
    redo,
  });
const undo = (hand: Hand): Hand => reduceHand(hand, { type: 'undone' });
const redo = (hand: Hand): Hand => {
  const next = nextRedo(hand);
  return next ? decide(hand, next.classId ?? '', true) : hand;
};

describe('the hand', () => {
  it('ANNOTATION-3 undoes many steps and redoes them to the same answers', () => {
    const done = ['x', 'y', 'z'].reduce((hand, classId) => decide(hand, classId), start);
    const back = undo(undo(undo(done)));
    expect(back.queue.map((item) => item.id)).toEqual(['a', 'b', 'c', 'd']);
    expect(back.past).toEqual([]);
    const again = redo(redo(redo(back)));
    expect(again.past.map((item) => item.classId)).toEqual(['x', 'y', 'z']);
    expect(again.undone).toEqual([]);
  });

  it('REVIEW-3 shows what the review queue asks of an image that was answered here, once each item', () => {
    const asked = (itemId: string, id: string) => ({
      ...image(id),
      review: {
        itemId,
        reason: 'flip' as const,
        runNumber: 1,
        round: { index: 1, role: 'student' as const, member: 0 },
        fromPool: true,
        guess: null,
      },
    });
    const receive = (hand: Hand, ...images: ReturnType<typeof asked>[]) =>
      reduceHand(hand, { type: 'received', images });
    const answered = decide(receive(EMPTY_HAND, asked('first', 'a')), 'x');
    const again = receive(answered, asked('first', 'a'), asked('second', 'a'));
    expect(again.queue.map(({ review }) => review?.itemId)).toEqual(['second']);
    expect(receive(again, asked('third', 'a')).queue).toHaveLength(1);
    expect(receive(decide(again, 'y'), asked('second', 'a')).queue).toEqual([]);
  });

  it('a new answer after an undo forgets what could be redone', () => {
    const hand = decide(undo(decide(start, 'x')), 'y');
    expect(hand.undone).toEqual([]);
    expect(nextRedo(hand)).toBeNull();
  });

  it('never holds an image twice, whatever happens', () => {
    const action = fc.oneof(
      fc.constant('decide' as const),
      fc.constant('undo' as const),
      fc.constant('redo' as const),
      fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        let hand = start;
        for (const item of actions) {
          if (item === 'decide') hand = decide(hand, 'x');
          else if (item === 'undo') hand = undo(hand);
          else if (item === 'redo') hand = redo(hand);
          else hand = reduceHand(hand, { type: 'received', images: [...new Set(item)].map(image) });
          const ids = [...hand.queue.map((one) => one.id), ...hand.past.map((one) => one.image.id)];
          expect(new Set(ids).size).toBe(ids.length);
        }
      }),
    );
  });

  it('ANNOTATION-3 a new order takes nothing away that redo needs', () => {
    const leased = [0, 1, 2].reduce<Hand>(
      (hand, step) => reduceHand(hand, { type: 'token', imageId: 'abc'.charAt(step), token: 7 }),
      undo(undo(undo(['x', 'y', 'z'].reduce((hand, classId) => decide(hand, classId), start)))),
    );
    expect(readBack(leased)).toEqual(['d']);
    const followed = reduceHand(leased, { type: 'exchanged', back: readBack(leased), images: [image('e')] });
    expect(redo(redo(redo(followed))).past.map((item) => item.classId)).toEqual(['x', 'y', 'z']);
  });

  it('gives the image of an undo its new token', () => {
    const hand = undo(decide(start, 'x'));
    expect(hand.queue[0]?.token).toBeNull();
    expect(reduceHand(hand, { type: 'token', imageId: 'a', token: 9 }).queue[0]?.token).toBe(9);
  });

  it('measures pace over the last five minutes of this page only', () => {
    let hand = start;
    for (const at of [0, 400_000, 410_000, 420_000]) hand = decide(hand, 'x', false, at);
    const pace = readPace(hand.past, 430_000);
    expect(pace.count).toBe(4);
    expect(pace.perMinute).toBeCloseTo(3 / 0.5);
  });

  it('goes on counting past the steps that it remembers', () => {
    const many = Array.from({ length: 620 }, (_, index) => image(`n${index}`));
    let hand = reduceHand(EMPTY_HAND, { type: 'received', images: many });
    for (let index = 0; index < 612; index += 1) hand = decide(hand, 'x');
    expect(hand.past).toHaveLength(500);
    expect([hand.past.at(-1)?.nth, readPace(hand.past, 0).count]).toEqual([612, 612]);
    expect(undo(hand).past.at(-1)?.nth).toBe(611);
    expect(readPace(undo(hand).past, 0).count).toBe(611);
  });

  it('ANNOTATION-15 asks for own figures again only after an own decision, and seldom', () => {
    expect(readSummaryInterval(start.past, 0)).toBe(false);
    const hand = decide(start, 'x', false, 1000);
    expect(readSummaryInterval(hand.past, 999)).toBe(15_000);
    expect(readSummaryInterval(hand.past, 1001)).toBe(false);
  });
});
